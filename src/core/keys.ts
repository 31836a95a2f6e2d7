import { randomInt } from 'node:crypto';

/** No vowels and nothing that reads as another sign: keys are read aloud at 2 am. */
const ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXZ';

/** Whether a number can be the id of a row: a positive 32-bit integer. Anything else is refused by the database loudly. */
export function isId(id: number): boolean {
  return Number.isInteger(id) && id > 0 && id <= 2_147_483_647;
}

/** Whether a text can be a key, in any case. Anything else PostgreSQL may refuse loudly. */
export function isKey(text: string): boolean {
  return /^[a-z0-9]{1,20}$/i.test(text);
}

/** A random short upper-case key such as `9VKQB`, of `length` signs. */
export function newKey(length: number): string {
  let key = '';
  for (let i = 0; i < length; i++) key += ALPHABET[randomInt(ALPHABET.length)];
  return key;
}
