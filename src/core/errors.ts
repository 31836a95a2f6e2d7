/** One thing that was wrong with what somebody asked for. `field` is the name used by the HTTP interface. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

export type RefusalKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict';

/** An answer, not a fault: what was asked for cannot be done, and why. Nothing was changed. Every door shows its message. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly problems: readonly Problem[];

  constructor(kind: RefusalKind, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.problems = problems;
  }

  /** Bad input: the message is that of the problems, one a line. */
  static invalid(problems: readonly Problem[]): Refusal {
    return new Refusal('invalid', problems.map((problem) => problem.message).join('\n'), problems);
  }
}
