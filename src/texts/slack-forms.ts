/** Titles, labels, hints, options and buttons of forms and messages in Slack. */

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
  description: {
    label: 'Description',
    tooLong: 'Too long for a form; it stays as it is. Change it over HTTP.',
  },
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

export const settingsForms = {
  title: 'Settings',
  add: 'Add...',
  change: 'Change...',
  connect: 'Connect another',
  addRole: 'Give a role...',
  find: {
    scope: 'Change a scope',
    service: 'Change a service',
    check: 'Change a check',
    provider: 'Change one',
  },
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
  },
};

/** Of several slices. */
export const sharedForms = {
  name: 'Name',
  save: 'Save',
  back: 'Back',
  close: 'Close',
  notDone: 'Not done',
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
