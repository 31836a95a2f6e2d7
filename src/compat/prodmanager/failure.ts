import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { UserError } from '../../core/errors.ts';
import { STATUS_BY_KIND } from '../../http/problem.ts';
import { httpErrorText, httpProblemText } from '../../texts/http-errors.ts';

/** Why a request cannot be taken, by its fields. */
export type Reasons = Record<string, string[]>;

/** A request that fails, with what is wrong with each of its fields. */
export class Failure extends Error {
  readonly status: ContentfulStatusCode;
  readonly reasons: Reasons;

  constructor(status: ContentfulStatusCode, reasons: Reasons) {
    super('a request failed');
    this.status = status;
    this.reasons = reasons;
  }
}

/** A refusal in the form of this interface. @param id in the path, of what it is about */
export function toFailure(refusal: UserError, resource: string, id: string | undefined): Failure {
  if (refusal.kind === 'not-found') return new Failure(404, { [resource]: [`Resource not found : ${id}`] });
  const reasons: Reasons = {};
  for (const problem of refusal.problems) {
    const { field } = problem;
    const name = field === 'services' ? 'service' : field;
    reasons[name] = [...(reasons[name] ?? []), httpProblemText(problem)];
  }
  if (refusal.problems.length === 0) reasons[resource] = [httpErrorText(refusal)];
  return new Failure(STATUS_BY_KIND[refusal.kind], reasons);
}
