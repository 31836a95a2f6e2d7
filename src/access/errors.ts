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
export const expiryInvalid = invalid('expiry-invalid', { days: 0, max: 3650 });
/** A token is limited to at least one scope, or to none at all. */
export const scopesEmpty = invalid('scopes-empty', {});
/** A sub-account has none of its own: the tokens of the account above could not reach it. */
export const subaccountNested = forbidden('subaccount-nested', {});
export const subjectInvalid = invalid('subject-invalid', { subject: 'ana' });
