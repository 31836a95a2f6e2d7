import { getPermissionLabel } from '../core/permissions.ts';
import type { ErrorCode, ErrorTexts } from '../errors.ts';
import { SELECTOR_EXAMPLE, SELECTOR_KEYS } from '../maintenance/rules/selector.ts';
import type { Status } from '../maintenance/rules/status.ts';
import { formatDuration } from '../maintenance/rules/status.ts';

/** As in "Maintenance 12 has succeeded". */
const STATUS_PHRASES: Record<Status, string> = {
  scheduled: 'is scheduled',
  'in-progress': 'is in progress',
  succeed: 'has succeeded',
  failed: 'has failed',
  canceled: 'is canceled',
};

/** What an account can have only so many of, where people call it otherwise. */
const QUOTA_NAMES: Readonly<Record<string, string>> = {
  providers: 'monitoring systems',
  tokens: 'active tokens',
  calendars: 'secret calendars',
};

const MINUTE = 60_000;

/** Words that fit a reader of any interface: no command, button or field name, and no path, header or JSON. */
export const SHARED_TEXTS = {
  'invalid-request': () => 'Some of the values are not valid.',

  'role-required': ({ actor, permission, needed, role }) =>
    `${actor} may not ${getPermissionLabel(permission)}: that needs the role ${needed}, and ${actor} has ${
      role === 'none' ? 'none; guests never have one' : `the role ${role}. An admin can give it`
    }.`,
  'person-required': ({ actor, permission }) =>
    `${actor} is a token. Only a person can ${getPermissionLabel(permission)}, in Slack.`,
  'owner-role-required': ({ actor, permission, needed, role }) =>
    `${actor} cannot ${getPermissionLabel(permission)}: that needs the ${needed} role, and the owner of this token now has the role ${role}. An admin can give it back.`,
  'role-unverified': ({ actor, permission }) =>
    `Slack did not confirm in time that ${actor} can still ${getPermissionLabel(permission)}, so nothing was changed. Try again in a minute.`,
  'limited-to-scopes': ({ actor, permission, scopes }) =>
    `${actor} may not ${getPermissionLabel(permission)}: it is limited to ${scopesInWords(scopes)}, and this is about the whole account.`,
  'outside-scopes': ({ actor, scopes, touched }) =>
    `${actor} is limited to ${scopesInWords(scopes)}, and this window ${
      touched.length === 0 ? 'is in no scope' : 'touches others, too'
    }.`,

  'quota-reached': ({ resource, max }) =>
    `There are ${max} ${QUOTA_NAMES[resource] ?? resource} already, as many as there can be. Remove one, or ask whoever runs Lull to raise the limit.`,
  'null-character': (_, { subject }) => `${subject} has the character U+0000, which cannot be stored. Leave it out.`,
  'lone-surrogate': (_, { subject }) =>
    `${subject} has half of a character (a surrogate without its other half), which cannot be stored. Leave it out, or send all of it.`,
  'text-too-long': ({ length, max }, { subject }) =>
    `${subject} has ${length} characters; at most ${max} are possible. Shorten it.`,
  'name-required': ({ kind }) => `A ${kind} needs a name.`,
  'time-zone-unknown': ({ timezone }, { subject }) =>
    `${subject} is ${JSON.stringify(timezone)}; an IANA time zone such as Europe/Berlin is expected, or UTC.`,

  'maintenance-changed': ({ id, version, currentVersion }) =>
    `Maintenance ${id} was changed since: this edit is of version ${version}, and it has version ${currentVersion} now. Look at it again, and repeat the edit.`,
  'status-changed': ({ id, status }) =>
    `Maintenance ${id} ${STATUS_PHRASES[status]} now. Nothing was changed; look at it again.`,
  'wrong-status': ({ id, status, action }) => `Maintenance ${id} ${STATUS_PHRASES[status]}${WRONG_STATUS[action]}.`,
  'run-withdrawn': ({ id }) =>
    `Maintenance ${id} was a run of a series that has changed since. It stays canceled; schedule a new maintenance.`,
  'window-over': ({ id }) => `The window of maintenance ${id} is over already; schedule a new one.`,
  'never-started': ({ id }) => `Maintenance ${id} never began; only one that began and is over can be reopened.`,
  'already-reopened': ({ id }) => `Maintenance ${id} was reopened by this request already.`,
  'nothing-to-reopen': ({ id }) => `Nothing of what maintenance ${id} covered is left. Schedule a new one.`,
  'reopen-needs-approval': ({ id }) =>
    `Maintenance ${id} touches a scope where a second person approves each window, so it cannot begin at once. Schedule a new one and have it approved.`,
  'maintenance-name-required': () => 'A maintenance needs a name, such as "Postgres upgrade".',
  'coverage-required': () => 'A maintenance needs at least one service or one check.',
  'link-has-user': (_, { subject }) =>
    `${subject} holds a user or a password. Leave them out: everybody sees the link.`,
  'link-invalid': ({ link }, { subject }) =>
    `${subject} is ${JSON.stringify(link)}; an address such as https://example.com/change/123 is expected.`,
  'reference-unknown': ({ kind, ids }) => `There is no ${kind} with id ${ids.join(', ')}.`,
  'end-not-after-start': ({ start, end }, { instant }) =>
    `The end, ${instant(end)}, is not after the start, ${instant(start)}. Give a later end.`,
  'end-in-past': ({ end, now }, { instant }) =>
    `The end, ${instant(end)}, is in the past: it is ${instant(now)} now. Give a later end.`,
  'end-too-late': ({ end }, { instant }) => `The end, ${instant(end)}, is after the year 9999. Check the year.`,
  'start-in-past': ({ start, now }, { instant }) =>
    `The start, ${instant(start)}, is in the past: it is ${instant(now)} now. Give a later start.`,
  'start-fixed': ({ id, start }, { instant }) => `Maintenance ${id} has begun; its start stays ${instant(start)}.`,
  'end-changed': ({ id, end }, { instant }) =>
    `The end of maintenance ${id} changed since you looked: it is ${instant(end)} now. Nothing was changed.`,
  'end-not-later': ({ id, end }, { instant }) =>
    `Maintenance ${id} ends later already, at ${instant(end)}. Give a later time; to have it end earlier, edit it.`,
  'end-not-adjustable': ({ id }) =>
    `Maintenance ${id} is not in progress. Change its planned end to have it end at another time.`,
  'window-too-long': ({ length, max, end }, { instant }) =>
    `The window would last ${formatDuration(length * MINUTE)}; at most ${formatDuration(max * MINUTE)} are possible. Check the year of the end, ${instant(end)}.`,
  'extension-invalid': ({ minutes, max }, { subject }) =>
    `${subject} is ${minutes}; a whole number from 1 to ${max} is expected, such as 30.`,
  'extension-too-long': ({ minutes, length, max }) =>
    `With ${minutes} more minutes the window would last ${formatDuration(length * MINUTE)}; at most ${formatDuration(max * MINUTE)} are possible.`,
  'reminders-invalid': ({ minutes, max, usual }, { subject }) =>
    `${subject} has ${minutes.join(', ')}; whole numbers of minutes from 1 to ${max} are expected, such as ${usual.join(', ')}.`,
  'too-many-reminders': ({ count, max }, { subject }) =>
    `${subject} has ${count} times; at most ${max} are possible. Leave some out.`,
  'post-check-invalid': ({ minutes, max }, { subject }) =>
    `${subject} is ${minutes}; a whole number of minutes from 0 (never) to ${max} is expected, such as 5.`,
  'selector-empty': () => `The selector is empty. ${SELECTOR_EXPECTED}`,
  'selector-unreadable': ({ rest }) => `The selector cannot be read from ${quoted(rest)} on. ${SELECTOR_EXPECTED}`,
  'selector-key-unknown': ({ key }) => `The selector has ${quoted(`${key}:`)}. ${SELECTOR_EXPECTED}`,
  'selector-term-empty': ({ term }) => `The selector has nothing in ${quoted(term)}. ${SELECTOR_EXPECTED}`,
  'selector-excludes-only': () =>
    `The selector only says which checks are not meant; say at least once which are. ${SELECTOR_EXPECTED}`,

  'series-changed': ({ key, version, currentVersion }) =>
    `The series ${key} was changed since: this edit is of version ${version}, and it has version ${currentVersion} now. Nothing was changed; look at it again.`,
  'series-paused': ({ key }) => `The series ${key} is paused already.`,
  'series-not-paused': ({ key }) => `The series ${key} is not paused.`,
  'scheduled-runs-undecided': ({ key, count }) =>
    `The series ${key} has ${count} ${count === 1 ? 'run' : 'runs'} scheduled already. Say what becomes of ${count === 1 ? 'it' : 'them'}: keep or cancel.`,
  'run-not-next': ({ key, run }) =>
    `Maintenance ${run} is no longer the next run of the series ${key}. Nothing was skipped. Check the series again.`,
  'no-frozen-run': ({ key }) => `No freeze blocks the runs that you named of the series ${key}.`,
  'no-run-to-skip': ({ key, paused }) =>
    `The series ${key} ${paused ? 'is paused and has no run to come' : 'has no run to come'}; there is nothing to skip.`,
  'cron-invalid': ({ reason }) => reason,
  'duration-invalid': ({ minutes, max }, { subject }) =>
    `${subject} is ${minutes}; a whole number of minutes from 1 to ${max} is expected, such as 120.`,
  'windows-overlap': ({ minutes, cron, apart }, { subject }) =>
    `${subject} is ${minutes}, so its windows would overlap: each lasts ${formatDuration(minutes * MINUTE)}, and with the cron line ${cron} one starts ${formatDuration(apart * MINUTE)} after another. Shorten them, or have them less often.`,

  'second-person-required': ({ actor, id }) =>
    `${actor} asked for maintenance ${id}, or changed it since; a second person has to approve it.`,
  'series-second-person-required': ({ actor, key }) =>
    `${actor} scheduled or changed the series ${key}. Another person has to approve it.`,
  'series-approval-not-needed': ({ key }) => `The series ${key} needs no approval.`,
  'series-approval-invalid': ({ days, max }, { subject }) =>
    `${subject} is ${days}. Enter a whole number of days from 1 to ${max}.`,
  'series-outdated': ({ key }) => `The series ${key} changed since this message. Look at it again, then approve it.`,
  'approval-outdated': ({ id }) => `Maintenance ${id} changed since this message. Look at it again, then approve it.`,
  'growth-not-approved': ({ id, scopes }) =>
    `Maintenance ${id} is in progress, and this is more in ${scopesInWords(scopes)} than was approved. Schedule another maintenance for it and have that approved.`,
  'end-not-approved': ({ id, end, latest }, { instant }) =>
    end.getTime() === latest.getTime()
      ? `Maintenance ${id} is approved until ${instant(end)}, and its extension was declined. Schedule another maintenance for what remains.`
      : `Maintenance ${id} is approved until ${instant(end)}. You can extend it until ${instant(latest)} now, which asks its approvers; once they approve that, you can extend it again.`,
  'start-not-approved': ({ id, start, earliest }, { instant }) =>
    `Maintenance ${id} is approved from ${instant(start)}, so it can start at ${instant(earliest)} at the earliest. Move it to start it sooner, and have that approved.`,
  'approval-not-needed': ({ id }) => `Maintenance ${id} needs no approval.`,
  'approval-decided': ({ id, approval }) => `Maintenance ${id} is ${approval} already.`,

  'freeze-not-found': ({ id }) => `There is no freeze ${id}. It may have been removed already.`,
  'window-frozen': ({ freezes }, { instant }) =>
    `It falls into ${freezes
      .map(
        ({ reason, scope, start, end }) =>
          `the freeze "${reason}" of ${scope ?? 'everything'} (${instant(start)} to ${instant(end)})`,
      )
      .join(', and ')}. Choose another time. An admin may override this with a reason.`,
  'freeze-times-required': (_, { subject }) =>
    `${subject} is missing. A freeze has a start and an end, or it recurs and has a cron line and a duration.`,
  'calendar-alone': (_, { subject }) =>
    `${subject} is set, but the calendar says when the freeze holds. Leave one of them out.`,
  'calendar-url-invalid': () =>
    'The address of the calendar is not valid: an address that begins with https:// or http://, without a user, is expected.',
  'freeze-too-frequent': ({ max }) => `A freeze can start at most ${max} times a day.`,
  'too-many-freezes': ({ max }) =>
    `There can be at most ${max} freezes that are not over. Remove one, or let one freeze last longer.`,
  'reason-required': () => 'Give a reason, such as "Agreed with the release team".',

  'comment-empty': () => 'The comment is empty. Write what should be said.',
  'comment-not-found': ({ maintenanceId, id }) => `Maintenance ${maintenanceId} has no comment ${id}.`,

  'scope-name-taken': ({ name }) => `There is a scope named ${name} already. Choose another name.`,
  'service-name-taken': ({ name }) =>
    `There is a service named ${name} already. Choose another name, or another scope.`,
  'scope-has-services': ({ name, count, services }) =>
    `The scope ${name} still has ${count === 1 ? 'a service' : `${count} services`}: ${services.join(', ')}. Remove or move them first. Nothing was removed.`,
  'still-needed': ({ kind, name, count, maintenances, series }) =>
    `The ${kind} ${name} is still needed by ${listSome(
      [...maintenances.map((id) => `maintenance ${id}`), ...series.map((key) => `series ${key}`)],
      count,
    )}. Change or cancel those first. Nothing was removed.`,
  'owner-invalid': ({ owner }, { subject }) =>
    `${subject} has ${JSON.stringify(owner)}; ids of Slack users are expected, such as U024BE7LH.`,
  'too-many-owners': ({ count, max }, { subject }) => `${subject} has ${count}; at most ${max} are expected.`,
  'listed-twice': ({ name }, { subject }) => `${subject} is ${name}, which the document has before already.`,
  'name-unknown': ({ kind, name }) => `There is no ${kind} named ${name}.`,
  'catalogue-conflict': () => 'Some of the changes conflict with what there is.',

  'check-exists': ({ externalId, provider }) => `There is a check ${externalId} of ${provider} already. Use that one.`,
  'switched-elsewhere': ({ name, provider }) =>
    `The check ${name} is switched in its own monitoring system, ${provider}. Switch it there, or schedule a maintenance, which has it off from its start to its end.`,
  'pattern-invalid': ({ pattern }, { subject }) =>
    `${subject} is ${JSON.stringify(pattern)}; a regular expression is expected that can be matched soon.`,
  'external-id-invalid': ({ reason }) => reason,
  'provider-unknown': ({ provider, known }, { subject }) =>
    `${subject} is ${JSON.stringify(provider)}; expected one of ${known.join(', ')}.`,
  'provider-name-taken': ({ name }) => `There is a monitoring system named ${name} already. Choose another name.`,
  'provider-name-reserved': ({ name }) => `${name} is reserved by Lull. Choose another name.`,
  'provider-name-invalid': ({ name }, { subject }) =>
    `${subject} is ${JSON.stringify(name.slice(0, 80))}; expected small letters, digits and hyphens, such as nodeping-eu.`,
  'provider-kind-unknown': ({ kind, known }, { subject }) =>
    `${subject} is ${JSON.stringify(kind.slice(0, 80))}; expected one of ${known.join(', ')}.`,
  'credentials-required': () => 'The address is of another system now. Give the credentials for it too.',
  'provider-in-use': ({ name, checks, maintenances }) =>
    `Lull has ${checks === 1 ? '1 check' : `${checks} checks`} of ${name} in hand, for ${
      maintenances.length === 1 ? 'maintenance' : 'maintenances'
    } ${maintenances.join(', ')}, and nobody would switch them on again. Disable ${name} first, which does so, and remove it when that is done; or end the maintenance.`,
  'sync-outdated': ({ name }) => `The checks of ${name} are others than those you saw. Look at the difference again.`,
  'checks-not-listed': ({ name, reason }) => `${name} did not say which checks it has: ${reason}`,
  'setting-unknown': (_, { subject }) =>
    `${subject} is not a field of this kind. Leave it out, or check how it is written.`,
  'setting-missing': ({ expected }, { subject }) => `${subject} is missing. ${expected}`,
  'credential-missing': ({ name }, { subject }) =>
    `${subject} is missing, and {${name}} stands in the settings. Give it, or take that out.`,
  'environment-not-allowed': () => 'env: cannot be used where several workspaces share Lull. Enter the secret itself.',
  'variable-not-set': ({ variable }) =>
    `${variable} is not set where Lull runs. Set it in the environment or in .env, and start Lull again.`,
  'variable-not-allowed': ({ prefix }) =>
    `Only variables whose names begin with ${prefix} can be named after env:, such as env:${prefix}NODEPING.`,
  'secret-not-bound': ({ variable, host, entry }) =>
    `${variable} is not bound to ${host}. Whoever runs Lull allows it with ${entry}.`,

  'subscription-not-found': ({ id }) => `There is no subscription ${id}. It may have been ended already.`,
  'channel-invalid': ({ channel }, { subject }) =>
    `${subject} is ${JSON.stringify(channel)}; the id of a Slack channel such as C0123456789 is expected.`,
  'two-subjects': ({ scope, service }) =>
    `A subscription is to a scope or to a service; scope ${scope} and service ${service} are two.`,

  'webhook-disabled': ({ id }) => `The webhook ${id} is disabled. Enable it first.`,
  'webhook-url-invalid': ({ url, max }, { subject }) =>
    `${subject} is ${JSON.stringify(url.slice(0, 100))}; an address that begins with https:// or http:// is expected, of at most ${max} characters.`,
  'webhook-url-has-user': (_, { subject }) =>
    `${subject} holds a user or a password. Leave them out: each message is signed instead.`,
  'events-unknown': ({ unknown, known }, { subject }) =>
    `${subject} has ${unknown.join(', ')}; expected some of ${known.join(', ')}.`,
  'delivery-not-found': ({ id }) => `There is no delivery ${id}. They are kept for 30 days.`,
  'delivery-waiting': ({ id }) => `The delivery ${id} waits to be sent already.`,

  'calendar-not-found': ({ id }) => `There is no calendar ${id}. It may have been revoked already.`,
  'calendar-not-allowed': ({ actor }) =>
    `${actor} is limited to scopes, and a calendar shows all that is internal. Make it without that limit.`,

  'token-not-found': ({ id }) => `There is no token ${id}. It may have been revoked already.`,
  'service-token-not-allowed': ({ actor }) =>
    `${actor} belongs to a person and cannot create a service token. Ask an admin to create it in Slack.`,
  'creator-revoked': ({ actor }) => `${actor} was just revoked, so nothing was created.`,
  'expiry-after-creator': ({ latest }, { subject, instant }) =>
    `${subject} is too late: a token cannot outlive the one that creates it, which expires at ${instant(latest)}.`,
  'rights-not-allowed': ({ rights, needed, actor, role }, { subject }) =>
    `${subject} is ${rights}, which needs the role ${needed}; ${actor} has the role ${role}.`,
  'scopes-empty': (_, { subject }) => `${subject} is empty; name at least one scope, or leave it out for all.`,
  'subject-invalid': ({ subject: given }, { subject }) =>
    `${subject} is ${JSON.stringify(given)}; the id of a Slack user or user group is expected, such as U024BE7LH.`,

  // The interface of NodePing alone raises these.
  'subaccount-nested': () =>
    'A sub-account cannot have sub-accounts. Leave customerid out, and send a token of its parent account.',
  'enabling-needs-approval': () =>
    'These checks are in a scope whose maintenance a second person approves, so it cannot begin at once. Schedule it ahead of time.',
} satisfies Partial<ErrorTexts>;

/** The codes that each interface words for itself. */
export type OwnTexts = ErrorTexts<Exclude<ErrorCode, keyof typeof SHARED_TEXTS>>;

const WRONG_STATUS = {
  edit: ' already; it cannot be changed',
  start: '; only a scheduled one can be started',
  finish: '; only one in progress can be ended',
  cancel: ' already; there is nothing to cancel',
  extend: ' already; it cannot be extended',
  reschedule: '; only a scheduled one can be moved',
  reopen: '; only one that began and is over can be reopened',
  approve: '; only a scheduled one waits for approval',
};

const SELECTOR_EXPECTED = `Expected terms such as \`${SELECTOR_EXAMPLE}\`, with ${SELECTOR_KEYS.map((key) => `${key}:`).join(', ')} or a name.`;

function scopesInWords(ids: readonly number[]): string {
  return ids.length === 0 ? 'no scope' : `${ids.length === 1 ? 'the scope' : 'the scopes'} ${ids.join(', ')}`;
}

function listSome(names: readonly string[], count: number): string {
  return count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ');
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

/** Why nothing can be sent to a channel or a person, by the code of the channel kind. */
export const RECIPIENT_PROBLEMS: Readonly<Record<string, string>> = {
  channel_not_found: 'The channel does not exist, or is private and Lull is not in it.',
  is_archived: 'The channel is archived.',
  is_inactive: 'The channel is archived.',
  not_in_channel: 'Lull is not in the channel.',
  method_not_supported_for_channel_type: 'Lull is not in the channel, and cannot join it by itself.',
  restricted_action: 'A setting of the workspace keeps Lull from posting there.',
  restricted_action_read_only_channel: 'The channel is read-only.',
  restricted_action_thread_only_channel: 'The channel takes replies in threads only.',
  restricted_action_non_threadable_channel: 'The channel has no threads.',
  team_access_not_granted: 'Lull has no access to the workspace of the channel.',
  access_denied: 'Slack denies Lull access to the channel.',
  no_permission: 'Lull lacks a permission in the channel.',
  enterprise_is_restricted: 'The organization keeps Lull from posting there.',
  org_login_required: 'The organization requires another login for the workspace.',
  ekm_access_denied: 'The organization has suspended access to its messages.',
  messages_tab_disabled: 'The messages tab of Lull is off.',
  user_not_found: 'This person is not in the workspace.',
  user_disabled: 'The account of this person is deactivated.',
  cannot_dm_bot: 'This is an app, not a person.',
};

/** @param reason the code of the channel kind */
export const recipientProblem = (reason: string): string =>
  RECIPIENT_PROBLEMS[reason] ?? `Messages to the channel fail: ${reason}.`;
