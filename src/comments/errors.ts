import { invalid, notFound } from '../core/errors.ts';

export const commentEmpty = invalid('comment-empty', {});
export const commentNotFound = notFound('comment-not-found', { maintenanceId: 12, id: 345 });
