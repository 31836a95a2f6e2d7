/** What Lull says about its commands. */

export const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

interface MoreHelp {
  /** By default the first word of the form. */
  readonly name?: string;
  /** Other words that people use for it. */
  readonly also?: string;
  /** Absent where the form is one. */
  readonly example?: string;
  readonly more?: string;
}

const command = (form: string, does: string, more: MoreHelp = {}) => ({
  ...{ name: form.replace(/ .*/, ''), form, does, ...more },
});
export type CommandHelp = ReturnType<typeof command>;

/** Every command, in the order of the help. */
export const COMMANDS_HELP: readonly CommandHelp[] = [
  command('list [upcoming|active|past|mine] [service or scope] [page]', 'what is on, what is coming, what was', {
    also: 'ls status upcoming active past mine',
    example: 'list past api',
  }),
  command('show 12', 'one maintenance, with its buttons', { also: 'view info details' }),
  command('edit 12', 'change anything of it in a form', {
    also: 'change update rename',
    more: 'A series by its key: `/maintenance edit NZT234`.',
  }),
  command('start 12', 'start it now; it keeps its length', { also: 'begin run' }),
  command('finish 12 [failed] [note]', 'end it now, as succeeded or failed', {
    also: 'end stop complete close done',
    example: 'finish 12 failed Rolled back',
    more: 'The note shows in its threads, in public channels too.',
  }),
  command('extend 12 30m', 'make it last longer: a length, or `until 5am`', {
    also: 'prolong lengthen',
    example: 'extend 12 until 5am',
    more: 'Without a length, a form asks for it.',
  }),
  command('move 12 tomorrow 3am', 'move it to another time; without an end it keeps its length', {
    also: 'reschedule postpone delay shift',
    example: 'move 12 sat 22:00 to sun 1am',
  }),
  command('cancel 12 [reason]', 'cancel it; its checks go on again', {
    also: 'abort delete remove drop',
    example: 'cancel 12 Not needed any more',
    more: 'The reason shows in its threads, in public channels too.',
  }),
  command('reopen 12', 'a window on the same things as one that is over, now and for 30 min', {
    also: 'restart',
  }),
  command('approve 12', 'approve what somebody else asked for, where a scope wants that', {
    more: 'Unapproved at its start, it is canceled.',
  }),
  command('decline 12 [reason]', 'decline what waits for approval: it does not start', {
    also: 'reject deny',
    example: 'decline 12 Not on a Friday',
  }),
  command('comment 12 text', 'add a comment, shown in its threads', {
    also: 'note',
    example: 'comment 12 Replicas are in sync',
  }),
  command('internal 12 text', 'add a comment that is for internal channels alone', {
    example: 'internal 12 Waiting for the vendor',
  }),
  command('history 12', 'who did what to it, and when', { also: 'log audit' }),
  command('services', 'the services, and what they are now'),
  command('checks [service]', 'the checks, and which maintenance has them off', { example: 'checks api' }),
  command('checks sync icinga', 'bring in what a monitoring system has, once you have seen it', { name: 'sync' }),
  command('subscribe [service|scope|all] [internal|public]', 'have maintenances announced in this channel', {
    example: 'subscribe api public',
    more: 'Without more it hears of everything, as an internal channel. A public one hears of no internal maintenance, internal comment or check.',
  }),
  command('unsubscribe [service|scope|all]', 'end the subscriptions of this channel', {
    example: 'unsubscribe api',
    more: 'Without more, or with `all`, it ends all subscriptions of this channel.',
  }),
  command('series [page]', 'the recurring windows, with their keys', {
    example: 'series',
    more: 'A sentence makes one: `/maintenance api every sunday at 3am for 2h: Backups`; or a form: `/maintenance every`. A run is reminded of only once the window before it has been over for an hour: a nightly one that night, an hourly one not at all.',
  }),
  command('skip NZT234', 'leave out the next run of a series'),
  command('override NZT234 next [2]: reason', 'for admins: let the next runs take place that freezes skip or move', {
    name: 'override',
    example: 'override NZT234 next 2: Disk is failing',
  }),
  command('pause NZT234 [keep|cancel]', 'pause a series', { example: 'pause NZT234' }),
  command('resume NZT234', 'let a series go on'),
  command(
    'settings',
    'for admins, in forms: roles, the catalogue, monitoring systems, freezes, the default channel and zone',
    {
      also: 'setup config configure freeze freezes unfreeze roles scopes',
      example: 'settings freeze 24 dec 8am to 27 dec 8am: Holidays',
      more: '`/maintenance settings show` says how things are, and how to change each in words.',
    },
  ),
  command(
    'tokens [add NAME [read|write|admin] [in SCOPE] [as service] [for 90 days] | revoke 3]',
    'tokens for tools that use the HTTP interface',
    {
      example: 'tokens add deploys write in Production for 90 days',
      more: 'A token can do no more than its owner can at the time, and is suspended while they are deactivated. It is shown once and ends after a year unless you say otherwise (`for ever`: never). Admins create service tokens, which belong to no person: `tokens add deploys write as service for 90 days: Deploys from CI`.',
    },
  ),
  command('calendar [add NAME [of SERVICE] | revoke 3]', 'calendars to subscribe to', {
    example: 'calendar add Databases of postgres',
    more: 'One that is added is at a secret address, shown once, and has what is internal too.',
  }),
  command('help [command]', 'this, or more about one command', { example: 'help extend' }),
];

export const helpTexts = {
  title: 'Lull runs planned maintenance.',
  intro: [
    '*Lull runs planned maintenance.*',
    '• `/maintenance <services> <when> for <how long>: <name>`: understand a window, show it, and schedule it when you agree',
    '• `/maintenance`: the same with a form',
  ].join('\n'),
  footer: [
    `For example: \`${EXAMPLE}\``,
    'Several services: `api, web sat 22:00 to sun 2am: Network work`. Also: `#channel`, `status:degraded`, `risk:high`, `ref:CHG-123`, `link:https://...`, `internal`.',
    'More about one: `/maintenance help extend`',
  ],
  command: (form: string, does: string) => `\`/maintenance ${form}\`: ${does}.`,
  example: (command: string) => `For example: \`/maintenance ${command}\``,
  ids: 'The number is on the announcement and in `/maintenance list`; with or without `#`, or the short key.',
  notUnderstood: (typed: string) => `Not understood: \`${typed}\`. Nothing was done.`,
  unknown: (typed: string) => `There is no command \`${typed}\`. These there are:`,
  unknownShort: (typed: string) => `There is no command ${typed}.`,
  suggestion: (typed: string, form: string) =>
    `There is no command \`${typed}\`. Did you mean \`/maintenance ${form}\`?`,
  welcome: [
    '*Welcome to Lull.* It does not know any service yet.',
    'Name one in a sentence, and Lull offers to add it:',
    `\`${EXAMPLE}\``,
    'Tools can add many at once: `POST /api/v1/services`.',
  ].join('\n'),
};
