import { forbidden, notFound } from '../core/errors.ts';

export const calendarNotFound = notFound('calendar-not-found', { id: 6 });
/** A secret calendar shows everything internal, so somebody limited to scopes cannot make one. */
export const calendarNotAllowed = forbidden('calendar-not-allowed', { actor: 'deploy token' });
