import { conflict, invalid, notFound } from '../core/errors.ts';

export const freezeNotFound = notFound('freeze-not-found', { id: 7 });
/** The window is in freezes that block. `scope` is a name; null: the freeze is of everything. */
export const windowFrozen = conflict('window-frozen', {
  freezes: [
    { reason: 'Holidays', scope: null, start: new Date('2027-12-24T00:00Z'), end: new Date('2027-12-27T00:00Z') },
  ] as readonly { readonly reason: string; readonly scope: string | null; readonly start: Date; readonly end: Date }[],
});
export const reasonRequired = invalid('reason-required', {});
/** Those that are not over. */
export const tooManyFreezes = conflict('too-many-freezes', { max: 500 });
/** A freeze has a start and an end, or a cron line and a duration. */
export const freezeTimesRequired = invalid('freeze-times-required', {});
export const freezeTooFrequent = invalid('freeze-too-frequent', { max: 24 });
/** What is set next to the address of a calendar, which says when the freeze holds. */
export const calendarAlone = invalid('calendar-alone', {});
export const calendarUrlInvalid = invalid('calendar-url-invalid', {});
