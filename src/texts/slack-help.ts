/** What Lull says about its commands. */

export const EXAMPLE = '/maintenance api tomorrow 2am for 2h: Postgres upgrade';

export interface CommandHelp {
  /** The first word of the command. */
  readonly name: string;
  /** Other words that people use for it. */
  readonly also?: string;
  readonly form: string;
  readonly does: string;
  /** Absent where the form is one. */
  readonly example?: string;
  readonly more?: string;
}

/** Every command, in the order of the help. */
export const COMMANDS_HELP: readonly CommandHelp[] = [
  {
    name: 'list',
    also: 'ls status upcoming active past mine',
    form: 'list [upcoming|active|past|mine] [service or scope] [page]',
    does: 'what is on, what is coming, what was',
    example: 'list past api',
  },
  { name: 'show', also: 'view info details', form: 'show 12', does: 'one maintenance, with its buttons' },
  {
    name: 'edit',
    also: 'change update rename',
    form: 'edit 12',
    does: 'change anything of it in a form',
    more: 'A series by its key: `/maintenance edit NZT234`.',
  },
  { name: 'start', also: 'begin run', form: 'start 12', does: 'start it now; it keeps its length' },
  {
    name: 'finish',
    also: 'end stop complete close done',
    form: 'finish 12 [failed] [note]',
    does: 'end it now, as succeeded or failed',
    example: 'finish 12 failed Rolled back',
    more: 'The note shows in its threads, in public channels too.',
  },
  {
    name: 'extend',
    also: 'prolong lengthen',
    form: 'extend 12 30m',
    does: 'make it last longer: a length, or `until 5am`',
    example: 'extend 12 until 5am',
    more: 'Without a length, a form asks for it.',
  },
  {
    name: 'move',
    also: 'reschedule postpone delay shift',
    form: 'move 12 tomorrow 3am',
    does: 'move it to another time; without an end it keeps its length',
    example: 'move 12 sat 22:00 to sun 1am',
  },
  {
    name: 'cancel',
    also: 'abort delete remove drop',
    form: 'cancel 12 [reason]',
    does: 'cancel it; its checks go on again',
    example: 'cancel 12 Not needed any more',
    more: 'The reason shows in its threads, in public channels too.',
  },
  {
    name: 'reopen',
    also: 'restart',
    form: 'reopen 12',
    does: 'a window on the same things as one that is over, now and for 30 min',
  },
  {
    name: 'approve',
    form: 'approve 12',
    does: 'approve what somebody else asked for, where a scope wants that',
    more: 'Unapproved at its start, it is canceled.',
  },
  {
    name: 'decline',
    also: 'reject deny',
    form: 'decline 12 [reason]',
    does: 'decline what waits for approval: it does not start',
    example: 'decline 12 Not on a Friday',
  },
  {
    name: 'comment',
    also: 'note',
    form: 'comment 12 text',
    does: 'add a comment, shown in its threads',
    example: 'comment 12 Replicas are in sync',
  },
  {
    name: 'internal',
    form: 'internal 12 text',
    does: 'add a comment that is for internal channels alone',
    example: 'internal 12 Waiting for the vendor',
  },
  { name: 'history', also: 'log audit', form: 'history 12', does: 'who did what to it, and when' },
  { name: 'services', form: 'services', does: 'the services, and what they are now' },
  {
    name: 'checks',
    form: 'checks [service]',
    does: 'the checks, and which maintenance has them off',
    example: 'checks api',
  },
  { name: 'sync', form: 'checks sync icinga', does: 'bring in what a monitoring system has, once you have seen it' },
  {
    name: 'subscribe',
    form: 'subscribe [service|scope|all] [internal|public]',
    does: 'have maintenances announced in this channel',
    example: 'subscribe api public',
    more: 'Without more it hears of everything, as an internal channel. A public one hears of no internal maintenance, internal comment or check.',
  },
  {
    name: 'unsubscribe',
    form: 'unsubscribe [service|scope|all]',
    does: 'end the subscriptions of this channel',
    example: 'unsubscribe api',
    more: 'Without more, or with `all`, it ends all subscriptions of this channel.',
  },
  {
    name: 'series',
    form: 'series [page]',
    does: 'the recurring windows, with their keys',
    example: 'series',
    more: 'A sentence makes one: `/maintenance api every sunday at 3am for 2h: Backups`; or a form: `/maintenance every`. A run is reminded of only once the window before it has been over for an hour: a nightly one that night, an hourly one not at all.',
  },
  { name: 'skip', form: 'skip NZT234', does: 'leave out the next run of a series' },
  { name: 'pause', form: 'pause NZT234 [keep|cancel]', does: 'pause a series', example: 'pause NZT234' },
  { name: 'resume', form: 'resume NZT234', does: 'let a series go on' },
  {
    name: 'settings',
    also: 'setup config configure freeze freezes unfreeze roles scopes',
    form: 'settings',
    does: 'for admins, in forms: roles, the catalogue, monitoring systems, freezes, the default channel and zone',
    example: 'settings freeze 24 dec 8am to 27 dec 8am: Holidays',
    more: '`/maintenance settings show` says how things are, and how to change each in words.',
  },
  {
    name: 'tokens',
    form: 'tokens [add NAME [read|write|admin] [in SCOPE] [for 90 days] | revoke 3]',
    does: 'tokens for tools that use the HTTP interface',
    example: 'tokens add deploys write in Production for 90 days',
    more: 'A token may do no more than whoever makes it, is shown once, and ends after a year unless told otherwise (`for ever`: never).',
  },
  {
    name: 'calendar',
    form: 'calendar [add NAME [of SERVICE] | revoke 3]',
    does: 'calendars to subscribe to',
    example: 'calendar add Databases of postgres',
    more: 'One that is added is at a secret address, shown once, and has what is internal too.',
  },
  { name: 'help', form: 'help [command]', does: 'this, or more about one command', example: 'help extend' },
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
