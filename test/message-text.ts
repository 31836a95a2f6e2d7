/** All text of a message as one string. */
export function textOf(message: { readonly text: string; readonly blocks: unknown } | undefined): string {
  return message === undefined ? '' : JSON.stringify([message.text, message.blocks]);
}
