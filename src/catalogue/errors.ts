import { conflict, invalid, notFound } from '../core/errors.ts';

export const scopeNotFound = notFound('scope-not-found', { id: 3 });
export const serviceNotFound = notFound('service-not-found', { id: 5 });
export const scopeNameTaken = conflict('scope-name-taken', { name: 'Production' });
/** Names of services are unique within their scope. */
export const serviceNameTaken = conflict('service-name-taken', { name: 'api' });
export const scopeHasServices = conflict('scope-has-services', {
  name: 'Production',
  count: 2,
  services: ['api', 'web'] as readonly string[],
});
/** Names some of the open maintenances and series that need it. */
export const stillNeeded = conflict('still-needed', {
  kind: 'service' as 'service' | 'scope',
  name: 'api',
  count: 1,
  maintenances: [12] as readonly number[],
  series: [] as readonly string[],
});
export const ownerInvalid = invalid('owner-invalid', { owner: 'ana' });
export const tooManyOwners = invalid('too-many-owners', { count: 60, max: 50 });

/** A catalogue document contains an entry twice. */
export const listedTwice = invalid('listed-twice', { name: 'api' });
/** A catalogue document refers to something that is neither in it nor in the catalogue. */
export const nameUnknown = invalid('name-unknown', {
  kind: 'scope' as 'scope' | 'service' | 'check' | 'subscription',
  name: 'Produktion',
});
/** Changes in a catalogue document conflict with the current state, as its problems explain. */
export const catalogueConflict = conflict('catalogue-conflict', {});
