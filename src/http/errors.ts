/** The errors of the HTTP interface itself, which it raises before a command runs. */
export const HTTP_ERRORS = {
  'field-unknown': { status: 400, meaning: 'The request has a field that the operation does not know.' },
  'field-missing': { status: 400, meaning: 'A required field is missing.' },
  'field-invalid': { status: 400, meaning: 'A field has a value of another type or form than expected.' },
  'cursor-invalid': { status: 400, meaning: 'The cursor is not one of this list with these filters and this order.' },
  'body-malformed': { status: 400, meaning: 'The body cannot be parsed.' },
  'if-match-invalid': { status: 400, meaning: '`If-Match` has no ETag.' },
  'idempotency-key-invalid': { status: 400, meaning: '`Idempotency-Key` is not 1 to 255 visible ASCII characters.' },
  'account-unknown': {
    status: 400,
    meaning:
      'The token has no account with the Slack team id, and no sub-account with the key, that the request names.',
  },
  'account-forbidden': { status: 403, meaning: 'The token is limited to scopes, and the request names a sub-account.' },
  'account-ambiguous': {
    status: 400,
    meaning: 'The request names two accounts, for instance in `Lull-Account` and in `?account=`.',
  },
  'account-required': { status: 400, meaning: 'Several workspaces use this Lull, and the request names none.' },
  'token-required': { status: 401, meaning: 'The request has no token, and what it asks for is not public.' },
  'token-invalid': { status: 401, meaning: 'The token is unknown, expired or revoked.' },
  'token-suspended': {
    status: 403,
    meaning:
      'The owner of the token is deactivated, a guest or without a role, or the workspace removed Lull. The token works again when that changes.',
  },
  'role-unverified': {
    status: 503,
    meaning: 'Slack does not say which role the owner of the token has. `Retry-After` says when to try again.',
  },
  'admin-token-required': { status: 403, meaning: 'Only the admin token of the installation may read this.' },
  'not-found': { status: 404, meaning: 'There is nothing at this path.' },
  'request-in-progress': { status: 409, meaning: 'A request with the same `Idempotency-Key` is still running.' },
  'response-not-kept': {
    status: 409,
    meaning: 'A request with the same `Idempotency-Key` was carried out, and its answer is not kept.',
  },
  'precondition-failed': { status: 412, meaning: 'The resource changed since the ETag in `If-Match`.' },
  'body-too-large': { status: 413, meaning: 'The body is too large.' },
  'media-type-unsupported': { status: 415, meaning: 'The body is not JSON in UTF-8.' },
  'idempotency-key-reused': { status: 422, meaning: 'The `Idempotency-Key` was used for another request.' },
  'too-many-requests': { status: 429, meaning: 'Too many requests. `Retry-After` says when to try again.' },
  'internal-error': { status: 500, meaning: 'Something went wrong inside Lull.' },
  'not-ready': { status: 503, meaning: 'Lull is not connected to a workspace yet.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly meaning: string }>>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export const MAX_BODY_BYTES = 256_000;
export const bodyTooLarge = (max: number) => `The body is larger than ${max} bytes. Send less in one request.`;
export const INTERNAL_ERROR =
  'Something went wrong in Lull. Check whether the change was made before you try again. The log of Lull has details.';

/** A field of a request that is not valid, in the words of the HTTP API. */
export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly params?: unknown;
}

/** An error that the HTTP interface itself raises, with its text. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  readonly problems: readonly FieldProblem[];
  /** With `precondition-failed`: the present version. */
  readonly version: number | undefined;

  /** @param problems each field that is not valid, or the name of the one that `detail` is about */
  constructor(
    code: HttpErrorCode,
    detail: string,
    problems: readonly FieldProblem[] | string = [],
    version?: number | undefined,
  ) {
    super(detail);
    this.code = code;
    this.problems = typeof problems === 'string' ? [{ field: problems, code, message: detail }] : problems;
    this.version = version;
  }
}
