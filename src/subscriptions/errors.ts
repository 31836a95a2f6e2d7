import { invalid, notFound } from '../core/errors.ts';

export const subscriptionNotFound = notFound('subscription-not-found', { id: 8 });
export const channelInvalid = invalid('channel-invalid', { channel: '#ops' });
/** A subscription is to a scope or to a service. */
export const twoSubjects = invalid('two-subjects', { scope: 3, service: 5 });
