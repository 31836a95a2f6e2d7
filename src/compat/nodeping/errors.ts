import { conflict } from '../../core/errors.ts';

/** A second person approves maintenance of these checks, so it cannot start right away. */
export const enablingNeedsApproval = conflict('enabling-needs-approval', {});
