/** One thing that was wrong with what somebody asked for. `field` is the name used by the HTTP interface. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

export type UserErrorKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict';

/** An answer, not a fault: what was asked for cannot be done, and why. Nothing was changed. Every door shows its message. */
export class UserError extends Error {
  readonly kind: UserErrorKind;
  readonly problems: readonly Problem[];

  constructor(kind: UserErrorKind, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.problems = problems;
  }

  /** Bad input: the message is that of the problems, one a line. */
  static invalid(problems: readonly Problem[]): UserError {
    return new UserError('invalid', problems.map((problem) => problem.message).join('\n'), problems);
  }
}
