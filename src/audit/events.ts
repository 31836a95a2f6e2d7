import { z } from 'zod';
import { accessEvents } from '../access/events.ts';
import { approvalEvents } from '../approvals/events.ts';
import { calendarEvents } from '../calendars/events.ts';
import { catalogueEvents } from '../catalogue/events.ts';
import { checkEvents, maintenanceCheckEvents } from '../checks/events.ts';
import { commentEvents } from '../comments/events.ts';
import { adHocEvents } from '../compat/nodeping/events.ts';
import { freezeEvents, frozenMaintenanceEvents } from '../freezes/events.ts';
import { maintenanceEvents } from '../maintenance/events.ts';
import { seriesEvents } from '../series/events.ts';
import { settingsEvents } from '../settings/events.ts';
import { subscriptionEvents } from '../subscriptions/events.ts';
import { webhookDisabledEvents, webhookEvents } from '../webhooks/events.ts';

const maintenanceTimeline = [
  ...maintenanceEvents,
  ...approvalEvents,
  ...frozenMaintenanceEvents,
  ...commentEvents,
  ...maintenanceCheckEvents,
  ...webhookDisabledEvents,
] as const;

/** The events of a maintenance, which are rendered in its threads, notices, webhooks and history. */
export const timelineEvent = z.discriminatedUnion('type', [...maintenanceTimeline]);

/** All events. */
export const auditEvent = z.discriminatedUnion('type', [
  ...maintenanceTimeline,
  ...accessEvents,
  ...adHocEvents,
  ...calendarEvents,
  ...catalogueEvents,
  ...checkEvents,
  ...freezeEvents,
  ...seriesEvents,
  ...settingsEvents,
  ...subscriptionEvents,
  ...webhookEvents,
]);

export type AuditEvent = z.output<typeof auditEvent>;
export type EventType = AuditEvent['type'];

type AnyTimelineEvent = z.output<typeof timelineEvent>;
export type TimelineEventType = AnyTimelineEvent['type'];

export const EVENT_TYPES = auditEvent.options.map(({ shape }) => shape.type.value);
export const TIMELINE_EVENT_TYPES = timelineEvent.options.map(({ shape }) => shape.type.value);

export interface Recording {
  readonly id: number;
  readonly at: Date;
  readonly actor: { readonly id: string; readonly name: string; readonly source: string };
  /** Not shown in public channels. */
  readonly internal: boolean;
}

export type RecordedEvent = AuditEvent & Recording;

type TimelineEventByType = { [E in AnyTimelineEvent as E['type']]: E };

/** A recorded event of a maintenance. */
export type TimelineEvent<T extends TimelineEventType = TimelineEventType> = {
  [K in T]: { readonly type: K } & TimelineEventByType[K] & Recording;
}[T];

/** A function for each type of event, so that a new type does not compile until every renderer handles it. */
export type Renderers<Args extends readonly unknown[], Result> = {
  readonly [T in TimelineEventType]: (event: TimelineEvent<T>, ...args: Args) => Result;
};

/** For events that a renderer does not show. */
export const nothing = () => undefined;

export function render<T extends TimelineEventType, Args extends readonly unknown[], Result>(
  renderers: Renderers<Args, Result>,
  event: TimelineEvent<T>,
  ...args: Args
): Result {
  return renderers[event.type](event, ...args);
}
