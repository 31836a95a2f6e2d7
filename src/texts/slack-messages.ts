import type { EventType } from '../audit/events.ts';
import { EXAMPLE } from './slack-help.ts';

/** What Lull says in channels, threads, direct messages, the Home tab and answers to commands. */

const startsOnceApproved = 'It starts only once a second person has approved it.';

function chosenWhen(follows: boolean): string {
  return follows ? 'This is kept up to date while it runs.' : 'They are chosen anew at the start.';
}

const DEFAULT_CHANNEL = ' It is the default channel, so it hears of every maintenance all the same.';

const withoutRights = (role: string) => (role === 'none' ? 'without rights' : role);

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

export const commentMessages = {
  added: (id: number, internal: boolean) =>
    internal ? `Added to maintenance ${id}, for internal channels alone.` : `Added to maintenance ${id}.`,
};

export const freezeMessages = {
  everything: 'everything',
  entered: (reasons: string) => `:snowflake: This falls into a freeze: ${reasons}. Move or cancel it if it can wait.`,
  overridden: (freezes: string, by: string, reason: string) =>
    `:snowflake: In spite of a freeze (${freezes}), because ${by} says so:\n>${reason}`,
  line: (effect: 'block' | 'warn', reason: string, freeze: string) =>
    `:snowflake: ${effect === 'block' ? 'Frozen' : 'In a freeze'}: ${reason}, ${freeze}`,
  more: (count: number) => `:snowflake: and ${count} more`,
  blocked: (freezes: readonly string[]) => `:snowflake: It falls into ${freezes.join(', and ')}.`,
  blockedBy: (reason: string, subject: string, window: string) => `the freeze "${reason}" of ${subject}, ${window}`,
};

export const historyMessages = {
  title: (id: number, name: string, zone: string) => `History of maintenance ${id}, ${name}: times in ${zone}`,
  action: (done: string, overHttp: boolean, internal: boolean) =>
    `${done}${overHttp ? ' over HTTP' : ''}${internal ? ' (internal)' : ''}`,
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
  /** After the name of the person. */
  done: {
    'maintenance.scheduled': 'scheduled it',
    'maintenance.changed': 'changed it',
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
    'maintenance.freeze_entered': 'found it in a freeze',
    'maintenance.freeze_overridden': 'overrode a freeze',
    'maintenance.announcement_failed': 'could not announce it',
    'series.scheduled': 'scheduled it',
    'series.changed': 'changed its series',
    'series.paused': 'paused its series',
    'series.resumed': 'let its series go on',
    'series.deleted': 'deleted its series',
    'series.runs_planned': 'planned its runs',
    'account.added': 'added a sub-account',
    'ad_hoc.added': 'added a one-off window',
    'ad_hoc.changed': 'changed a one-off window',
    'ad_hoc.removed': 'removed a one-off window',
    'calendar.created': 'created a calendar',
    'calendar.revoked': 'revoked a calendar',
    'channel.subscribed': 'subscribed a channel',
    'channel.unsubscribed': 'unsubscribed a channel',
    'check.added': 'added a check',
    'check.changed': 'changed a check',
    'check.removed': 'removed a check',
    'check.switched': 'switched a check',
    'checks.switched': 'switched checks',
    'freeze.added': 'added a freeze',
    'freeze.changed': 'changed a freeze',
    'freeze.removed': 'removed a freeze',
    'provider.added': 'added a monitoring system',
    'provider.changed': 'changed a monitoring system',
    'provider.removed': 'removed a monitoring system',
    'provider.synced': 'synced a monitoring system',
    'role.granted': 'granted a role',
    'scope.added': 'added a scope',
    'scope.changed': 'changed a scope',
    'scope.removed': 'removed a scope',
    'service.added': 'added a service',
    'service.changed': 'changed a service',
    'service.removed': 'removed a service',
    'settings.changed': 'changed the settings',
    'token.created': 'created a token',
    'token.revoked': 'revoked a token',
    'webhook.added': 'added a webhook',
    'webhook.changed': 'changed a webhook',
    'webhook.removed': 'removed a webhook',
    'webhook.secret_rotated': 'rotated the secret of a webhook',
    'webhook.disabled': 'disabled a webhook',
    'workspace.installed': 'installed Lull',
    'workspace.uninstalled': 'uninstalled Lull',
  } satisfies Readonly<Record<EventType, string>>,
};

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

export const maintenanceMessages = {
  blocked: (freezes: string) => `${freezes} Choose another time, or say why it cannot wait.`,
  canceled: (maintenance: string) => `Canceled: ${maintenance}.`,
  changeGone: 'This was answered already, or it is too old. Type it again.',
  discarded: 'Discarded. Nothing was scheduled.',
  doneAlready: 'This was done already.',
  extended: (maintenance: string, end: string, zone: string) => `Extended: ${maintenance}, ends ${end} (${zone}).`,
  extensionBlocked: (freezes: string) => `${freezes} Make it shorter, or say why it cannot wait.`,
  finished: (status: 'succeed' | 'failed', maintenance: string) =>
    `Ended as ${status === 'failed' ? 'failed' : 'succeeded'}: ${maintenance}. Its checks go on again.`,
  moved: (id: number, window: string) => `Moved: maintenance ${id} is now ${window}.`,
  movedToOneWindow: 'One maintenance is moved to one window.',
  oneWindowExpected:
    'This is one window. For a recurring one type /maintenance api every sunday at 3am for 2h: Backups',
  previewGone: 'This preview was answered already, or it is too old. Type the sentence again.',
  refusal: (reason: string, example: string) => `${reason} For example: ${example}`,
  reopened: (id: number, maintenance: string, end: string, zone: string) =>
    `Reopened: maintenance ${id} goes on as ${maintenance}. It ends ${end} (${zone}).`,
  sayHowMuchLonger: (command: string) => `Say how much longer: \`/maintenance ${command}\`.`,
  scheduled: (made: {
    id: number;
    name: string;
    window: string;
    channels: readonly string[];
    needsApproval: boolean;
  }) => {
    const { id, name, window, channels, needsApproval } = made;
    const where =
      channels.length === 0
        ? 'No channel is subscribed, so it is announced nowhere.'
        : `Announced in ${channels.join(', ')}.`;
    return `:white_check_mark: Scheduled as maintenance ${id}: *${name}*, ${window}. ${where}${needsApproval ? ` ${startsOnceApproved}` : ''}`;
  },
  scheduledAlready: 'This is scheduled already. `/maintenance list` shows it.',
  selectorChooses: (chosen: {
    text: string;
    count: number;
    names: string;
    off: number;
    untouched: string;
    follows: boolean;
  }) => {
    const { text, count, names, off, untouched, follows } = chosen;
    const already = off === 0 ? '' : ` ${off} of them ${off === 1 ? 'is' : 'are'} off already.`;
    const checks = count === 1 ? '1 check' : `${count} checks`;
    return `:white_check_mark: \`${text}\` chooses ${checks} now: ${names}.${already}${untouched} ${chosenWhen(follows)}`;
  },
  selectorChoosesNone: (text: string, follows: boolean) =>
    `:warning: \`${text}\` chooses no check now. ${chosenWhen(follows)}`,
  started: (maintenance: string, end: string, zone: string) => `Started: ${maintenance}. It ends ${end} (${zone}).`,
  timeMissing: 'Choose a day and a time, or say it in your own words below.',
  typeIt: (command: string) => `Type it: \`/maintenance ${command}\`.`,
  understoodExtension: (longer: string, end: string, zone: string) =>
    `:white_check_mark: Understood: ${longer} longer, until *${end}* (${zone}).`,
  understoodWindow: (window: string, assumed: boolean) =>
    `:white_check_mark: Understood: *${window}*.${assumed ? ' The length was assumed.' : ''}`,
  windowWillBe: (window: string) => `:white_check_mark: It will be *${window}*.`,
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

/** Of tokens and secret calendars. */
export const secretMessages = {
  line: (id: number, name: string, about: string, by: string, used?: string) =>
    `• ${id} *${name}*: ${about}; made by ${by}${used === undefined ? '' : `, ${used}`}`,
};

export const seriesMessages = {
  cancelRuns: 'Cancel what is scheduled',
  changed: (key: string, name: string, nextRun: string | null) =>
    `Changed: series ${key}, *${name}*.${nextRun === null ? '' : ` Its next run is ${nextRun}.`}`,
  count: (total: number) => `${total} series`,
  keepRuns: 'Keep what is scheduled',
  line: (series: {
    key: string;
    name: string;
    services: string;
    recurrence: string;
    timezone: string;
    enabled: boolean;
    next: string | null;
  }) => {
    const { key, name, services, recurrence, timezone, enabled, next } = series;
    const state = `${enabled ? '' : ', paused'}${next === null ? '' : `, next ${next}`}`;
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
  skippedAlready: (key: string) => `The next run of ${key} is skipped already.`,
  timeMissing: 'Fill this in, or say it in your own words below.',
  understood: (words: string, timezone: string, duration: string) =>
    `:white_check_mark: Understood: *${words}* (${timezone}), ${duration} each.`,
};

export const settingsMessages = {
  /** @param postCheck how long after a window, in words */
  defaults: (channel: string | null, timezone: string, postCheck: string | undefined) =>
    `*Defaults*\n${
      channel === null ? 'No channel hears of every maintenance.' : `<#${channel}> hears of every maintenance.`
    } Who names no zone is in ${timezone}. ${
      postCheck === undefined
        ? 'Checks are not looked at again after a window.'
        : `Checks are looked at again ${postCheck} after a window.`
    }`,
  roles: (defaultRole: string) =>
    `*Roles*\nMembers: ${defaultRole === 'none' ? 'no rights' : defaultRole}, where nothing else was said. Admins of the workspace: admin. Guests: no rights.`,
  scopes: (count: number, names: string, approving: string) =>
    `*Scopes*  ${count}\n${count === 0 ? 'A product, a region, an environment: what services live in.' : names}${
      approving === '' ? '' : `\nNeed approval: ${approving}`
    }`,
  services: (count: number) => `*Services*  ${count}\nWhat users know by name, with its owners and checks.`,
  checks: (count: number) =>
    `*Checks*  ${count}\nWhat a window switches off and on again, in Lull's own register and in monitoring systems.`,
  providers: (count: number) =>
    `*Monitoring systems*  ${count}${
      count === 0 ? '\nNone yet. Lull switches the checks of those that are connected here.' : ''
    }`,
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
      'Freezes: `settings freeze 24 dec 8am to 27 dec 8am: Holidays`, `settings freeze Production friday 18:00 to monday 6am: Launch`, `settings warn ...` to remark only, `settings unfreeze 3`.',
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
    freezeRecurs: 'A freeze is one window.',
    freezeEndRequired: 'Say until when it lasts.',
    freezeAdded: (id: number, subject: string, window: string, effect: 'block' | 'warn', scheduled: number) =>
      `:snowflake: Freeze ${id} of *${subject}*, ${window}: what falls into it ${effect === 'block' ? 'is refused' : 'is remarked'}.${
        scheduled === 0 ? '' : ` Scheduled in it already, and left as they are: ${scheduled}.`
      }`,
    freezeRemoved: (id: number, reason: string) => `Removed freeze ${id}, ${reason}.`,
    channelChanged: (channel: string | undefined) =>
      channel === undefined
        ? 'No channel hears of everything any more.'
        : `<#${channel}> hears of every maintenance now.`,
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
    const how =
      audience === 'public'
        ? `as a public channel${because}: no internal maintenances, no internal comments, no checks`
        : 'as an internal channel: with everything that belongs to them';
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
  about: (rights: string, scopes: string | null, expiresAt: string | null) =>
    [
      rights,
      ...(scopes === null ? [] : [`limited to ${scopes}`]),
      expiresAt === null ? 'never expires' : `until ${expiresAt} UTC`,
    ].join(', '),
  used: (ago: string | null) => (ago === null ? 'not used yet' : `last used ${ago}`),
  nameRequired: 'A token needs a name.',
  example: '/maintenance tokens add deploys write for 90 days',
  revoked: (name: string) => `Revoked: ${name}. The next request with it is refused.`,
  created: (name: string) => `A token was made: ${name}`,
  copy: 'Copy it now; it is kept nowhere and cannot be shown again.',
  createdHelp: (id: number) => `It is token ${id}. End it: \`tokens revoke ${id}\`.`,
};
