import { UserError } from './errors.ts';
import { Pauses } from './pauses.ts';

/** Some of several changes that belong together are refused, and none was made. */
export class RefusedChanges extends Error {
  /** By the positions of the refused changes, in order. */
  readonly errors: ReadonlyMap<number, UserError>;

  constructor(errors: ReadonlyMap<number, UserError>) {
    super(`${errors.size} changes are refused`);
    this.errors = errors;
  }
}

/**
 * Applies rules to each of several changes.
 * @throws RefusedChanges with all those for which `assess` throws a UserError; every other error
 */
export async function assessEach<T, R>(
  changes: readonly T[],
  assess: (change: T, position: number) => R,
): Promise<readonly R[]> {
  const errors = new Map<number, UserError>();
  const results: R[] = [];
  const pauses = new Pauses();
  for (const [position, change] of changes.entries()) {
    try {
      results.push(assess(change, position));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.set(position, error);
    }
    await pauses.pause();
  }
  if (errors.size > 0) throw new RefusedChanges(errors);
  return results;
}

/** The only result of a command that was given one change. @throws the error for which that is refused */
export async function onlyResult<T>(results: Promise<readonly T[]>): Promise<T> {
  const [result] = await withFirstError(results);
  if (result === undefined) throw new Error('a command on one change has no result');
  return result;
}

/** The results of a command on several changes. @throws the error for which the first of the refused ones is refused */
export async function withFirstError<T>(results: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await results;
  } catch (error) {
    if (!(error instanceof RefusedChanges)) throw error;
    const [first] = error.errors.values();
    throw first ?? error;
  }
}
