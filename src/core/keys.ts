import { randomInt } from 'node:crypto';

/** No vowels and no characters that look or sound like others, because keys are read aloud at 2 am. */
const ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXZ';

/** Whether a number can be the id of a row, a positive 32-bit integer; others cause a database error. */
export function isId(id: number): boolean {
  return Number.isInteger(id) && id > 0 && id <= 2_147_483_647;
}

/** Whether a text can be a key, in any case; others may cause a database error. */
export function isKey(text: string): boolean {
  return /^[a-z0-9]{1,20}$/i.test(text);
}

/** A random upper-case key such as `9VKQB`. */
export function newKey(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
