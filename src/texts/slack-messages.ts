import type { EventType } from '../audit/events.ts';
import { EXAMPLE } from './slack-help.ts';

/** What Lull says in channels, threads, direct messages, the Home tab and answers to commands. */

const DEFAULT_CHANNEL = ' It is the default channel, so it hears of every maintenance all the same.';

const withoutRights = (role: string) => (role === 'none' ? 'without rights' : role);

const declined = 'It does not start unless';

export const approvalMessages = {
  approved: (id: number, name: string, window: string) => `Approved: maintenance ${id}, *${name}*, ${window}.`,
  declined: (id: number, name: string) => `Declined: maintenance ${id}, *${name}*. It does not start.`,
  extensionDeclined: (id: number, name: string, window: string) =>
    `Extension declined: maintenance ${id}, *${name}*, ${window}.`,
  expired: {
    internal:
      ':no_entry_sign: Not started, and canceled: it was not approved until its start. No check was switched. If the work is still to be done, schedule it again.',
    public: ':no_entry_sign: Canceled.',
  },
  series: ({ name, services, recurrence, timezone, duration, until }: ApprovedSeries) =>
    [
      `*${name}*`,
      `${recurrence} (${timezone}), ${duration} each`,
      ...(services === '' ? [] : [services]),
      ...(until === null ? [] : [`Already approved until ${until}`]),
    ].join('\n'),
  field: {
    approved: '*Approval*\n:white_check_mark: approved',
    declined: '*Approval*\n:no_entry_sign: declined; it does not start',
    pending: '*Approval*\n:hourglass: awaited; it does not start without',
  },
  extensionField: (end: string) => `*Approval*\n:hourglass: extension not approved yet; approved until ${end}`,
  listed: {
    declined: ':no_entry_sign: declined',
    extension: ':hourglass: extension not approved yet',
    pending: ':hourglass: not approved yet',
  },
  note: {
    approved: (by: string) => `:white_check_mark: Approved by ${by}.`,
    declined: (by: string, reason: string, end?: string) =>
      end === undefined
        ? `:no_entry_sign: Declined by ${by}. ${declined} it is changed, or approved after all.${reason}`
        : `:no_entry_sign: Extension declined by ${by}. Ends ${end}.${reason}`,
  },
  notice: {
    declined: (name: string, reason: string, end?: string) =>
      end === undefined
        ? `${name} was declined. ${declined} you change it, or it is approved after all.${reason}`
        : `The extension of ${name} was declined. Ends ${end}.${reason}`,
    expired: (name: string) =>
      `${name} did not start, and was canceled: it was not approved until its start. If the work is still to be done, schedule it again.`,
  },
  request: {
    approved: (name: string, by: string) => `:white_check_mark: ${name} was approved by ${by}.`,
    approvedBefore: (parts: readonly string[]) =>
      `*Approved before*  ${parts.filter((part) => part !== '').join(', ')}`,
    canceled: (name: string) => `:no_entry_sign: ${name} was canceled.`,
    canceledUnlessApproved: 'Unapproved at its start, it is canceled.',
    changed: (name: string) => `:pencil2: ${name} was changed, and is asked for again below.`,
    declined: (name: string, by: string) => `:no_entry_sign: ${name} was declined by ${by}.`,
    endsUnlessApproved: (end: string) => `Unless approved, ends ${end} and cannot be extended again.`,
    extension: (name: string, owner: string) =>
      `:hourglass: ${name} of ${owner} is in progress and was extended beyond what was approved. The extension needs approval.`,
    open: (name: string, owner: string) => `:hourglass: ${owner} asks for approval of ${name}.`,
    unneeded: (name: string) => `:heavy_minus_sign: ${name} needs no approval any more.`,
    youMayApprove: 'You are asked because you may approve.',
  },
};

type ApprovedSeries = Readonly<Record<'name' | 'services' | 'recurrence' | 'timezone' | 'duration', string>> & {
  readonly until: string | null;
};

export const calendarMessages = {
  title: 'Calendars',
  help: 'Make one that shows what is internal too: `calendar add On call`, `calendar add Databases of postgres`. End one: `calendar revoke 3`.',
  publicCalendar: (address: string) => `*Calendar* of what is public: ${address}`,
  secretCalendars: '*At secret addresses*',
  everything: 'everything',
  revoked: (name: string) => `Revoked: ${name}. At its address there is nothing any more.`,
  created: (name: string) => `A calendar was made: ${name}`,
  copy: 'Whoever has this address sees what is internal. Copy it now; it is kept nowhere and cannot be shown again.',
  createdHelp: (id: number) => `End it: \`calendar revoke ${id}\`.`,
};

export const catalogueMessages = {
  services: (count: number) => (count === 1 ? '1 service' : `${count} services`),
  unknownPlace: (kind: 'service' | 'scope' | undefined, name: string, near: readonly string[]) =>
    `There is no ${kind ?? 'service or scope'} named ${name}. ${
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`/maintenance services` shows the services.'
    }`,
};

export const checkMessages = {
  noChecks: (service: string | undefined) =>
    `There are no checks${service === undefined ? '' : ` of ${service}`}. Tools add them: \`POST /api/v1/checks\`.`,
  title: (count: number, service: string | undefined) =>
    `${checkCount(count)}${service === undefined ? '' : ` of ${service}`}`,
  /** @param maintenances the ids of some that mute it; `more`: how many others do */
  check: (enabled: boolean, name: string, provider: string, maintenances: readonly number[], more: number) => {
    const ids = maintenances.map((id) => `maintenance ${id}`).join(', ');
    const held = ids === '' ? '' : `, held by ${ids}${more > 0 ? ` and ${more} more` : ''}`;
    return `${enabled ? ':bell: on' : ':no_bell: off'}  *${name}* (${provider})${held}`;
  },
  disabled: (provider: string) => `:white_circle: ${provider} is disabled: its checks are not switched`,
  failing: (provider: string, lastOk: string | null | undefined, error: string) =>
    `:red_circle: ${provider} ${lastOk ? `does not answer since ${lastOk}` : 'has not answered yet'}: ${error}`,
  healthy: (provider: string, lastOk: string | null | undefined) =>
    `:large_green_circle: ${provider} ${lastOk ? `answered ${lastOk}` : 'was not asked yet'}`,
  lastError: (at: string, error: string) => `, last error ${at}: ${error}`,
  synced: (at: string) => `, last sync ${at}`,
  moreProviders: (count: number) => `and ${count} more monitoring systems`,
  reopened: (by: string, maintenance: number, end: string) =>
    `:construction: Reopened${by} as maintenance ${maintenance}, until ${end}.`,
  reopen: 'Reopen',
  reopenAdvice: 'If the work goes on, reopen it.',
  over: (maintenance: string) => `${maintenance} is over, but:`,
  stillOff: (count: number, names: string) =>
    `• ${count === 1 ? 'A check is' : `${count} checks are`} off, so nothing watches there: ${names}`,
  checksFail: (count: number, names: string) => `• ${count === 1 ? 'A check fails' : `${count} checks fail`}: ${names}`,
  failSinceWindow: (count: number, names: string) =>
    `• ${count === 1 ? 'A check fails' : `${count} checks fail`} since the window: ${names}`,
  failedBefore: (count: number, names: string) =>
    `• ${count === 1 ? 'A check fails, and failed' : `${count} checks fail, and failed`} before the window too: ${names}`,
  syncDiffers: (provider: string, difference: string) => `${provider} and Lull differ: ${difference}.`,
  syncAdds: 'To add',
  syncRemoves: 'To remove, because they are not over there any more',
  syncChanges: 'To name and tag as they are over there',
  syncApply: 'Apply',
  syncNothing: (provider: string) => `Lull knows the checks of ${provider} as they are there. There is nothing to do.`,
  syncDone: (provider: string, difference: string) =>
    `:white_check_mark: Synced ${provider}: ${difference}. \`/maintenance checks\` shows them.`,
  syncCounts: ({ added, removed, changed }: Record<'added' | 'removed' | 'changed', number>) =>
    Object.entries({ came: added, went: removed, changed })
      .flatMap(([verb, count]) => (count > 0 ? [`${checkCount(count)} ${verb}`] : []))
      .join(', '),
};

export const commentMessages = {
  added: (id: number, internal: boolean) =>
    internal ? `Added to maintenance ${id}, for internal channels alone.` : `Added to maintenance ${id}.`,
  note: (by: string, { internal, edited }: { internal: boolean; edited: boolean }, text: string) => {
    const about = [...(internal ? ['internal'] : []), ...(edited ? ['edited'] : [])];
    const who = [...(by === '' ? [] : [by]), ...(about.length === 0 ? [] : [`(${about.join(', ')})`])].join(' ');
    return `:speech_balloon: ${who === '' ? '' : `${who}: `}${text}`;
  },
  refused: (reason: string) => `This reply is not kept as a comment. ${reason}`,
  withdrawn: ':speech_balloon: _This comment was withdrawn._',
};

export const freezeMessages = {
  everything: 'everything',
  entered: (reasons: string) => `:snowflake: This falls into a freeze: ${reasons}. Move or cancel it if it can wait.`,
  skipped: (freezes: string | undefined, more: number) => {
    const runs = more === 0 ? 'Skipped' : `Skipped, with the ${more === 1 ? 'run' : `${more} runs`} after it`;
    return `:snowflake: ${runs}: ${freezes === undefined ? 'planned changes are frozen' : `freeze ${freezes}`}.`;
  },
  moved: (freezes: string | undefined, now: string, old: string) =>
    `:snowflake: Moved to ${now} (was ${old})${freezes === undefined ? '' : `: freeze ${freezes}`}.`,
  overridden: (freezes: string, by: string, reason: string) =>
    `:snowflake: In spite of a freeze (${freezes}), because ${by} says so:\n>${reason}`,
  calendar: (url: string, next: string | undefined, failure: string | undefined) =>
    `events of ${url}${next === undefined ? '' : `, next: ${next}`}${failure === undefined ? '' : `. ${failure}`}`,
  calendarFails: (since: string, reason: string) =>
    `:warning: Cannot be read since ${since}: ${reason} The last events read still apply`,
  recurring: (recurrence: string, duration: string, zone: string, next: string | undefined) =>
    `${recurrence}, for ${duration} (${zone})${next === undefined ? '' : `, next: ${next}`}`,
  line: (effect: 'block' | 'warn', reason: string, freeze: string) =>
    `:snowflake: ${effect === 'block' ? 'Frozen' : 'In a freeze'}: ${reason}, ${freeze}`,
  more: (count: number) => `:snowflake: and ${count} more`,
  blocked: (freezes: readonly string[]) => `:snowflake: It falls into ${freezes.join(', and ')}.`,
  blockedBy: (reason: string, subject: string, window: string) => `the freeze "${reason}" of ${subject}, ${window}`,
};

export const historyMessages = {
  title: (id: number, name: string, zone: string) => `History of maintenance ${id}, ${name}: times in ${zone}`,
  action: (type: EventType, overHttp: boolean, internal: boolean) =>
    `${DONE[type]}${overHttp ? ' over HTTP' : ''}${internal ? ' (internal)' : ''}`,
  was: (value: string) => `, was ${value}`,
  none: 'none',
  yes: 'yes',
  no: 'no',
  checksOfServices: 'those of its services',
  service: (id: number) => `service ${id}`,
  /** Recorded words that people would not use. */
  statuses: { 'in-progress': 'in progress', succeed: 'succeeded' } as Readonly<Record<string, string>>,
  /** Of fields that no table describes. */
  labels: {
    start_date: 'started',
    end_date: 'ended',
    check_count: 'checks',
    late_by_minutes: 'minutes late',
    minutes: 'minutes before',
    comment: 'text',
  },
};

/** What a person did, after their name. */
const DONE = {
  'maintenance.scheduled': 'scheduled it',
  'maintenance.changed': 'changed it',
  'maintenance.corrected': 'corrected its record',
  'maintenance.rescheduled': 'moved it',
  'maintenance.approved': 'approved it',
  'maintenance.declined': 'declined it',
  'maintenance.approval_expired': 'canceled it, unapproved at its start',
  'maintenance.reminded': 'reminded of it',
  'maintenance.started': 'started it',
  'maintenance.extended': 'extended it',
  'maintenance.finished': 'ended it',
  'maintenance.canceled': 'canceled it',
  'maintenance.skipped': 'skipped it',
  'maintenance.missed': 'missed it: nothing ran during the window',
  'maintenance.reopened': 'reopened it',
  'maintenance.deleted': 'deleted it',
  'maintenance.checks_switched': 'switched its checks',
  'maintenance.checks_unhealthy': 'found checks that do not watch again or that fail',
  'maintenance.commented': 'commented',
  'maintenance.comment_changed': 'changed a comment',
  'maintenance.comment_deleted': 'removed a comment',
  'maintenance.freeze_skipped': 'skipped it because of a freeze',
  'maintenance.freeze_moved': 'moved it because of a freeze',
  'maintenance.freeze_entered': 'found it in a freeze',
  'maintenance.freeze_overridden': 'overrode a freeze',
  'maintenance.announcement_failed': 'could not announce it',
  'maintenance.owner_deactivated': 'found its owner deactivated',
  'series.scheduled': 'scheduled it',
  'series.changed': 'changed its series',
  'series.paused': 'paused its series',
  'series.resumed': 'let its series go on',
  ...{ 'series.approved': 'approved its series', 'series.approval_ended': 'ended the approval of its series' },
  'series.deleted': 'deleted its series',
  'series.freeze_overridden': 'overrode freezes for runs of its series',
  'series.runs_planned': 'planned its runs',
  'account.added': 'added a sub-account',
  ...{ 'ad_hoc.added': 'added a one-off window', 'ad_hoc.changed': 'changed a one-off window' },
  'ad_hoc.removed': 'removed a one-off window',
  ...{ 'calendar.created': 'created a calendar', 'calendar.revoked': 'revoked a calendar' },
  ...{ 'channel.subscribed': 'subscribed a channel', 'channel.unsubscribed': 'unsubscribed a channel' },
  ...{ 'check.added': 'added a check', 'check.changed': 'changed a check', 'check.removed': 'removed a check' },
  ...{ 'check.switched': 'switched a check', 'checks.switched': 'switched checks' },
  ...{ 'freeze.added': 'added a freeze', 'freeze.changed': 'changed a freeze', 'freeze.removed': 'removed a freeze' },
  ...{ 'provider.added': 'added a monitoring system', 'provider.changed': 'changed a monitoring system' },
  ...{ 'provider.removed': 'removed a monitoring system', 'provider.synced': 'synced a monitoring system' },
  'role.granted': 'granted a role',
  ...{ 'scope.added': 'added a scope', 'scope.changed': 'changed a scope', 'scope.removed': 'removed a scope' },
  ...{ 'service.added': 'added a service', 'service.changed': 'changed a service' },
  ...{ 'service.removed': 'removed a service', 'settings.changed': 'changed the settings' },
  ...{ 'token.created': 'created a token', 'token.revoked': 'revoked a token' },
  ...{ 'webhook.added': 'added a webhook', 'webhook.changed': 'changed a webhook' },
  ...{ 'webhook.removed': 'removed a webhook', 'webhook.secret_rotated': 'rotated the secret of a webhook' },
  'webhook.disabled': 'disabled a webhook',
  ...{ 'workspace.installed': 'installed Lull', 'workspace.uninstalled': 'uninstalled Lull' },
} satisfies Readonly<Record<EventType, string>>;

export const homeMessages = {
  membersOnly: 'Planned maintenance is shown to members of this workspace. Guests see the announcements.',
  plan: 'Schedule maintenance',
  details: 'Details',
  waiting: 'To approve',
  yours: 'Your services',
  active: 'Now',
  next: 'Next',
  own: 'Also yours',
  week: 'The week ahead',
  recent: 'Recently',
  services: 'Services',
  nothingForYours: (shown: boolean) => (shown ? 'Nothing else is planned for them.' : 'Nothing is planned for them.'),
  nothingActive: (shown: boolean) => (shown ? 'Nothing else is in progress.' : 'Nothing is in progress.'),
  nothingNext: (shown: boolean) =>
    shown ? 'Nothing else is planned.' : `Nothing is planned. To plan something, type \`${EXAMPLE}\``,
  nothingPlanned: (days: string) => `${days}: nothing planned`,
  starts: (when: string) => `starts ${when}`,
  ends: (when: string) => `ends ${when}`,
  moreWindows: (count: number) => `and ${count} more: \`/maintenance list\``,
  moreServices: (count: number) => `and ${count} more: \`/maintenance services\``,
  calendarCut: (count: number) => `There are more: this calendar shows the first ${count} windows of the week.`,
  hours: (from: string | undefined, until: string | undefined) => {
    if (from === undefined) return until === undefined ? 'all day' : `until ${until}`;
    return until === undefined ? `from ${from}` : `${from} – ${until}`;
  },
  today: 'Today',
  tomorrow: 'Tomorrow',
  footer: (zone: string) =>
    `Times are yours, as your Slack is set (${zone}). \`/maintenance help\` shows every command.`,
};

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);
const checkCount = (count: number) => plural(count, '1 check', `${count} checks`);
const startsOnceApproved = 'It starts only once a second person has approved it.';
const chosenWhen = (follows: boolean) =>
  follows ? 'This is kept up to date while it runs.' : 'They are chosen anew at the start.';
const announcementFailed = (what: string, channel: string, error: string, advice: string) =>
  `${what} could not be announced in <#${channel}> (${error}). ${advice}`;

const FIELD_LABELS = {
  ...{ services: 'Services', when: 'When', planned: 'Planned', duration: 'How long', now: 'Now', checks: 'Checks' },
};
const PREVIEW_LABELS = {
  ...{ when: 'When', utc: 'UTC', written: 'As said', duration: 'How long', services: 'Services' },
  ...{ checks: 'Checks switched off', selector: 'With those that are', channels: 'Announced in', internal: 'Internal' },
};

export const kitMessages = {
  answeredLate: 'Slack waits three seconds for a form, and it took longer. Nothing was changed; try once more.',
  example: (reason: string, example: string) => `${reason}\nFor example: \`${example}\``,
  fault: (reference: string) =>
    `Something went wrong inside Lull, and nothing was changed. Try again; if it stays so, tell whoever runs Lull the reference ${reference}.`,
  limited: (seconds: number) =>
    `Slack limits how often Lull may ask it, and nothing was changed. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  faultOfConnection:
    'Something went wrong inside Lull, and nothing was changed. Try again; if it stays so, tell whoever runs Lull.',
  notInstalled: (installUrl: string | undefined) =>
    `Lull is not installed in this workspace${installUrl === undefined ? '.' : `. Install it again at ${installUrl}`}`,
  outdatedList: 'This list is of another version of Lull. Type the command again.',
};

export const maintenanceMessages = {
  blocked: (freezes: string) => `${freezes} Choose another time, or say why it cannot wait.`,
  by: (owner: string) => `by ${owner}`,
  canceled: (maintenance: string) => `Canceled: ${maintenance}.`,
  changeGone: 'This was answered already, or it is too old. Type it again.',
  checkCount: (status: string, count: number) => {
    if (count === 0) return 'none';
    if (status === 'scheduled') return `${checkCount(count)} will be switched off`;
    return status === 'in-progress' ? `${checkCount(count)} covered` : checkCount(count);
  },
  cancelStarted: (name: string) => `*${name}* changed since you opened this form. Nothing was canceled yet.`,
  checkOutcomes: '*Checks of this run*',
  comment: (author: string, internal: boolean, at: string, text: string) =>
    `${author}${internal ? ' (internal)' : ''}, ${at}: ${text}`,
  commentCount: (count: number) => `*Comments* (${count})`,
  discarded: 'Discarded. Nothing was scheduled.',
  doneAlready: 'This was done already.',
  ended: (status: 'succeed' | 'failed', at: string | null) =>
    `${status === 'failed' ? 'failed' : 'ended'}${at === null ? '' : ` ${at}`}`,
  endChangedBy: (by: string, at: string) => `${by} changed the end ${at}.`,
  endsAlready: (name: string, end: string, zone: string) => `*${name}* already ends ${end} (${zone}).`,
  endsIn: (ago: string) => `ends ${ago}`,
  extended: (maintenance: string, end: string, zone: string) => `Extended: ${maintenance}, ends ${end} (${zone}).`,
  extendFromNewEnd: 'Nothing was changed yet. Check the new end below, then press Extend again if you need more time.',
  extensionBlocked: (freezes: string) => `${freezes} Make it shorter, or say why it cannot wait.`,
  field: (field: keyof typeof FIELD_LABELS, value: string) => `*${FIELD_LABELS[field]}*\n${value}`,
  finished: (status: 'succeed' | 'failed', maintenance: string) =>
    `Ended as ${status === 'failed' ? 'failed' : 'succeeded'}: ${maintenance}. Its checks go on again.`,
  headings: {
    scheduled: ':calendar: Scheduled',
    'in-progress': ':construction: In progress',
    succeed: ':white_check_mark: Done',
    failed: ':x: Failed',
    canceled: ':no_entry_sign: Canceled',
    missed: ':warning: Missed',
  },
  isCanceled: 'canceled',
  linkDetails: 'Details',
  list: {
    line: (id: number, heading: string, name: string, services: string, when: string) =>
      `*${id}*  ${heading}: ${name}${services === '' ? '' : ` (${services})`}\n${when}`,
    none: (kind: ListKind, place: string, example: string) =>
      `${NONE_LISTED[kind]}${listedFor(place)}. To plan something: \`${example}\``,
    title: (total: number, kind: ListKind, place: string) =>
      `${total} ${plural(total, 'maintenance', 'maintenances')} ${LIST_TITLES[kind]}${listedFor(place)}`,
  },
  maintenance: (id: number) => `Maintenance ${id}`,
  moved: (id: number, window: string) => `Moved: maintenance ${id} is now ${window}.`,
  movedToOneWindow: 'One maintenance is moved to one window.',
  notRun: 'Nothing was done: Lull was not running during this window.',
  notes: {
    ownerDeactivated: (owner: string) => `:warning: The account of its owner, ${owner}, is deactivated.`,
    alreadyMuted: ':heavy_minus_sign: Off already, so left as they are',
    announcementFailed: (channel: string, error: string, advice: string) =>
      `:warning: ${announcementFailed('This', channel, error, advice)}`,
    awaits: (name: string, length: string, when: string, id: number) =>
      `:bell: *${name}* would start in ${length}, ${when}, but is not approved: unapproved it is canceled then. \`/maintenance approve ${id}\` approves it.`,
    by: (person: string) => ` by ${person}`,
    changed: (by: string, series: string, changes: readonly string[]) =>
      `:pencil2: Changed${by}${series === '' ? '' : ` with its series ${series}`}: ${changes.join('; ')}.`,
    corrected: (by: string, changes: readonly string[]) => `:pencil2: Record corrected${by}: ${changes.join('; ')}.`,
    ended: (status: string, more: string) => {
      if (status === 'canceled') return `:no_entry_sign: Canceled${more}`;
      return status === 'failed' ? `:x: Ended as failed${more}` : `:white_check_mark: Ended${more}`;
    },
    endedByItself: (late: string | undefined) =>
      late === undefined
        ? ':white_check_mark: Ended as planned.'
        : `:white_check_mark: Ended ${late} late, because Lull was not running at its end.`,
    endsSoon: (name: string, length: string, when: string) => `:bell: *${name}* ends in ${length}, ${when}.`,
    extended: (longer: string, by: string, end: string) =>
      `:hourglass_flowing_sand: Extended by ${longer}${by}: it ends ${end}.`,
    leftMuted: ':heavy_minus_sign: Left off, as they were before',
    maintenances: (count: number, numbers: string, more: number) =>
      `${plural(count, 'maintenance', 'maintenances')} ${numbers}${more > 0 ? ` and ${more} more` : ''}`,
    missed: (runsBefore: number, audience: 'internal' | 'public') => {
      const runs = plural(runsBefore, 'run', `${runsBefore} runs`);
      const like = runsBefore === 0 ? '' : `, as during the ${runs} of its series before it`;
      const checks = audience === 'public' ? '' : ', no check was switched';
      return `:warning: Missed: Lull was not running during this window${like}. Nothing was started${checks}.`;
    },
    moreStillMuted: 'and more, still held by other maintenances',
    moved: (by: string, now: string, before: string) => `:calendar: Moved${by}: it is ${now}, not ${before}.`,
    muted: ':no_bell: Switched off',
    newEnd: (end: string) => `it ends ${end}`,
    newName: (now: string, before: string) => `it is called "${now}", not "${before}"`,
    newStatus: (now: string, before: string) => `it is ${now}, not ${before}`,
    newStart: (start: string) => `it starts ${start}`,
    nowNot: (now: string, before: string) => `${now}, not ${before}`,
    plannedFor: (name: string, when: string) => `:bell: *${name}* is planned for ${when}.`,
    recordedEnd: (at: string) => `it ended ${at}`,
    recordedStart: (at: string) => `it started ${at}`,
    sharedMute: (maintenances: string) => `:no_bell: Off already for ${maintenances}, and kept off`,
    skipped: (by: string) => `:fast_forward: Skipped${by}. The series goes on.`,
    started: (by: string, late: string | undefined, end: string) =>
      late === undefined
        ? `:construction: Started${by}. It ends ${end}.`
        : `:construction: Started ${late} late, because Lull was not running at its start. It ends ${end}.`,
    startsSoon: (name: string, length: string, when: string) => `:bell: *${name}* starts in ${length}, ${when}.`,
    stillMuted: (maintenances: string, until: string) =>
      `:no_bell: Stays off, still held by ${maintenances} until ${until}`,
    switchFailed: (count: number) => `:warning: ${checkCount(count)} could not be switched; Lull keeps trying:`,
    unmuted: ':bell: Switched on again',
    unmutedByHand: ':bell: Unmuted or changed by somebody in the monitoring system, so left as it is there',
  },
  notices: {
    ownerDeactivated: (title: string, owner: string, others: number) =>
      `The account of ${owner}, who owns ${title}, is deactivated.${others === 0 ? '' : ` They own ${others} more open ${plural(others, 'maintenance', 'maintenances')}.`} It still starts and ends as planned: look after it, or cancel it.`,
    announcementFailed,
    endedLate: (name: string, late: string) =>
      `${name} ended ${late} late, because Lull was not running at its end. Its checks were off until then.`,
    missed: (name: string) =>
      `${name} was missed: Lull was not running during its window, so nothing was started and no check was switched. If the work is still to be done, schedule it again.`,
    startedLate: (name: string, late: string, end: string) =>
      `${name} started ${late} late, because Lull was not running at its start. It ends ${end}.`,
    switchFailed: (name: string, count: number, to: 'on' | 'off') =>
      to === 'off'
        ? `${plural(count, 'A check', `${count} checks`)} of ${name} could not be switched off, so ${plural(count, 'it', 'they')} may raise an alarm during the work. Lull keeps trying.`
        : `${name} is over, but ${plural(count, 'a check', `${count} checks`)} could not be switched on again. Lull keeps trying; until then nothing watches there.`,
    webhookDisabled: (name: string, webhook: number, reason: string) =>
      `Webhook ${webhook} was disabled, so the tools behind it hear of nothing any more, ${name} included. ${reason} Once it works, enable it again: what waits is delivered then.`,
    ownerUnreachable: (owner: string) => `You are notified because its owner, ${owner}, can't be reached.`,
    youOwnIt: 'You are told because it is yours.',
  },
  oneWindowExpected:
    'This is one window. For a recurring one type /maintenance api every sunday at 3am for 2h: Backups',
  outcomes: {
    alreadyMuted: (at: string) => `:heavy_minus_sign: Off already${at}, so left as it was`,
    failed: (at: string, error: string) => `:warning: Not switched off, tried${at}${error}`,
    muted: (since: string, error: string) => `:no_bell: Off since${since}${error}`,
    neverMuted: ':heavy_minus_sign: Not switched',
    notUnmuted: (since: string, error: string) => `:warning: Off since${since}, not on again yet${error}`,
    pending: ':hourglass: Being switched off',
    released: (from: string, at: string) => `:bell: Off from${from}, released${at}`,
    unmutedByHand: (at: string) => `:bell: Unmuted or changed by hand, seen${at}`,
  },
  planned: (window: string) => `(planned ${window})`,
  plannedAside: (window: string) => `, planned ${window}`,
  preview: {
    alreadyMuted: (count: number) => `; ${count} ${plural(count, 'is', 'are')} off already and will stay so`,
    assumed: (assumption: string) => `:grey_question: Assumed: ${assumption}`,
    blocked: (mayOverride: boolean) =>
      `:snowflake: Choose another time, or ${mayOverride ? 'give a reason to do it all the same' : 'ask an admin to schedule it with a reason'}.`,
    each: (duration: string) => `${duration} each`,
    line: (field: keyof typeof PREVIEW_LABELS, value: string) => `*${PREVIEW_LABELS[field]}*  ${value}`,
    more: (count: number) => ` and ${count} more`,
    moreOverlaps: (count: number) => `:warning: and with ${count} more`,
    needsApproval: `:hourglass: ${startsOnceApproved}`,
    nextRuns: '*Next runs*',
    frozenRun: (reasons: string) => ` :snowflake: skipped: freeze ${reasons}`,
    noChannel: 'no channel. Subscribe one, or set LULL_DEFAULT_CHANNEL.',
    noChecks: 'none',
    notInPublic: 'not announced in public channels',
    overlap: (id: number, name: string, window: string) =>
      `:warning: Overlaps with maintenance ${id}, ${name}: ${window}`,
    repeats: (recurrence: string, timezone: string, cron: string) =>
      `*Repeats*  ${recurrence}, ${timezone} time (\`${cron}\`)`,
    selector: (text: string, follows: boolean) =>
      `\`${text}\`, ${follows ? 'kept up to date while it runs' : 'chosen anew at the start'}`,
    summary: (name: string, when: string) => `Preview: ${name}, ${when}`,
    untouched: (checks: Counted, systems: Counted) =>
      `${checks.count} of ${plural(systems.count, 'a disabled system', 'disabled systems')} (${systems.names}) ${plural(checks.count, 'is', 'are')} left alone: ${checks.names}`,
  },
  previewGone: 'This preview was answered already, or it is too old. Type the sentence again.',
  refusal: (reason: string, example: string) => `${reason} For example: ${example}`,
  reopened: (id: number, maintenance: string, end: string, zone: string) =>
    `Reopened: maintenance ${id} goes on as ${maintenance}. It ends ${end} (${zone}).`,
  runOf: (key: string, recurrence: string, timezone: string) => `Series ${key}: ${recurrence} (${timezone})`,
  sayHowMuchLonger: (command: string) => `Say how much longer: \`/maintenance ${command}\`.`,
  scheduled: ({ id, name, window, channels, needsApproval }: Scheduled) => {
    const nowhere = 'No channel is subscribed, so it is announced nowhere.';
    const where = channels.length === 0 ? nowhere : `Announced in ${channels.join(', ')}.`;
    return `:white_check_mark: Scheduled as maintenance ${id}: *${name}*, ${window}. ${where}${needsApproval ? ` ${startsOnceApproved}` : ''}`;
  },
  scheduledAlready: 'This is scheduled already. `/maintenance list` shows it.',
  selectorChooses: ({ text, count, names, off, untouched, follows }: Chosen) => {
    const already = off === 0 ? '' : ` ${off} of them ${plural(off, 'is', 'are')} off already.`;
    return `:white_check_mark: \`${text}\` chooses ${checkCount(count)} now: ${names}.${already}${untouched} ${chosenWhen(follows)}`;
  },
  selectorChoosesNone: (text: string, follows: boolean) =>
    `:warning: \`${text}\` chooses no check now. ${chosenWhen(follows)}`,
  sentence: {
    addService: (word: string) => `Add ${word} as a service`,
    assumedDay: 'the first day is meant, because none was said',
    assumedDuration: 'it lasts one hour, because no duration was said',
    assumedName: (name: string) => `it is called "${name}"; say a name after a colon`,
    assumedStatus: 'the services are down meanwhile; say status:degraded or status:up if not',
    callIt: (word: string) => `Call it "${word}"`,
    defaultName: (subject: string) => `Maintenance of ${subject}`,
    didYouMean: (word: string, suggestions: readonly string[]) =>
      `There is no service \`${word}\`. Did you mean ${suggestions.map((name) => `\`${name}\``).join(' or ')}?`,
    firstService: (word: string) =>
      `Welcome to Lull. It does not know any service yet, and \`${word}\` looks like the first.`,
    neverAgain: (cron: string) => `\`${cron}\` never comes again.`,
    noChannel: (channel: string) =>
      `There is no channel ${channel} that Lull can see. Choose one from the list that Slack offers after #.`,
    unknownWord: (word: string) => `There is no service \`${word}\`, and it is not a time either.`,
    useService: (name: string) => `Use ${name}`,
    whichService: (example: string) =>
      `Which service is it for? Begin with its name, such as \`/maintenance ${example}\`.`,
  },
  started: (maintenance: string, end: string, zone: string) => `Started: ${maintenance}. It ends ${end} (${zone}).`,
  startsIn: (ago: string) => `starts ${ago}`,
  steps: {
    incomplete: (words: string) =>
      `"${words}" does not say everything: give the day, the time, and how long it lasts, such as "tomorrow 2am for 2h".`,
    nobody:
      'Nobody set this workflow off, so Lull cannot tell who may do this. Begin it with a link, or with a button that somebody presses.',
    noTimes: 'The step does not say when: give words such as "tomorrow 2am for 2h", or both Start and End.',
    notMaintenance: (ref: string) => `"${ref}" is no maintenance; its number such as 12 is expected, or its short key.`,
    question: (words: string, question: string) => `"${words}" can mean two things. ${question}`,
    recurring: (words: string) =>
      `"${words}" is a recurring window, and this step schedules one. For example: tomorrow 2am for 2h`,
    scheduled: (id: number, name: string, window: string, needsApproval: boolean) =>
      `Maintenance ${id}, ${name}: ${window}.${needsApproval ? ' It waits for approval.' : ''}`,
    twoTimes: 'The step says when twice: give words, or Start and End, and leave the other empty.',
    unknownStatus: (word: string) => `"${word}" is no status of services; expected down, degraded or up.`,
  },
  summary: (heading: string, name: string, services: string, times: string) =>
    `${heading}: ${name}${services === '' ? '' : ` on ${services}`}, ${times}`,
  timeMissing: 'Choose a day and a time, or say it in your own words below.',
  typeIt: (command: string) => `Type it: \`/maintenance ${command}\`.`,
  understoodExtension: (longer: string, end: string, zone: string) =>
    `:white_check_mark: Understood: ${longer} longer, until *${end}* (${zone}).`,
  understoodWindow: (window: string, assumed: boolean) =>
    `:white_check_mark: Understood: *${window}*.${assumed ? ' The length was assumed.' : ''}`,
  windowWillBe: (window: string) => `:white_check_mark: It will be *${window}*.`,
  withdrawn: 'A maintenance that was announced here is not announced in this channel any more.',
};

type Scheduled = { id: number; name: string; window: string; channels: readonly string[]; needsApproval: boolean };
type Chosen = { text: string; count: number; names: string; off: number; untouched: string; follows: boolean };
type SeriesLine = Record<'key' | 'name' | 'services' | 'recurrence' | 'timezone', string> & {
  enabled: boolean;
  next: string | null;
  approvedUntil: string | null;
};
type Counted = { readonly count: number; readonly names: string };
type ListKind = 'open' | 'upcoming' | 'active' | 'past' | 'mine';
const listedFor = (place: string) => (place === '' ? '' : ` for ${place}`);
const NONE_LISTED: Readonly<Record<ListKind, string>> = {
  open: 'Nothing is on and nothing is planned',
  upcoming: 'Nothing is planned',
  active: 'Nothing is on',
  past: 'Nothing has ended yet',
  mine: 'You have nothing on and nothing planned',
};
const LIST_TITLES: Readonly<Record<ListKind, string>> = {
  open: 'on or planned',
  upcoming: 'planned',
  active: 'on now',
  past: 'over',
  mine: 'of yours, on or planned',
};

/** For the second of two people who change the same thing. */
export const mergeMessages = {
  changed: ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
  yours: (field: string, value: string) => `You had written for *${field}*: ${value}`,
  below: (disputed: boolean) =>
    disputed
      ? 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.'
      : 'Below are the newest values with your changes. *Save* keeps them.',
};

export const seriesMessages = {
  cancelRuns: 'Cancel what is scheduled',
  changed: (key: string, name: string, nextRun: string | null) =>
    `Changed: series ${key}, *${name}*.${nextRun === null ? '' : ` Its next run is ${nextRun}.`}`,
  count: (total: number) => `${total} series`,
  overridden: (key: string, starts: readonly string[], zone: string) =>
    `Freeze overridden for ${starts.length === 1 ? 'one run' : `${starts.length} runs`} of series ${key} (${zone}):\n${starts
      .slice(0, 20)
      .map((start) => `• ${start}`)
      .join('\n')}`,
  keepRuns: 'Keep what is scheduled',
  line: ({ key, name, services, recurrence, timezone, enabled, next, approvedUntil }: SeriesLine) => {
    const approved = approvedUntil === null ? '' : `, approved until ${approvedUntil}`;
    const state = `${enabled ? '' : ', paused'}${next === null ? '' : `, next ${next}`}${approved}`;
    return `*${key}*  ${name}${services === '' ? '' : ` (${services})`}\n${recurrence}, ${timezone} time${state}`;
  },
  none: 'There is no series. To make one: `/maintenance api every sunday at 3am for 2h: Backups`',
  paused: (key: string, name: string) =>
    `Paused: *${name}* makes no new runs. \`/maintenance resume ${key}\` lets it go on.`,
  resumed: (name: string, nextRun: string | null) =>
    `*${name}* goes on.${nextRun === null ? '' : ` Its next run is ${nextRun}.`}`,
  scheduled: (key: string, name: string, nextRun: { id: number; window: string } | null) => {
    const next = nextRun === null ? '' : ` Its next run is maintenance ${nextRun.id}, ${nextRun.window}.`;
    return `:white_check_mark: Scheduled as series ${key}: *${name}*.${next} \`/maintenance skip ${key}\` leaves out a run, \`/maintenance pause ${key}\` pauses it.`;
  },
  scheduledAlready: 'This is scheduled already. `/maintenance series` shows it.',
  seriesExpected: 'This is one window. Say how often it comes: every sunday at 3am for 2h',
  skipped: (id: number, window: string) => `Skipped: maintenance ${id}, ${window}. The series goes on after it.`,
  timeMissing: 'Fill this in, or say it in your own words below.',
  understood: (words: string, timezone: string, duration: string) =>
    `:white_check_mark: Understood: *${words}* (${timezone}), ${duration} each.`,
};

export const settingsMessages = {
  /** @param postCheck how long after a window, in words */
  defaults: (channel: string | null, timezone: string, postCheck: string | undefined) =>
    `*Defaults*\n${channel === null ? 'No channel' : `<#${channel}>`} hears of every maintenance. Who names no zone is in ${timezone}. Checks are ${postCheck === undefined ? 'not looked at again' : `looked at again ${postCheck}`} after a window.`,
  roles: (defaultRole: string) =>
    `*Roles*\nMembers: ${defaultRole === 'none' ? 'no rights' : defaultRole}, where nothing else was said. Admins of the workspace: admin. Guests: no rights.`,
  scopes: (count: number, names: string, approving: string) =>
    `*Scopes*  ${count}\n${count === 0 ? 'A product, a region, an environment: what services live in.' : names}${approving && `\nNeed approval: ${approving}`}`,
  services: (count: number) => `*Services*  ${count}\nWhat users know by name, with its owners and checks.`,
  checks: (count: number) =>
    `*Checks*  ${count}\nWhat a window switches off and on again, in Lull's own register and in monitoring systems.`,
  providers: (count: number) =>
    `*Monitoring systems*  ${count}${count === 0 ? '\nNone yet. Lull switches the checks of those that are connected here.' : ''}`,
  freezes: (count: number, shown: number) =>
    `*Freezes*  ${count}\nWhat falls into one is refused or remarked.${count > shown ? ` The next ${shown}:` : ''}`,
  warnsOnly: ', warns only',
  inWords: 'All of this in words: `/maintenance settings show`.',
  list: {
    title: 'Settings of Lull',
    roles: (defaultRole: string) =>
      `*Members are*  ${withoutRights(defaultRole)}; the admins of the workspace are admins, guests have no rights`,
    scopes: (names: string) => `*Scopes*  ${names || 'none'}`,
    approval: (names: string) => `*Need approval*  ${names || 'none'}`,
    channel: (channel: string | null) =>
      `*Every maintenance is announced in*  ${channel === null ? 'no channel' : `<#${channel}>`}`,
    timezone: (timezone: string) => `*Time zone*  ${timezone}, for whoever names none`,
    postCheck: (delay: string | undefined) =>
      `*Checks are looked at again*  ${delay === undefined ? 'not at all' : `${delay} after a window`}`,
    freezes: (count: number) => `*Freezes*${count === 0 ? '  none' : ''}`,
    help: [
      'Roles: `settings default-role viewer`, `settings role @jonas approver`, `settings role @jonas default`; also for a user group. Roles are none, viewer, operator, approver, admin.',
      'Scopes and services: `settings scope add Production`, `settings scope Production approval on`, `settings owners api @ana @jonas`, `settings owners api none`.',
      'Freezes: `settings freeze 24 dec 8am to 27 dec 8am: Holidays`, `settings freeze Production friday 18:00 to monday 6am: Launch`, `settings freeze every friday 4pm for 16h: No changes`, `settings freeze https://calendar.example.com/holidays.ics: Holidays`, `settings warn ...` to remark only, `settings unfreeze 3`.',
      'Account: `settings channel #maintenance`, `settings channel none`, `settings zone Europe/Berlin`, `settings look 10` or `settings look off`.',
    ],
  },
  commands: {
    freezesTitle: 'Freezes',
    removeFreeze: (id: number) => `Remove freeze ${id}`,
    notUnderstood: (command: string) => `Not understood: \`${command}\`. Nothing was changed. Below is how it is said.`,
    roleUnknown: (word: string, known: readonly string[]) =>
      `There is no role ${word}; expected one of ${known.join(', ')}.`,
    defaultRoleChanged: (role: string) =>
      `Members of the workspace are now *${withoutRights(role)}*, where nothing else was said.`,
    roleGranted: (who: string, role: string) => `${who} is now *${withoutRights(role)}*.`,
    roleRemoved: (who: string) => `${who} has no role of their own any more.`,
    staysAdmin: (who: string) =>
      `${who} stays an admin, as every admin of the workspace is. It counts once they are that no more.`,
    staysWithoutRights: (who: string) => `${who} stays without rights, as guests and people of other workspaces are.`,
    scopeAdded: (name: string) => `Added the scope *${name}*.`,
    approvalChanged: (scope: string, required: boolean) =>
      required
        ? `From now on a second person approves maintenance of *${scope}*. What is scheduled already stays as it is.`
        : `Maintenance of *${scope}* needs no approval any more.`,
    ownersChanged: (service: string, owners: readonly string[]) =>
      `*${service}* is owned by ${owners.join(', ') || 'nobody'} now.`,
    freezeReasonRequired: 'Say when, and why after a colon.',
    freezeEndRequired: 'Say until when or how long it lasts.',
    freezeAdded: (id: number, subject: string, window: string, effect: 'block' | 'warn', scheduled: number) =>
      `:snowflake: Freeze ${id} of *${subject}*, ${window}: what falls into it ${effect === 'block' ? 'is refused' : 'is remarked'}.${scheduled === 0 ? '' : ` Scheduled in it already, and left as they are: ${scheduled}.`}`,
    freezeRemoved: (id: number, reason: string) => `Removed freeze ${id}, ${reason}.`,
    channelChanged: (channel: string | undefined) =>
      channel ? `<#${channel}> hears of every maintenance now.` : 'No channel hears of everything any more.',
    postCheckChanged: (delay: string | undefined) =>
      delay === undefined
        ? 'From now on checks are not looked at again after a window.'
        : `From now on checks are looked at once more ${delay} after a window.`,
    zoneChanged: (timezone: string) => `People and tools that name no zone are in ${timezone} now.`,
  },
  removed: (noun: string, name: string) => `The ${noun} *${name}* was removed.`,
  removedMeanwhile: (noun: string, by: string, at: string) =>
    `This ${noun} was removed by ${by} ${at}, while you were editing. Nothing of yours was saved.`,
  changedBy: (by: string, overHttp: boolean, at: string, fields: readonly string[]) =>
    `Changed by ${by}${overHttp ? ' over HTTP' : ''} ${at}: ${fields.join(', ')}`,
  changedSince: (fields: readonly string[]) => `Changed since: ${fields.join(', ')}`,
  disputed: (field: string, now: string, yours: string) => `${field}\nNow: ${now}\nYou had: ${yours}`,
  tooLong: 'too long for a form',
};

export const channelMessages = {
  /** @param problem what is wrong, and what to do */
  failing: (channel: string, since: string, problem: string) =>
    `:warning: Lull cannot post in ${channel} since ${since}: ${problem}`,
};

export const subscriptionMessages = {
  typeInChannel: 'Type this in the channel that it is about.',
  subscribed: 'Subscribed.',
  unsubscribed: 'Unsubscribed.',
  nothingToEnd: 'There was nothing to end.',
  none: (isDefault: boolean) =>
    `This channel is subscribed to nothing now.${isDefault ? DEFAULT_CHANNEL : ''} To subscribe it: \`/maintenance subscribe api internal\`.`,
  /** @param subjects undefined: everything; `publicFor`: the subjects that make the channel public, if others do not */
  list: (
    subjects: string | undefined,
    audience: 'public' | 'internal',
    publicFor: string | undefined,
    isDefault: boolean,
  ) => {
    const because = publicFor === undefined ? '' : `, because it is one for ${publicFor}`;
    const asPublic = `as a public channel${because}: no internal maintenances, no internal comments, no checks`;
    const how = audience === 'public' ? asPublic : 'as an internal channel: with everything that belongs to them';
    return `This channel hears of ${subjects === undefined ? 'every maintenance' : `the maintenances of ${subjects}`}, ${how}.${isDefault ? DEFAULT_CHANNEL : ''}`;
  },
  subject: (scope: string | undefined) => (scope === undefined ? 'everything' : `everything in ${scope}`),
  directMessage: 'A direct message cannot be subscribed. Type this in a channel.',
  archived: 'This channel is archived. Subscribe another one.',
  cannotPost:
    'Lull cannot post in this channel yet. Type /invite @Lull here, and then the command again. Nothing was subscribed.',
};

export const tokenMessages = {
  title: 'Tokens',
  help: 'Make one: `tokens add deploys write for 90 days`, `tokens add Grafana in Production`. End one: `tokens revoke 3`.',
  heading: (count: number) => (count === 0 ? '*No tokens* for the HTTP interface.' : '*Tokens* for the HTTP interface'),
  service: (purpose: string) => `service token (${purpose})`,
  about: (service: string | null, rights: string, scopes: string | null, expiresAt: string | null) =>
    [
      ...(service === null ? [] : [service]),
      rights,
      ...(scopes === null ? [] : [`limited to ${scopes}`]),
      expiresAt === null ? 'never expires' : `until ${expiresAt} UTC`,
    ].join(', '),
  used: (ago: string | null) => (ago === null ? 'not used yet' : `last used ${ago}`),
  nameRequired: 'A token needs a name.',
  example: '/maintenance tokens add deploys write for 90 days',
  purposeRequired: 'A service token keeps working when people leave, so it needs a purpose after a colon.',
  serviceExample: '/maintenance tokens add deploys write as service for 90 days: Deploys from CI',
  revoked: (name: string) => `Revoked: ${name}. The next request with it is refused.`,
  created: (name: string) => `A token was made: ${name}`,
  copy: 'Copy it now; it is kept nowhere and cannot be shown again.',
  createdHelp: (id: number) => `It is token ${id}. End it: \`tokens revoke ${id}\`.`,
};
