import { conflict, invalid, notFound } from '../core/errors.ts';

export const checkNotFound = notFound('check-not-found', { id: 'K7PQ2' });
export const checkExists = conflict('check-exists', { externalId: '42', provider: 'nodeping' });
/** Only checks of the built-in register are switched through Lull. */
export const switchedElsewhere = conflict('switched-elsewhere', { name: 'db-1 disk', provider: 'icinga' });
/** The pattern is not a regular expression, or takes too long to match. */
export const patternInvalid = invalid('pattern-invalid', { pattern: '(a+)+$' });
/** `reason` is a sentence from the provider kind. */
export const externalIdInvalid = invalid('external-id-invalid', {
  reason: 'The id has no host. Expected a host, or a host and a service, such as db1!disk.',
});

export const providerNotFound = notFound('provider-not-found', { name: 'icinga' });
export const providerUnknown = invalid('provider-unknown', {
  provider: 'nagios',
  known: ['builtin'] as readonly string[],
});
export const providerNameTaken = conflict('provider-name-taken', { name: 'icinga' });
export const providerNameReserved = invalid('provider-name-reserved', { name: 'builtin' });
export const providerNameInvalid = invalid('provider-name-invalid', { name: 'NodePing EU' });
export const providerKindUnknown = invalid('provider-kind-unknown', {
  kind: 'nagios',
  known: ['nodeping'] as readonly string[],
});
/** The settings have another address, to which the stored credentials must not be sent. */
export const credentialsRequired = invalid('credentials-required', {});
/** Checks of the provider are muted, and nobody would unmute them. */
export const providerInUse = conflict('provider-in-use', {
  name: 'icinga',
  checks: 2,
  maintenances: [12] as readonly number[],
});
/** The difference is no longer the one that was confirmed. */
export const syncOutdated = conflict('sync-outdated', { name: 'icinga' });
/** `reason` is the error of the call. */
export const checksNotListed = conflict('checks-not-listed', { name: 'icinga', reason: 'it did not answer in time.' });
export const checksNotListable = conflict('checks-not-listable', { name: 'icinga' });

export const settingUnknown = invalid('setting-unknown', {});
export const settingMissing = invalid('setting-missing', { expected: 'Expected text.' });
/** Without the value, which may be a secret. `expected` is a sentence from the provider kind. */
export const settingInvalid = invalid('setting-invalid', {
  expected: 'Expected an address that begins with https://.',
});
/** The settings have `{token}`, and the credentials have no token. */
export const credentialMissing = invalid('credential-missing', { name: 'token' });
/** Several workspaces share this Lull. */
export const environmentNotAllowed = invalid('environment-not-allowed', {});
export const variableNotSet = invalid('variable-not-set', { variable: 'LULL_SECRET_ICINGA' });
export const variableNotAllowed = invalid('variable-not-allowed', { variable: 'HOME', prefix: 'LULL_SECRET_' });
/** `entry` is what the operator could add to the variable that binds secrets to hosts. */
export const secretNotBound = invalid('secret-not-bound', {
  variable: 'LULL_SECRET_ICINGA',
  host: 'icinga.example.com',
  entry: 'LULL_SECRET_HOSTS=ICINGA=icinga.example.com',
});
