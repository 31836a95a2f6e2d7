import { find } from '../../actions/action.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { announcementAt } from '../../store/announcements.ts';
import { findComment } from '../../store/comments.ts';
import { listMaintenances } from '../../store/maintenance-list.ts';
import { findMaintenance, type Maintenance } from '../../store/maintenances.ts';
import type { SlackContext } from '../context.ts';
import { asRead } from '../events/plain-text.ts';
import { LIMITS } from '../messages/blocks.ts';
import type { Person } from '../people.ts';
import { audienceForm, commentForm } from './comment-form.ts';

/** A message that somebody picked. `thread` is the `ts` of the one it answers; `text` is mrkdwn. */
export interface PickedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | undefined;
  readonly userId: string | undefined;
  readonly text: string;
}

/**
 * Opens the form that makes a message a comment. One that is a comment already can be shown to more people, or to fewer.
 * @throws Refusal of kind `forbidden`
 */
export async function addAsComment(
  context: SlackContext,
  person: Person,
  message: PickedMessage,
  triggerId: string,
): Promise<void> {
  const { ground, client } = context;
  mustBeAllowed(person.actor, 'comment');
  const { accountId } = person.actor;
  const comment = await findComment(ground.database, accountId, message);
  if (comment !== undefined) {
    const maintenance = await find(ground, person.actor, comment.maintenanceId);
    await client.views.open({ trigger_id: triggerId, view: audienceForm(comment, maintenance) });
    return;
  }
  // What Lull itself says is no comment; an announcement only says which maintenance is meant.
  const byLull = message.userId === context.workspace.botUserId;
  const text = byLull ? '' : await asRead(context, message.text);
  const by = message.userId === undefined || message.userId === person.actor.id ? undefined : message.userId;
  const author = by === undefined ? '' : await asRead(context, `<@${by}>`);
  // What somebody else said is told as theirs; who adds it can change that.
  const told = author === '' || text === '' ? text : `${author.slice(1)}: ${text}`;
  const view = commentForm(told, await likely(context, accountId, message));
  await client.views.open({ trigger_id: triggerId, view });
}

/** The maintenance whose thread the message stands in; else the one in progress, when there is no other. */
async function likely(
  { ground: { database } }: SlackContext,
  accountId: number,
  { channel, ts, thread }: PickedMessage,
): Promise<Maintenance | undefined> {
  const place = await announcementAt(database, accountId, { channel, ts: thread ?? ts });
  if (place !== undefined) return findMaintenance(database, accountId, place.maintenanceId);
  const [active, other] = await listMaintenances(database, accountId, { statuses: ['in-progress'] }, { limit: 2 });
  return other === undefined ? active : undefined;
}

/** The open maintenances that have these words in their name, or the one that has this number. */
export async function maintenancesMatching(
  { ground: { database }, workspace }: SlackContext,
  matching: string,
): Promise<Maintenance[]> {
  const accountId = workspace.account.id;
  const number = /^#?(\d+)$/.exec(matching.trim())?.[1];
  const numbered = number === undefined ? undefined : await findMaintenance(database, accountId, Number(number));
  const named = await listMaintenances(
    database,
    accountId,
    { statuses: ['scheduled', 'in-progress'], matching: matching.trim() },
    { limit: LIMITS.options },
  );
  return [...(numbered === undefined ? [] : [numbered]), ...named.filter(({ id }) => id !== numbered?.id)].slice(
    0,
    LIMITS.options,
  );
}
