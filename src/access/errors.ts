import { forbidden, invalid, notFound } from '../core/errors.ts';
import type { Role } from '../core/permissions.ts';

export const tokenNotFound = notFound('token-not-found', { id: 4 });
/** Nobody can create a token with more rights than they have. */
export const rightsNotAllowed = forbidden('rights-not-allowed', {
  rights: 'write',
  needed: 'operator' as Role,
  actor: 'Ana',
  role: 'viewer' as Role,
});
/** A service token outlives people, so what belongs to a person cannot create one. */
export const serviceTokenNotAllowed = forbidden('service-token-not-allowed', { actor: 'deploy token' });
/** The token of the request was revoked while the request was carried out. */
export const creatorRevoked = forbidden('creator-revoked', { actor: 'deploy token' });
/** A token cannot outlive the one that creates it. */
export const expiryAfterCreator = invalid('expiry-after-creator', { latest: new Date('2027-03-10T02:00:00Z') });
export const expiryInvalid = invalid('expiry-invalid', { days: 0, max: 3650 });
/** A token is limited to at least one scope, or to none at all. */
export const scopesEmpty = invalid('scopes-empty', {});
/** A sub-account has none of its own: the tokens of the account above could not reach it. */
export const subaccountNested = forbidden('subaccount-nested', {});
export const subjectInvalid = invalid('subject-invalid', { subject: 'ana' });
