import type { Role } from './permissions.ts';

/** What a token may be used for. */
export const RIGHTS = ['read', 'write', 'admin'] as const;
export type Rights = (typeof RIGHTS)[number];

/** The role that a token acts in. It never approves: that is for people. */
export const ROLE_OF = { read: 'viewer', write: 'operator', admin: 'admin' } as const satisfies Record<Rights, Role>;

/** What a new token expires after unless something else is said, and at most (days). */
export const EXPIRES_AFTER = 365;
export const LONGEST_LIFE = 3_650;
