import { randomInt } from 'node:crypto';

/** No vowels and nothing that reads as another sign: keys are read aloud at 2 am. */
const ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXZ';

/** A random short upper-case key such as `9VKQB`, of `length` signs. */
export function newKey(length: number): string {
  let key = '';
  for (let i = 0; i < length; i++) key += ALPHABET[randomInt(ALPHABET.length)];
  return key;
}
