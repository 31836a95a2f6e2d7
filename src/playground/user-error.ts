/** A person tried something they cannot do. The message is shown to them. */
export class UserError extends Error {
  override name = 'UserError';
}
