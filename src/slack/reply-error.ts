/** A problem with one field of a form, worded for the person who filled it in. */
export type FieldMessage = { readonly field: string; readonly message: string };

/** A request cannot be carried out. Raised by the Slack interface itself, and worded for its reader. */
export class ReplyError extends Error {
  readonly problems: readonly FieldMessage[];

  constructor(reason: string | readonly FieldMessage[]) {
    super(typeof reason === 'string' ? reason : reason.map(({ message }) => message).join('\n'));
    this.name = 'ReplyError';
    this.problems = typeof reason === 'string' ? [] : reason;
  }
}
