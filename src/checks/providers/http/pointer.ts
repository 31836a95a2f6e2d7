/**
 * What a JSON Pointer leads to in a JSON value; undefined when it leads nowhere.
 *
 *     lookUp({ data: [{ status: 'paused' }] }, '/data/0/status'); // 'paused'
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
export function lookUp(json: unknown, pointer: string): unknown {
  let found = json;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Object.entries(found).find(([name]) => name === key)?.[1];
  }
  return found;
}

/** Whether a text is a JSON Pointer. The empty one is the whole value. */
export function isPointer(text: string): boolean {
  return /^(\/([^/~]|~[01])*)*$/.test(text);
}
