import { z } from 'zod';
import { maintenanceEvent, subject } from '../core/events.ts';

const fields = z.object({ comment: z.string(), internal: z.boolean() });

export const commentEvents = [
  maintenanceEvent('maintenance.commented', { subject: subject('comment'), after: fields }),
  maintenanceEvent('maintenance.comment_changed', { subject: subject('comment'), before: fields, after: fields }),
  maintenanceEvent('maintenance.comment_deleted', { subject: subject('comment'), before: fields }),
] as const;

export type CommentEventType = z.output<(typeof commentEvents)[number]>['type'];
