import type { Button } from '@slack/types';
import type { TimelineEvent } from '../../audit/events.ts';
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
import { approvalForms, maintenanceForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages, approvalMessages as texts } from '../../texts/slack-messages.ts';
import { canStart, type RequestedApproval } from '../rules.ts';

type Approved = Pick<Maintenance, 'id' | 'status' | 'approval'>;

const awaitsApproval = (maintenance: Approved) => maintenance.status === 'scheduled' && !canStart(maintenance);

export function approvalField({ status, approval }: Approved): string[] {
  return status !== 'scheduled' || approval === null ? [] : [texts.field[approval]];
}

/** The same in a list, where it keeps one from starting. */
export function approvalRemark(maintenance: Approved): string[] {
  if (!awaitsApproval(maintenance)) return [];
  return [texts.listed[maintenance.approval === 'declined' ? 'declined' : 'pending']];
}

export function approvalButtons(maintenance: Approved): Button[] {
  if (!awaitsApproval(maintenance)) return [];
  const value = String(maintenance.id);
  const { approve, decline } = approvalForms.buttons;
  return [
    button(ACTIONS.approve, approve, value, { style: 'primary' }),
    ...(maintenance.approval === 'pending' ? [button(ACTIONS.decline, decline, value)] : []),
  ];
}

const because = (reason: string | undefined) =>
  reason === undefined ? '' : `\n>${quote(reason, 1400).replaceAll('\n', '\n>')}`;

export function decisionLine(event: TimelineEvent<'maintenance.approved' | 'maintenance.declined'>): string {
  const by = mentionPerson(event.actor);
  return event.type === 'maintenance.approved'
    ? texts.note.approved(by)
    : texts.note.declined(by, because(event.after.reason));
}

/** The notice to the owner of a declined maintenance. @param title its name, in mrkdwn */
export function declinedNotice(title: string, { after }: TimelineEvent<'maintenance.declined'>): string {
  return texts.notice.declined(title, because(after.reason));
}

/** The direct message to approvers. It shows the outcome, once somebody decided. */
export function approvalRequest(maintenance: Maintenance, request: RequestedApproval): Message {
  const { id, scheduledStart: start, scheduledEnd: end } = maintenance;
  const text = headline(maintenance, request);
  const window = `${localWindow({ start, end })}, ${formatDuration(end.getTime() - start.getTime())}`;
  const about = maintenanceMessages.maintenance(id);
  if (request.state !== 'open') return { text, blocks: [section(text), context([about, window])] };
  const services = formatNames(
    maintenance.services.map(({ name }) => name),
    500,
  );
  return {
    text,
    blocks: [
      section([text, window, ...(services === '' ? [] : [services])].join('\n')),
      context([about, texts.request.canceledUnlessApproved, texts.request.youMayApprove]),
      actions(`asked:${id}`, [
        ...approvalButtons(maintenance),
        button(ACTIONS.show, maintenanceForms.buttons.show, String(id)),
      ]),
    ],
  };
}

function headline({ name, owner, status }: Maintenance, request: RequestedApproval): string {
  const title = `*${quote(name, 250)}*`;
  switch (request.state) {
    case 'open':
      return texts.request.open(title, mentionPerson(owner));
    case 'approved':
    case 'declined':
      return texts.request[request.state](title, mentionPerson(request.by));
    case 'again':
      return texts.request.changed(title);
    case 'closed':
      return texts.request[status === 'canceled' ? 'canceled' : 'unneeded'](title);
  }
}
