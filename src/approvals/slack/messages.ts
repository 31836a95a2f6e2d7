import type { Button } from '@slack/types';
import type { TimelineEvent } from '../../audit/events.ts';
import type { Interval } from '../../core/time.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { currentWindow } from '../../maintenance/rules/times.ts';
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
import { localTime, localWindow } from '../../slack/time.ts';
import { approvalForms, maintenanceForms } from '../../texts/slack-forms.ts';
import { maintenanceMessages, approvalMessages as texts } from '../../texts/slack-messages.ts';
import { awaitsApproval, canStart, type RequestedApproval } from '../rules.ts';

type Approved = Pick<Maintenance, 'id' | 'status' | 'approval'>;

const isUnapproved = (maintenance: Approved) =>
  awaitsApproval(maintenance) || (maintenance.status === 'scheduled' && !canStart(maintenance));

export function approvalField({ status, approval, approved }: Approved & Pick<Maintenance, 'approved'>): string[] {
  if (status === 'in-progress' && approval === 'pending' && approved !== null) {
    return [texts.extensionField(localTime(approved.end))];
  }
  return status !== 'scheduled' || approval === null ? [] : [texts.field[approval]];
}

/** The same in a list, where it keeps one from starting. */
export function approvalRemark(maintenance: Approved): string[] {
  if (!isUnapproved(maintenance)) return [];
  if (maintenance.status === 'in-progress') return [texts.listed.extension];
  return [texts.listed[maintenance.approval === 'declined' ? 'declined' : 'pending']];
}

/** The value of the first is also the version that the reader sees: they approve that one. */
export function approvalButtons(maintenance: Approved & Pick<Maintenance, 'version' | 'run'>): Button[] {
  if (!isUnapproved(maintenance)) return [];
  const { id, version, run } = maintenance;
  const { approve, approveRun, decline } = approvalForms.buttons;
  return [
    button(ACTIONS.approve, run === null ? approve : approveRun, `${id}:${version}`, { style: 'primary' }),
    ...(maintenance.approval === 'pending' ? [button(ACTIONS.decline, decline, String(id))] : []),
  ];
}

const because = (reason: string | undefined) =>
  reason === undefined ? '' : `\n>${quote(reason, 1400).replaceAll('\n', '\n>')}`;

export function decisionLine(event: TimelineEvent<'maintenance.approved' | 'maintenance.declined'>): string {
  const by = mentionPerson(event.actor);
  return event.type === 'maintenance.approved'
    ? texts.note.approved(by)
    : texts.note.declined(by, because(event.after.reason), localEnd(event));
}

const localEnd = ({ after }: TimelineEvent<'maintenance.declined'>) =>
  after.ends_at === undefined ? undefined : localTime(new Date(after.ends_at));

/** The notice to the owner of a declined maintenance. @param title its name, in mrkdwn */
export function declinedNotice(title: string, event: TimelineEvent<'maintenance.declined'>): string {
  return texts.notice.declined(title, because(event.after.reason), localEnd(event));
}

/** The direct message to approvers, with what was approved before. It shows the outcome, once somebody decided. */
export function approvalRequest(maintenance: Maintenance, request: RequestedApproval): Message {
  const { id, status, approved } = maintenance;
  const text = headline(maintenance, request);
  const window = describeWindow(currentWindow(maintenance));
  const about = maintenanceMessages.maintenance(id);
  if (request.state !== 'open') return { text, blocks: [section(text), context([about, window])] };
  const services = describeServices(maintenance.services);
  const before =
    approved === null
      ? []
      : [texts.request.approvedBefore([describeWindow(approved), describeServices(approved.services)])];
  const ends = localTime(currentWindow(maintenance).end);
  const { canceledUnlessApproved, endsUnlessApproved } = texts.request;
  return {
    text,
    blocks: [
      section([text, window, ...(services === '' ? [] : [services]), ...before].join('\n')),
      context([
        about,
        status === 'in-progress' ? endsUnlessApproved(ends) : canceledUnlessApproved,
        texts.request.youMayApprove,
      ]),
      actions(`asked:${id}`, [
        ...approvalButtons(maintenance),
        ...seriesButton(maintenance),
        button(ACTIONS.show, maintenanceForms.buttons.show, String(id)),
      ]),
    ],
  };
}

function seriesButton({ status, run }: Maintenance): Button[] {
  if (status !== 'scheduled' || run?.state !== 'following') return [];
  return [button(ACTIONS.approveSeries, approvalForms.buttons.approveSeries, String(run.series.id))];
}

const describeWindow = ({ start, end }: Interval) =>
  `${localWindow({ start, end })}, ${formatDuration(end.getTime() - start.getTime())}`;
const describeServices = (services: readonly { readonly name: string }[]) =>
  formatNames(
    services.map(({ name }) => name),
    500,
  );

function headline({ name, owner, status }: Maintenance, request: RequestedApproval): string {
  const title = `*${quote(name, 250)}*`;
  switch (request.state) {
    case 'open':
      return texts.request[status === 'in-progress' ? 'extension' : 'open'](title, mentionPerson(owner));
    case 'approved':
    case 'declined':
      return texts.request[request.state](title, mentionPerson(request.by));
    case 'again':
      return texts.request.changed(title);
    case 'closed':
      return texts.request[status === 'canceled' ? 'canceled' : 'unneeded'](title);
  }
}
