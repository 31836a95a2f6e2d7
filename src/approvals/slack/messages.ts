import type { Button } from '@slack/types';
import type { TimelineEvent } from '../../audit/events.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import {
  actions,
  button,
  context,
  formatNames,
  type Message,
  mentionPerson,
  quote,
  section,
} from '../../slack/blocks.ts';
import { localWindow } from '../../slack/time.ts';
import { canStart, type RequestedApproval } from '../rules.ts';

type Approved = Pick<Maintenance, 'id' | 'status' | 'approval'>;

const waits = (maintenance: Approved) => maintenance.status === 'scheduled' && !canStart(maintenance);

/** What the live message says of a maintenance that a second person has to approve. */
export function approvalField(maintenance: Approved): string[] {
  if (maintenance.status !== 'scheduled' || maintenance.approval === null) return [];
  switch (maintenance.approval) {
    case 'pending':
      return ['*Approval*\n:hourglass: awaited; it does not start without'];
    case 'declined':
      return ['*Approval*\n:no_entry_sign: declined; it does not start'];
    case 'approved':
      return ['*Approval*\n:white_check_mark: approved'];
  }
}

/** The same in a list, where it keeps one from starting. */
export function approvalRemark(maintenance: Approved): string[] {
  if (!waits(maintenance)) return [];
  return [maintenance.approval === 'declined' ? ':no_entry_sign: declined' : ':hourglass: not approved yet'];
}

/** The buttons for those who approve. */
export function approvalButtons(maintenance: Approved): Button[] {
  if (!waits(maintenance)) return [];
  const value = String(maintenance.id);
  return [
    button(ACTIONS.approve, 'Approve', value, { style: 'primary' }),
    ...(maintenance.approval === 'pending' ? [button(ACTIONS.decline, 'Decline...', value)] : []),
  ];
}

const because = (reason: string | undefined) =>
  reason === undefined ? '' : `\n>${quote(reason, 1400).replaceAll('\n', '\n>')}`;

/** What the internal threads say of an approval. */
export function decisionLine(event: TimelineEvent<'maintenance.approved' | 'maintenance.declined'>): string {
  if (event.type === 'maintenance.approved') return `:white_check_mark: Approved by ${mentionPerson(event.actor)}.`;
  return `:no_entry_sign: Declined by ${mentionPerson(event.actor)}. It does not start unless it is changed, or approved after all.${because(event.after.reason)}`;
}

/** What is said of one that nobody approved until its start. */
export function expiredLine(audience: Audience): string {
  if (audience === 'public') return ':no_entry_sign: Canceled.';
  return ':no_entry_sign: Not started, and canceled: it was not approved until its start. No check was switched. If the work is still to be done, schedule it again.';
}

/** What the owner of a declined maintenance is told. @param what its name, in mrkdwn */
export function declinedNotice(what: string, { after }: TimelineEvent<'maintenance.declined'>): string {
  return `${what} was declined. It does not start unless you change it, or it is approved after all.${because(after.reason)}`;
}

/** What the owner of one is told that nobody approved until its start. @param what its name, in mrkdwn */
export function expiredNotice(what: string): string {
  return `${what} did not start, and was canceled: it was not approved until its start. If the work is still to be done, schedule it again.`;
}

/** What those who may approve are told in a direct message. It says what came of it, once somebody decided. */
export function approvalRequest(maintenance: Maintenance, asked: RequestedApproval): Message {
  const { id, name, services, scheduledStart: start, scheduledEnd: end } = maintenance;
  const what = `*${quote(name, 250)}*`;
  const text = headline(what, maintenance, asked);
  const window = `${localWindow({ start, end })}, ${formatDuration(end.getTime() - start.getTime())}`;
  if (asked.state !== 'open') return { text, blocks: [section(text), context([`Maintenance ${id}`, window])] };
  const on = formatNames(
    services.map((service) => service.name),
    500,
  );
  return {
    text,
    blocks: [
      section([text, window, ...(on === '' ? [] : [on])].join('\n')),
      context([
        `Maintenance ${id}`,
        'Unapproved at its start, it is canceled.',
        'You are asked because you may approve.',
      ]),
      actions(`asked:${id}`, [...approvalButtons(maintenance), button(ACTIONS.show, 'Show', String(id))]),
    ],
  };
}

function headline(what: string, { owner, status }: Maintenance, asked: RequestedApproval): string {
  switch (asked.state) {
    case 'open':
      return `:hourglass: ${mentionPerson(owner)} asks for approval of ${what}.`;
    case 'approved':
      return `:white_check_mark: ${what} was approved by ${mentionPerson(asked.by)}.`;
    case 'declined':
      return `:no_entry_sign: ${what} was declined by ${mentionPerson(asked.by)}.`;
    case 'again':
      return `:pencil2: ${what} was changed, and is asked for again below.`;
    case 'closed':
      return status === 'canceled'
        ? `:no_entry_sign: ${what} was canceled.`
        : `:heavy_minus_sign: ${what} needs no approval any more.`;
  }
}
