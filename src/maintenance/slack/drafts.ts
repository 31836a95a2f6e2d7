import { z } from 'zod';
import { canStart } from '../../approvals/rules.ts';
import { addService } from '../../catalogue/services/commands.ts';
import { findServiceByName } from '../../catalogue/services/repository.ts';
import { type FieldTable, mapTable } from '../../core/fields.ts';
import type { Queries } from '../../platform/database.ts';
import { claimKey, findCreated } from '../../platform/idempotency.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { SERIES_FIELDS } from '../../series/fields.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, escapeMrkdwn, type Message, quote, successMessage } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import { ReplyError } from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import { listDestinations, toCoverage } from '../commands/announce.ts';
import type { ScheduleInput } from '../commands/schedule.ts';
import { CONTENT_FIELDS, COVERAGE_FIELDS, MAINTENANCE_FIELDS } from '../fields.ts';
import { findDraft, saveDraft } from '../repository/changes.ts';
import { findMaintenance } from '../repository/list.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { plannedWindow } from '../rules/times.ts';

const schemas = <T extends FieldTable>(table: T): { [P in keyof T]: T[P]['schema'] } =>
  mapTable(table, (field, property) => [[property, field.schema]]);

const draftContent = z.object({
  ...schemas(CONTENT_FIELDS),
  ...schemas(COVERAGE_FIELDS),
  channels: z.array(z.string()),
  assumed: z.array(z.string()),
  /** What a person should know of how the words were read: clock changes, zones. */
  notices: z.array(z.string()),
});
export type DraftContent = z.infer<typeof draftContent>;

/** A window that was understood and waits for its confirmation, as kept in a draft. */
export const draftWindow = draftContent.extend({
  kind: z.literal('window'),
  start: MAINTENANCE_FIELDS.start.schema,
  end: MAINTENANCE_FIELDS.end.schema,
});
export type DraftWindow = z.infer<typeof draftWindow>;

/** A recurring window that waits for the same. */
export const draftSeries = draftContent.extend({
  kind: z.literal('series'),
  cron: SERIES_FIELDS.cron.schema,
  durationMinutes: SERIES_FIELDS.durationMinutes.schema,
});
export type DraftSeries = z.infer<typeof draftSeries>;

/** Sentences that a person may choose from, each with the service to be added first where there is one. */
const draftChoices = z.object({
  kind: z.literal('choices'),
  choices: z.array(z.object({ text: z.string(), addService: z.string().optional() })),
});

/** The same as JSON for the store. */
export function serializeDraft(draft: DraftWindow | DraftSeries) {
  return draft.kind === 'window' ? { ...draft, start: draft.start.toISOString(), end: draft.end.toISOString() } : draft;
}

/** @throws ReplyError `gone` where the draft was answered already or has expired */
export async function getDraft<Schema extends z.ZodType>(
  { ctx }: SlackContext,
  { actor }: Person,
  draftId: string,
  schema: Schema,
  gone: string = texts.previewGone,
): Promise<z.infer<Schema>> {
  const read = schema.safeParse(await findDraft(ctx.database, actor.accountId, draftId));
  if (!read.success) throw new ReplyError(gone);
  return read.data;
}

export function toScheduleInput({ kind: _, assumed: __, notices: ___, ...window }: DraftWindow): ScheduleInput {
  return { ...window, scopeId: null };
}

export async function findCreatedMaintenance(
  db: Queries,
  accountId: number,
  once: string,
): Promise<Maintenance | undefined> {
  const id = await findCreated(db, accountId, once);
  return id === undefined ? undefined : findMaintenance(db, accountId, id);
}

/** The answer to the one who scheduled, in the place of the preview. @param channels those named in the request */
export async function scheduledMessage(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  maintenance: Maintenance,
  channels: readonly string[],
): Promise<Message> {
  const destinations = await listDestinations(ctx.database, actor.accountId, toCoverage(maintenance), channels);
  return successMessage(
    texts.scheduled({
      id: maintenance.id,
      name: quote(maintenance.name, 250),
      window: formatWindow(plannedWindow(maintenance), timezone),
      channels: destinations.slice(0, 10).map(({ channel }) => `<#${channel}>`),
      needsApproval: !canStart(maintenance),
    }),
  );
}

export interface Choice {
  readonly label: string;
  /** What a person would type after `/maintenance`. */
  readonly text: string;
  /** The name of a service to add first. */
  readonly addService?: string;
}

const MAX_CHOICES = 5;

/** Asks with a button for each choice. The sentences are stored as a draft, because a button holds only 2,000 characters. */
export async function askChoice(
  ctx: ActionContext,
  { actor }: Person,
  question: string,
  choices: readonly Choice[],
): Promise<Message> {
  const offered = choices.slice(0, MAX_CHOICES);
  const content = { kind: 'choices', choices: offered.map(({ label: _, ...choice }) => choice) };
  const id = await saveDraft(ctx.database, actor.accountId, actor.id, content, ctx.clock.now());
  return questionMessage(
    question,
    id,
    offered.map(({ label }) => label),
  );
}

export function questionMessage(question: string, draftId: string, labels: readonly string[]): Message {
  const { text, blocks } = successMessage(escapeMrkdwn(question));
  const buttons = labels
    .slice(0, MAX_CHOICES)
    .map((label, index) => button(`${ACTIONS.choose}.${index}`, label, `${draftId}:${index}`));
  return { text, blocks: [...blocks, actions(`choices:${draftId}`, buttons)] };
}

/** Runs the sentence of a choice, after adding its service if it has one to add. @param runText runs what a person typed */
export async function runChoice(
  context: SlackContext,
  person: Person,
  value: string,
  runText: (context: SlackContext, person: Person, text: string) => Promise<Message | undefined>,
): Promise<Message | undefined> {
  const { ctx } = context;
  const [draftId = '', index = ''] = value.split(':');
  const { choices } = await getDraft(context, person, draftId, draftChoices);
  const choice = choices[Number(index)];
  if (choice === undefined) throw new ReplyError(texts.previewGone);
  if (choice.addService !== undefined) {
    // Pressed twice, or added by somebody else since: it exists, which is what was wanted.
    const existing = await findServiceByName(ctx.database, person.actor.accountId, choice.addService, null);
    if (existing === null) await addService(ctx, person.actor, { name: choice.addService, scopeId: null });
  }
  return runText({ ...context, ctx: onlyOnce(ctx, person, `draft:${draftId}`) }, person, choice.text);
}

/** A context of one command, which fails when the request with this key was acted upon before. */
function onlyOnce(ctx: ActionContext, { actor }: Person, key: string): ActionContext {
  let claimed = false;
  return {
    ...ctx,
    async first(tx) {
      await ctx.first?.(tx);
      // The key is there also when an earlier transaction of this very command claimed it.
      if (!(await claimKey(tx, actor.accountId, key, ctx.clock.now())) && !claimed)
        throw new ReplyError(texts.doneAlready);
      claimed = true;
    },
  };
}
