import { conflict, invalid, notFound } from '../core/errors.ts';

export const webhookNotFound = notFound('webhook-not-found', { id: 2 });
export const webhookDisabled = conflict('webhook-disabled', { id: 2 });
export const webhookUrlInvalid = invalid('webhook-url-invalid', { url: 'ftp://example.com', max: 2000 });
export const webhookUrlHasUser = invalid('webhook-url-has-user', {});
export const eventsUnknown = invalid('events-unknown', {
  unknown: ['maintenance.exploded'] as readonly string[],
  known: ['maintenance.started'] as readonly string[],
});
export const deliveryNotFound = notFound('delivery-not-found', { id: 'msg_2KW' });
export const deliveryWaiting = conflict('delivery-waiting', { id: 'msg_2KW' });
