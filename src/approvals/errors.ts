import { conflict, forbidden, invalid } from '../core/errors.ts';

/** Nobody who requested a maintenance, or changed it since, can approve it. */
export const secondPersonRequired = forbidden('second-person-required', { actor: 'Ana', id: 12 });
export const approvalNotNeeded = conflict('approval-not-needed', { id: 12 });
export const approvalDecided = conflict('approval-decided', { id: 12, approval: 'approved' });
/** The message that somebody approved with shows an earlier version. */
export const approvalOutdated = conflict('approval-outdated', { id: 12 });
/** It is in progress, and would cover more in these scopes than was approved. */
export const growthNotApproved = conflict('growth-not-approved', { id: 12, scopes: [3] as readonly number[] });
/** It is in progress and approved until `end`; until `latest`, an extension awaits its approval. */
export const endNotApproved = conflict('end-not-approved', {
  id: 12,
  end: new Date('2027-03-10T03:00:00Z'),
  latest: new Date('2027-03-10T04:00:00Z'),
});
/** It was approved for a later start. */
export const startNotApproved = conflict('start-not-approved', {
  id: 12,
  start: new Date('2027-03-10T02:00:00Z'),
  earliest: new Date('2027-03-10T01:00:00Z'),
});
/** Nobody who scheduled or changed a series can approve it. */
export const seriesSecondPersonRequired = forbidden('series-second-person-required', { actor: 'Ana', key: 'K7PQ2M' });
export const seriesApprovalNotNeeded = conflict('series-approval-not-needed', { key: 'K7PQ2M' });
export const seriesApprovalInvalid = invalid('series-approval-invalid', { days: 0, max: 180 });
/** The form shows an earlier version. */
export const seriesOutdated = conflict('series-outdated', { key: 'K7PQ2M' });
