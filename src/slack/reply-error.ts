/** One field of a form that could not be understood, in words for whoever filled it in. */
export interface FieldMessage {
  readonly field: string;
  readonly message: string;
}

/** What somebody did in Slack cannot be carried out. Raised by the Slack interface itself, in words for its reader. */
export class ReplyError extends Error {
  readonly problems: readonly FieldMessage[];

  constructor(reason: string | readonly FieldMessage[]) {
    super(typeof reason === 'string' ? reason : reason.map(({ message }) => message).join('\n'));
    this.name = 'ReplyError';
    this.problems = typeof reason === 'string' ? [] : reason;
  }
}
