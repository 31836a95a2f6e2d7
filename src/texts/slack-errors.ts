import type { Problem, UserError } from '../core/errors.ts';
import { type ErrorTexts, wordError } from '../errors.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import { formatInstant } from '../slack/time.ts';
import { type OwnTexts, RECIPIENT_PROBLEMS, recipientProblem, SHARED_TEXTS } from './errors.ts';

/** What a field is called where the words are shown at it. */
const AT_ITS_FIELD = 'This';

/** What only readers in Slack need: commands and buttons. */
const OWN_TEXTS: OwnTexts = {
  'fields-changed': ({ fields }) =>
    `${fields.map(fieldLabel).join(', ')} changed since you looked. Look again, and repeat the change.`,
  'maintenance-not-found': ({ ref }) => `There is no maintenance ${ref}. \`/maintenance list\` shows the maintenances.`,
  'approval-missing': ({ id, approval }) =>
    `Maintenance ${id} ${approval === 'declined' ? 'was declined' : 'is not approved yet'}. A second person approves it: /maintenance approve ${id}.`,
  'series-not-found': ({ ref }) => `There is no series ${ref}. \`/maintenance series\` shows the series.`,
  'scope-not-found': ({ id }) => `There is no scope ${id}. /maintenance settings shows the scopes.`,
  'service-not-found': ({ id }) => `There is no service ${id}. /maintenance services shows the services.`,
  'check-not-found': ({ id }) => `There is no check ${id}. /maintenance checks shows the checks.`,
  'provider-not-found': ({ name }) =>
    `There is no monitoring system ${name}. /maintenance settings shows the monitoring systems.`,
  'checks-not-listable': ({ name }) =>
    `${name} is of a kind that cannot say which checks it has. Add each check that windows should switch in the settings.`,
  'setting-invalid': ({ expected }, { subject }) => (subject === AT_ITS_FIELD ? expected : `${subject}: ${expected}`),
  'expiry-invalid': ({ days, max }, { subject }) =>
    `${subject} is ${days}; a whole number of days from 1 to ${max} is expected.`,
  'webhook-not-found': ({ id }) => `There is no webhook ${id}. It may have been removed already.`,
};

const SLACK_TEXTS: ErrorTexts = { ...SHARED_TEXTS, ...OWN_TEXTS };

/** What forms call the fields whose label is not simply their name in words. */
const LABELS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(CONTENT_FIELDS).map(({ name, form }) => [name, form.label])),
  scheduled_start_date: 'Start',
  scheduled_end_date: 'End',
  duration_minutes: 'Duration',
  timezone: 'Time zone',
  post_check_after: 'Check after a window',
};

/** `settings.url` is "Url". */
function fieldLabel(field: string): string {
  const name = field.slice(field.lastIndexOf('.') + 1);
  return LABELS[field] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll('_', ' ');
}

/** @param zone the reader's IANA zone, in which instants are shown */
function instantIn(zone: string): (at: Date) => string {
  return (at) => `${formatInstant(at, zone)} ${zone === 'UTC' ? 'UTC' : `(${zone})`}`;
}

/**
 * A problem in the words of Slack.
 * @param place whether it is shown at its field, which then needs no name
 */
export function slackProblemText(problem: Problem, zone: string, place: 'at its field' | 'elsewhere'): string {
  const subject = place === 'at its field' ? AT_ITS_FIELD : fieldLabel(problem.field);
  return wordError(SLACK_TEXTS, problem, { subject, instant: instantIn(zone) });
}

/** An error in the words of Slack, as plain text: those of its problems where it has any, one a line. */
export function slackErrorText(error: UserError, zone = 'UTC'): string {
  if (error.problems.some(({ code }) => code !== error.code)) {
    return error.problems.map((problem) => slackProblemText(problem, zone, 'elsewhere')).join('\n');
  }
  const [about] = error.problems;
  return wordError(SLACK_TEXTS, error, {
    subject: about === undefined ? 'A value' : fieldLabel(about.field),
    instant: instantIn(zone),
  });
}

const ASK_ADMIN = 'Ask an admin of the Slack workspace.';
const INVITE = 'Invite Lull to it with /invite.';

/** What a person can do about Slack's errors that no retry fixes, by code. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  channel_not_found: INVITE,
  is_archived: 'Unarchive it, or subscribe another one.',
  is_inactive: 'Unarchive it, or subscribe another one.',
  not_in_channel: INVITE,
  method_not_supported_for_channel_type: INVITE,
  restricted_action: ASK_ADMIN,
  restricted_action_read_only_channel: 'Let Lull post in it, or subscribe another one.',
  restricted_action_thread_only_channel: 'Let Lull post in it, or subscribe another one.',
  restricted_action_non_threadable_channel: 'Allow threads in it, or subscribe another one.',
  team_access_not_granted: ASK_ADMIN,
  access_denied: ASK_ADMIN,
  no_permission: ASK_ADMIN,
  enterprise_is_restricted: ASK_ADMIN,
  org_login_required: ASK_ADMIN,
  ekm_access_denied: ASK_ADMIN,
  messages_tab_disabled: 'Import manifest.yml again.',
  user_not_found: '',
  user_disabled: '',
  cannot_dm_bot: '',
};

/** What is wrong with a channel or a person, and what to do. @param reason Slack's code */
export function recipientAdvice(reason: string): string {
  const next = NEXT_STEPS[reason] ?? '';
  return next === '' ? recipientProblem(reason) : `${recipientProblem(reason)} ${next}`;
}

const FAULT = 'This is a fault of Lull: please report it.';

/** Advice for Slack's errors that no retry fixes, by code. */
export const DELIVERY_ADVICE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(RECIPIENT_PROBLEMS).map((reason) => [reason, recipientAdvice(reason)])),
  missing_scope: 'The app lacks a right. Install it again from manifest.yml.',
  restricted_action_thread_locked: 'The thread is locked.',
  cannot_reply_to_message: 'Slack takes no replies to this message.',
  invalid_blocks: `Slack refused the form of the message. ${FAULT}`,
  msg_blocks_too_long: `Slack refused the length of the message. ${FAULT}`,
  msg_too_long: `Slack refused the length of the message. ${FAULT}`,
};
