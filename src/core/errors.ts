export type ErrorKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'unavailable';

export type ErrorParams = Readonly<Record<string, unknown>>;

/** A problem with one field of a request. `field` is its name in the HTTP API. */
export type Problem = { readonly field: string; readonly code: string; readonly params: ErrorParams };

interface Failure {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly params: ErrorParams;
  readonly problems: readonly Problem[];
}

/** The request failed and nothing was changed. Interfaces word the code and parameters; the message is for logs. */
export class UserError extends Error implements Failure {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly params: ErrorParams;
  readonly problems: readonly Problem[];

  constructor({ code, kind, params, problems }: Failure) {
    super(`${code} ${JSON.stringify(problems.length === 0 ? params : problems)}`);
    this.name = 'UserError';
    this.code = code;
    this.kind = kind;
    this.params = params;
    this.problems = problems;
  }

  static invalid(problems: readonly Problem[]): UserError {
    return new UserError({ code: invalidRequest.code, kind: 'invalid', params: {}, problems });
  }
}

/**
 * An error that rules and commands can raise. Call it with its parameters to create the error, or `at` for a problem of
 * one field:
 *
 *     throw freezeNotFound({ id });
 *     return [textTooLong.at('name', { length: 212, max: 200 })];
 */
export interface ErrorType<Code extends string, Params extends ErrorParams> {
  readonly code: Code;
  readonly kind: ErrorKind;
  /** Example parameters for the documentation. */
  readonly example: Params;
  /** @param field the field that the error is about, if any */
  (params: Params, field?: string): UserError;
  at(field: string, params: Params): Problem;
}

function declare(kind: ErrorKind) {
  return <Code extends string, Params extends ErrorParams>(code: Code, example: Params): ErrorType<Code, Params> => {
    const at = (field: string, params: Params): Problem => ({ field, code, params });
    const create = (params: Params, field?: string) =>
      new UserError({ code, kind, params, problems: field === undefined ? [] : [at(field, params)] });
    return Object.assign(create, { code, kind, example, at });
  };
}

export const invalid = declare('invalid');
export const forbidden = declare('forbidden');
export const notFound = declare('not-found');
export const conflict = declare('conflict');
/** It may work in a minute. */
export const unavailable = declare('unavailable');

/** Has the problems of all invalid fields. */
export const invalidRequest = invalid('invalid-request', {});

/** @throws UserError `invalid-request` with these problems, if there are any */
export function assertValid(problems: readonly Problem[]): void {
  if (problems.length > 0) throw UserError.invalid(problems);
}

/** Why a call to a channel failed. Other errors of a channel are transient, and the job queue retries them. */
export class DeliveryError extends Error {
  readonly reason: /** Rate limited, or the credentials are temporarily rejected. */
    | { readonly kind: 'later'; readonly retryAfterSeconds: number }
    /** Lull was uninstalled. Messages are sent once it is installed again. */
    | { readonly kind: 'disconnected' }
    /** The message to update, or the thread to post to, was deleted. */
    | { readonly kind: 'gone' }
    /**
     * A retry will not help; `advice` says what a person can do. `recipient`: nothing at all can be sent to this channel or
     * person, so it is not about the message.
     */
    | { readonly kind: 'final'; readonly error: string; readonly advice: string; readonly recipient?: boolean };

  constructor(reason: DeliveryError['reason']) {
    super(reason.kind === 'final' ? reason.error : reason.kind);
    this.name = 'DeliveryError';
    this.reason = reason;
  }
}
