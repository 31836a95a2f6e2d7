import { conflict, invalid } from './errors.ts';

/** PostgreSQL cannot store U+0000. */
export const nullCharacter = invalid('null-character', {});
export const loneSurrogate = invalid('lone-surrogate', {});
export const textTooLong = invalid('text-too-long', { length: 212, max: 200 });
export const nameRequired = invalid('name-required', { kind: 'service' as NamedKind });
export const timeZoneUnknown = invalid('time-zone-unknown', { timezone: 'Europe/Atlantis' });

/** The account has as many as it can have. */
export const quotaReached = conflict('quota-reached', { resource: 'webhooks', max: 100 });

export type NamedKind = 'scope' | 'service' | 'check' | 'token' | 'calendar' | 'sub-account';

/** Others changed the fields since they were shown. */
export const fieldsChanged = conflict('fields-changed', { fields: ['name'] as readonly string[] });
