import type { Role } from '../core/permissions.ts';

/** Titles, labels, hints, options and buttons of forms and messages in Slack. */

const inThreads = 'Shows in its threads, in public channels too.';
const tooMany = (label: string) => `*${label}*\nToo many for a form; they stay as they are. Change them over HTTP.`;

export const approvalForms = {
  buttons: {
    approve: 'Approve',
    decline: 'Decline...',
    approveRun: 'Approve this run',
    approveSeries: 'Approve series...',
  },
  series: { title: 'Approve series', submit: 'Approve', close: 'Close' },
  days: {
    label: 'Approved for',
    option: (days: number) => `${days} days`,
    hint: 'Runs that end within this time start approved. A change that extends the series ends the approval.',
  },
  decline: { title: 'Decline', submit: 'Decline', close: 'Close' },
  reason: 'Reason',
  reasonHint: 'Shown in internal threads, and to whoever asked.',
};

export const catalogueForms = {
  scope: {
    add: 'Add a scope',
    change: 'Change a scope',
    namePlaceholder: 'Production',
    reminders: {
      label: 'Remind of a maintenance before its start',
      placeholder: 'Not at all',
      hint: 'Of a run of a series only once the window before it has been over for an hour.',
    },
    approval: {
      label: 'Approval',
      option: 'A second person approves each maintenance of it',
      hint: 'Unapproved at its start, it is canceled. What is scheduled already stays as it is.',
    },
  },
  service: {
    add: 'Add a service',
    change: 'Change a service',
    namePlaceholder: 'api',
    scope: { label: 'Scope', placeholder: 'None' },
    owners: {
      label: 'Owners',
      placeholder: 'Nobody',
      hint: 'It is first on their Home tab, and those who may approve are asked.',
    },
    checks: {
      label: 'Checks',
      placeholder: 'None',
      hint: 'Switched off during its maintenances; those in progress follow at once.',
    },
  },
  description: { label: 'Description', tooLong: 'Too long for a form; it stays as it is. Change it over HTTP.' },
  visibility: { label: 'Who may know of it' },
  visibilities: {
    public: 'Everybody: the status page and public channels, too',
    internal: 'Internal: people of this workspace',
  },
};

export const checkForms = {
  check: {
    add: 'Add a check',
    change: 'Change a check',
    namePlaceholder: 'api health',
    provider: { label: 'Monitoring system' },
    builtin: "Lull's own register",
    externalId: { label: 'Its id there', hint: "In Lull's own register it gets one by itself." },
    services: { label: 'Services', placeholder: 'None', hint: 'Their maintenances switch it off.' },
    tags: { label: 'Tags', placeholder: 'db, eu', hint: 'With commas between them.' },
    tagsUnlistable: 'They cannot be shown in a form; they stay as they are. Change them over HTTP.',
  },
  provider: {
    connect: 'Connect',
    change: 'Change',
    credentials: 'Credentials are sealed and not shown again.',
    credentialsKept: 'Credentials are sealed and not shown again. Left empty, they stay as they are.',
    untried: 'Written from its documentation, and not tried against the live service yet.',
    enabled: {
      label: 'Use',
      option: 'Windows switch its checks',
      hint: 'Without, what Lull switched off there goes on again, and is left alone.',
    },
    yes: 'Yes',
    none: 'None',
    unreadable: (label: string, text: string, expected: 'number' | 'json') =>
      `${label} is ${text}; expected ${expected === 'number' ? 'a number such as 10' : 'JSON'}.`,
    kindUnknown: (name: string) => `There is no kind of monitoring systems named ${name}.`,
  },
};

export const commentForms = {
  addComment: { title: 'Add as comment', submit: 'Add', close: 'Close' },
  audience: { title: 'Comment', submit: 'Save', close: 'Close' },
  comment: { title: 'Comment', submit: 'Comment', close: 'Close' },
  commentLabel: 'Comment',
  internal: 'Internal: not shown in public channels',
  isComment: (name: string, id: number) => `This reply is a comment on *${name}* (${id}).`,
  maintenance: 'Maintenance',
  maintenanceSearch: 'Search by name or number',
  public: 'Public: shown in public channels too',
  visibility: 'Who sees it',
};

export const freezeForms = {
  add: 'Add a freeze',
  scope: { label: 'Scope', placeholder: 'Everything' },
  start: (zone: string) => `Start (${zone})`,
  end: (zone: string) => `End (${zone})`,
  timeRequired: 'Choose a day and a time.',
  reason: { label: 'Reason', placeholder: 'Holidays' },
  effect: { label: 'What it does' },
  effects: { block: 'Refuses what falls into it; an admin gets past it with a reason', warn: 'Remarks it' },
};

export const maintenanceForms = {
  cancel: { title: 'Cancel maintenance', submit: 'Cancel it', close: 'Keep it' },
  create: { title: 'Schedule maintenance', submit: 'Schedule', close: 'Close' },
  edit: { title: 'Edit maintenance', submit: 'Save', close: 'Close' },
  extend: { title: 'Extend maintenance', submit: 'Extend', close: 'Close' },
  finish: { title: 'End maintenance', submit: 'End now', close: 'Not yet' },
  override: { title: 'Override a freeze', submit: 'Do it anyway', close: 'Close' },
  whole: { title: (id: number) => `Maintenance ${id}`, close: 'Close' },

  anyway: { extend: 'Extend anyway...', move: 'Move anyway...', reopen: 'Reopen anyway...', start: 'Start anyway...' },
  begun: (start: string, zone: string) => `*Start*\n${start} (${zone}); it has begun.`,
  buttons: {
    cancel: 'Cancel',
    change: 'Edit',
    comment: 'Comment',
    discard: 'Discard',
    editDraft: 'Edit...',
    extend: 'Extend',
    finish: 'End now',
    reopen: 'Reopen',
    schedule: 'Schedule',
    scheduleAnyway: 'Schedule anyway...',
    show: 'Show',
    start: 'Start now',
  },
  cancelMeaning: {
    begun: 'It ends now, and its checks are switched on again.',
    planned: 'It will not take place.',
  },
  cannotBeTakenBack: 'This cannot be taken back.',
  checks: 'Only these checks',
  checksHint: 'Left empty, all checks of the services are switched off.',
  checksPlaceholder: 'All checks of the services',
  confirmStart: (name: string) => ({
    title: 'Start now?',
    text: `"${name}" starts now, keeps its planned length, and its checks are switched off.`,
    yes: 'Start now',
    no: 'Not yet',
  }),
  description: 'Description',
  end: (zone: string) => `End (${zone})`,
  endsThenOrLater: (end: string, zone: string) =>
    `The maintenance already ends ${end} (${zone}). Give a later time. To end it earlier, edit it.`,
  extendWords: 'Or in your own words',
  extendWordsHint: 'Counts instead of the choice above. Enter shows how it is understood.',
  extendWordsPlaceholder: 'until 5am',
  follows: 'When they are chosen',
  followsHint: 'Otherwise once, at the start.',
  followsOption: 'Keep up with changes while it runs',
  howMuchLonger: 'How much longer',
  next: 'Next',
  note: 'Note',
  noteHint: inThreads,
  outcome: 'How it went',
  outcomes: { succeed: 'Succeeded', failed: 'Failed' },
  overrideReason: 'Why it cannot wait',
  overrideReasonHint: 'Kept in the record, and shown in internal threads.',
  page: (page: number, pages: number) => `page ${page} of ${pages}`,
  previous: 'Previous',
  reason: 'Reason',
  reasonHint: inThreads,
  selector: 'And all checks with',
  selectorEnter: ' Press Enter to see which they are.',
  selectorHint: 'By tag:, service:, scope:, provider: or name, with * and a minus for "not".',
  services: 'Services',
  servicesCount: (count: number) => (count === 1 ? '1 service' : `${count} services`),
  servicesHint: 'Leave empty only when you name checks below.',
  servicesSearch: 'Search services',
  showAll: 'Show all',
  start: (zone: string) => `Start (${zone})`,
  tooMany,
  words: 'Or in your own words',
  wordsHint: 'Press Enter to see how it is understood.',
  wordsPlaceholder: 'tomorrow 2am for 2h',
  wouldEnd: (ago: string) => `It would end ${ago}. Its checks are switched on again.`,
};

export const seriesForms = {
  create: { title: 'Schedule a series', submit: 'Schedule', close: 'Close' },
  edit: { title: 'Edit series', submit: 'Save', close: 'Close' },

  add: 'Add...',
  cron: 'When, as a cron line',
  duration: 'How long, in minutes',
  duringFreeze: 'A run during a freeze',
  duringFreezes: { skip: 'Is skipped', move: 'Moves to after the freeze, if it fits before the next run' },
  editedRuns: 'Runs that have begun, and those that were changed by hand, stay as they are.',
  timezone: 'Time zone',
  words: 'Or when in your own words',
  wordsHint: 'Press Enter to see how it is understood.',
  wordsPlaceholder: 'every sunday at 3am for 2h',
};

export const settingsForms = {
  title: 'Settings',
  add: 'Add...',
  change: 'Change...',
  connect: 'Connect another',
  addRole: 'Give a role...',
  find: { scope: 'Change a scope', service: 'Change a service', check: 'Change a check', provider: 'Change one' },
  removeFreeze: {
    title: 'Remove this freeze?',
    text: (reason: string) => `"${reason}" holds no longer.`,
    yes: 'Remove',
    no: 'Keep',
  },
  defaults: 'Defaults',
  defaultChannel: {
    label: 'Channel that hears of every maintenance',
    placeholder: 'No channel',
    hint: 'As an internal one. For a private channel: /maintenance settings channel #name.',
  },
  timezone: { label: 'Time zone', placeholder: 'Europe/Berlin' },
  defaultRole: { label: 'What members are, where nothing else was said' },
  postCheckAfter: {
    label: 'Look at checks again after a window (minutes)',
    hint: 'Whether those that it switched on again watch, and are well. 0: not at all.',
  },
  anonymousReads: {
    label: 'Public pages',
    option: 'Anyone can read public maintenance without a token',
    hint: 'The status page, feeds, the calendar and the interfaces for tools.',
  },
  giveRole: 'Give a role',
  fixedRoles: 'Guests stay without rights, and the admins of the workspace admins, whatever is given to them.',
  subject: {
    label: 'Who',
    placeholder: 'Choose a person',
    hint: 'To a user group in words: /maintenance settings role @platform operator.',
  },
  role: { label: 'Role' },
  roles: {
    none: 'None: sees the announcements alone',
    viewer: 'Viewer: looks',
    operator: 'Operator: schedules and runs',
    approver: 'Approver: approves, too',
    admin: 'Admin: everything',
    default: 'No role of their own: the default holds',
  } satisfies Record<Role | 'default', string>,
};

/** Of several slices. */

export const sharedForms = {
  name: 'Name',
  save: 'Save',
  back: 'Back',
  close: 'Close',
  notDone: 'Not done',
  previousPage: 'Previous',
  nextPage: 'Next',
  removed: 'Removed',
  nouns: { scope: 'scope', service: 'service', check: 'check', provider: 'monitoring system' },
  tooMany: 'Too many for a form; they stay as they are. Change them over HTTP.',
  continued: (label: string) => `${label}, continued`,
  overrideReason: {
    label: 'Why it cannot wait until after the freeze',
    hint: 'Kept in the record, and shown in internal threads.',
  },
  remove: {
    title: (noun: string) => `Remove this ${noun}`,
    text: (name: string) => `"${name}" leaves the catalogue. What is past still names it.`,
    yes: 'Remove',
    no: 'Keep',
  },
};

export const subscriptionForms = {
  add: 'Add...',
  modal: { title: 'Subscribe channel', submit: 'Subscribe', close: 'Close' },
  scopes: {
    label: 'Scopes',
    placeholder: 'Search scopes',
    hint: 'It hears of all their services, of those to come as well.',
  },
  services: {
    label: 'Services',
    placeholder: 'Search services',
    hint: 'With both left empty, it hears of every maintenance.',
  },
  audience: { label: 'As what' },
  audiences: {
    internal: 'Internal: hears everything that belongs to them',
    public: 'Public: nothing internal, no checks',
  },
};
