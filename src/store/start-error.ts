/**
 * Lull cannot start, and the person who started it can do something about it.
 * The message is the whole of what they are shown: what is wrong, with the value, and what to do.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
