import { conflict, forbidden } from '../core/errors.ts';

/** Nobody who requested a maintenance, or changed it since, can approve it. */
export const secondPersonRequired = forbidden('second-person-required', { actor: 'Ana', id: 12 });
export const approvalNotNeeded = conflict('approval-not-needed', { id: 12 });
export const approvalDecided = conflict('approval-decided', { id: 12, approval: 'approved' });
