import { conflict, invalid, notFound } from '../core/errors.ts';
import type { Status } from './rules/status.ts';

export const maintenanceNotFound = notFound('maintenance-not-found', { ref: 12 as number | string });
/** Another version was saved since the one that was edited. */
export const maintenanceChanged = conflict('maintenance-changed', { id: 12, version: 3, currentVersion: 4 });
/** It started since it was shown to the one who cancels. */
export const statusChanged = conflict('status-changed', { id: 12, status: 'in-progress' as Status });
/** The maintenance has a status in which this cannot be done. */
export const wrongStatus = conflict('wrong-status', {
  id: 12,
  status: 'canceled' as Status,
  action: 'edit' as StatusAction,
});
export type StatusAction = 'edit' | 'start' | 'finish' | 'cancel' | 'extend' | 'reschedule' | 'reopen' | 'approve';

/** A run of a series that was canceled because the series changed. */
export const runWithdrawn = conflict('run-withdrawn', { id: 12 });
export const windowOver = conflict('window-over', { id: 12 });
export const approvalMissing = conflict('approval-missing', { id: 12, approval: 'pending' as 'pending' | 'declined' });
export const neverStarted = conflict('never-started', { id: 12 });
export const alreadyReopened = conflict('already-reopened', { id: 12 });
export const nothingToReopen = conflict('nothing-to-reopen', { id: 12 });
/** It touches a scope that requires approval, so it cannot start right away. */
export const reopenNeedsApproval = conflict('reopen-needs-approval', { id: 12 });

export const maintenanceNameRequired = invalid('maintenance-name-required', {});
export const coverageRequired = invalid('coverage-required', {});
export const linkHasUser = invalid('link-has-user', {});
export const linkInvalid = invalid('link-invalid', { link: 'change 123' });
export const referenceUnknown = invalid('reference-unknown', {
  kind: 'service' as 'service' | 'check' | 'scope',
  ids: [5] as readonly (number | string)[],
});

const start = new Date('2027-03-10T01:00:00Z');
const end = new Date('2027-03-10T00:00:00Z');
const now = new Date('2027-03-12T00:00:00Z');

export const endNotAfterStart = invalid('end-not-after-start', { start, end });
export const endInPast = invalid('end-in-past', { end, now });
export const endTooLate = invalid('end-too-late', { end: new Date('+010000-01-01T00:00:00Z') });
export const startInPast = invalid('start-in-past', { start, now });
export const startFixed = invalid('start-fixed', { id: 12, start });
/** Only a maintenance in progress has an end besides its plan. */
export const endNotAdjustable = invalid('end-not-adjustable', { id: 12 });
/** Somebody else changed the end since it was shown to the one who extends. */
export const endChanged = conflict('end-changed', { id: 12, end });
/** An extension to a time that is before the present end. */
export const endNotLater = invalid('end-not-later', { id: 12, end });
/** `length` and `max` in minutes. */
export const windowTooLong = invalid('window-too-long', { length: 50_000, max: 44_640, end });
export const extensionInvalid = invalid('extension-invalid', { minutes: 0, max: 44_640 });
/** `length` and `max` in minutes. */
export const extensionTooLong = invalid('extension-too-long', { minutes: 600, length: 44_700, max: 44_640 });

export const remindersInvalid = invalid('reminders-invalid', {
  minutes: [0] as readonly number[],
  max: 43_200,
  usual: [1440, 60, 15] as readonly number[],
});
export const tooManyReminders = invalid('too-many-reminders', { count: 12, max: 10 });
export const postCheckInvalid = invalid('post-check-invalid', { minutes: -1, max: 1440 });

export const selectorEmpty = invalid('selector-empty', {});
/** `rest` is the text from where it cannot be parsed. */
export const selectorUnreadable = invalid('selector-unreadable', { rest: 'tag:' });
export const selectorKeyUnknown = invalid('selector-key-unknown', { key: 'owner' });
export const selectorTermEmpty = invalid('selector-term-empty', { term: 'tag:""' });
export const selectorExcludesOnly = invalid('selector-excludes-only', {});

/** `reason` is the explanation of the cron parser. */
export const cronInvalid = invalid('cron-invalid', {
  reason: 'The hour "25" is not valid: expected 0-23, a list (1,13), a range (1-5), a step (*/6) or *.',
});
export const durationInvalid = invalid('duration-invalid', { minutes: 0, max: 44_640 });
/** One window starts `apart` minutes after another. */
export const windowsOverlap = invalid('windows-overlap', { minutes: 120, cron: '0 * * * *', apart: 60 });
