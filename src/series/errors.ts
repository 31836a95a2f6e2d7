import { conflict, notFound } from '../core/errors.ts';

export const seriesNotFound = notFound('series-not-found', { ref: 'K7PQ2M' as number | string });
/** Another version was saved since the one that was edited. */
export const seriesChanged = conflict('series-changed', { key: 'K7PQ2M', version: 3, currentVersion: 4 });
export const seriesPaused = conflict('series-paused', { key: 'K7PQ2M' });
export const seriesNotPaused = conflict('series-not-paused', { key: 'K7PQ2M' });
/** Runs are scheduled, and the request does not say whether to keep or cancel them. */
export const scheduledRunsUndecided = conflict('scheduled-runs-undecided', { key: 'K7PQ2M', count: 2 });
/** The run that was shown as the next one is not the next any more. */
export const runNotNext = conflict('run-not-next', { key: 'K7PQ2M', run: 12 });
/** None of the named runs is in a freeze that blocks. */
export const noFrozenRun = conflict('no-frozen-run', { key: 'K7PQ2M' });
export const noRunToSkip = conflict('no-run-to-skip', { key: 'K7PQ2M', paused: false });
