/** The texts of the OpenAPI document, which the page at `/api/docs` shows too. */
export const DOCUMENT_DESCRIPTION = `Planned maintenance: windows, the services they are on, the checks that are off meanwhile.

Send \`Authorization: Bearer <token>\`. Without a token \`GET\` answers what is public, where the operation says so.
Times come in with an offset or Z, or as the clocks of a time zone show them, and are answered as UTC with Z.
Errors are \`application/problem+json\` (RFC 9457). \`type\` ends in a code, such as \`maintenance-not-found\`; all codes
are listed at \`/api/docs/errors\`. Every field that is not valid is in \`errors\`.
Where several workspaces use one Lull, the admin token and who reads without one name the account:
\`?account=<Slack team id>\`, or \`Lull-Account: <Slack team id>\`. With a token, the key of a sub-account
(\`POST /api/1/accounts\`) in the same place makes the request act in that sub-account. A token reaches its own account and
the sub-accounts of it; one that is limited to scopes only its own.`;

/** What operations have in common. */
export const DOCUMENT_TEXTS = {
  failures: {
    400: 'Something in the request is wrong; `errors` names every field.',
    401: 'No token, or one that is not valid.',
    403: 'The token does not have the right.',
    404: 'There is none with this id.',
    409: 'The present state does not allow it.',
    412: 'It was changed since; `version` says which it has now.',
    413: 'The body is too large.',
    415: 'The body is not JSON.',
    422: 'The Idempotency-Key came with another request before.',
    429: 'Too many requests.',
    500: 'Something went wrong inside Lull.',
    503: 'Lull is not ready yet.',
  },
  headers: {
    etag: 'Changes with what is answered.',
    idempotencyKey:
      'Any text of 1 to 255 visible ASCII characters, such as a UUID. For 24 hours the same request with the same key is done once, and answered again as it was.',
    ifMatch: 'The `ETag` of what is changed, or `*`: it is changed only while that is what there is.',
    ifNoneMatch: 'An `ETag`: what has it still is answered with 304 and no body.',
    link: 'The next page, as `rel="next"`, where there is one.',
    location: 'Where it is.',
    rateLimit: 'How many requests are left, and for how many seconds.',
    rateLimitPolicy: 'How many requests are allowed in how many seconds.',
    replayed: 'true: answered again, not done again.',
    retryAfter: 'Seconds.',
  },
  unchanged: 'As it was; no body.',
};

/** In the order of the document. */
export const TAGS = {
  maintenances: 'Windows of planned work, and what is done with them.',
  comments: 'What is said of a maintenance, in its threads as well.',
  series: 'Recurring windows. Their runs are maintenances.',
  catalogue: 'Scopes, services and checks: what maintenances are about.',
  'monitoring systems': 'Where checks are switched.',
  freezes: 'Times in which nothing should be changed.',
  subscriptions: 'Which Slack channels hear of what.',
  tokens: 'Who else may ask, and for what.',
  calendars: 'Calendars at secret addresses, to subscribe to.',
  webhooks: 'Addresses that are told of what happens to maintenances.',
  settings: 'What holds for the whole account.',
  audit: 'Who did what, from where, and when.',
} as const;

type Tag = keyof typeof TAGS;

interface OperationText {
  readonly summary: string;
  /** What a successful response has. */
  readonly answer: string;
  readonly description?: string;
}

export const WEBHOOK_MESSAGE_TEXT = {
  summary: 'Something happened to a maintenance',
  description:
    'Signed as Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). Answer with a status from 200 to 299 within 15 seconds; anything else is tried again for a day. Messages about one maintenance come in their order; one may come twice, with the same webhook-id. maintenance.checks_unhealthy comes some minutes after the end, when checks that it switched on again are off (`still_off` in `after`, by their names) or fail (`failing`). Of those that fail, `failing_before` names the ones that failed before the window too, and `failing_since` the ones that passed before it; a check in neither was not seen before it. maintenance.corrected is a change beyond what the status allows, such as a new status for a maintenance that is over; `after` has the fields that changed. maintenance.reopened is about the one that is over; `maintenance` in `after` is the one that goes on.',
};

/** The second response of `getNow`. */
export const WHILE_IN_MAINTENANCE = 'The same, asked for with `exit=true`, while it is in maintenance.';

/** By tag and operation id: the summary alone where `defaultAnswer` describes the response. */
const OPERATIONS = {
  audit: {
    listAudit: {
      summary: 'Who did what, from where, with the values before and after; for admins',
      answer: 'A page of it, the newest first.',
      description: 'A parameter that comes several times means "or"; different ones mean "and".',
    },
  },
  calendars: {
    getCalendar: {
      summary: 'One calendar at a secret address: to an admin any, to others one they made',
      answer: 'The calendar, without its address.',
    },
    listCalendars: {
      summary: 'List the calendars at secret addresses: to an admin all, to others those they made',
      answer: 'A page of the calendars, the newest first.',
    },
    makeCalendar: {
      summary: 'Make a calendar at a secret address, which shows what is internal',
      answer: 'The calendar; its address is shown this once.',
    },
    revokeCalendar: 'Revoke a calendar: at its address there is nothing any more',
  },
  catalogue: {
    applyCatalogue: {
      summary: 'Bring the catalogue to what a document says, as a whole or not at all',
      answer: 'What was changed, or would be.',
      description:
        'For teams that keep it in git. Scopes and services are told apart by their names, checks by their provider and its id. What something open needs is not removed.',
    },
    createCheck: 'Add a check',
    createScope: 'Add a scope',
    createService: 'Add a service',
    deleteCheck: 'Remove a check from Lull; where a window has it off it is switched on again',
    deleteScope: 'Remove a scope that has no services and that nothing open needs; what is past still names it',
    deleteService: 'Remove a service that nothing open needs; what is past still names it, its checks stay',
    getCatalogue: 'The whole catalogue as one document, to be kept in a file and put back',
    getCheck: 'One check: `enabled` says whether an external monitor should make it now',
    getScope: 'One scope',
    getService: 'One service, with the status it has for its users now',
    listChecks: 'List checks',
    listScopes: 'List scopes',
    listServices: 'List services, with the status they have for their users now',
    updateCheck: 'Change a check, or switch one of the builtin register; what is left out stays as it is',
    updateScope: 'Change a scope; the maintenances that are scheduled already follow',
    updateService: 'Change a service; what is left out stays as it is',
  },
  comments: {
    createComment: 'Comment on a maintenance; the comment shows in its threads',
    deleteComment: 'Delete a comment: its own, or for an admin any; the threads show that one was withdrawn',
    listComments: 'The comments of a maintenance, oldest first',
    updateComment: 'Change a comment: its own, or for an admin any; what is left out stays as it is',
  },
  freezes: {
    createFreeze:
      'Add a freeze; what is scheduled in it already stays, except runs of series, which are skipped or moved',
    deleteFreeze: 'Remove a freeze',
    getFreeze: 'One freeze',
    listFreezes: 'List the freezes that are not over, the first to begin first',
    updateFreeze: 'Change a freeze; what is left out stays as it is',
  },
  maintenances: {
    cancelMaintenance: 'Cancel one that is not over; its checks go on again',
    createMaintenance: 'Schedule a maintenance',
    createParse: {
      summary: 'Read a sentence: a window, a series, a question or a refusal; nothing is scheduled',
      answer: 'What was understood.',
    },
    deleteMaintenance: {
      summary: 'Delete a maintenance: it is in no list and no feed any more',
      answer: 'The maintenance, as it was left.',
      description:
        'One that is scheduled or in progress is canceled first: its channels are told, and its checks go on again at once. What was recorded of it stays in the audit, and what was said of it in Slack stays there. To keep the record in the lists, cancel it instead.',
    },
    extendMaintenance: 'Make one that is not over last longer',
    finishMaintenance: 'End one in progress now',
    getMaintenance: 'One maintenance, with what became of its checks',
    getMaintenanceCalendar: { summary: 'One maintenance as a calendar (iCalendar)', answer: 'The calendar.' },
    getNow: {
      summary: 'Whether a service, a scope or anything is in maintenance now, in which, and until when',
      answer: 'What is on now, and what is next.',
    },
    listHistory: { summary: 'Who did what to a maintenance, and when; oldest first', answer: 'A page of it.' },
    listMaintenances: {
      summary: 'List maintenances',
      description: 'A parameter that comes several times means "or"; different ones mean "and".',
    },
    moveMaintenance: 'Move a scheduled one to another window',
    reopenMaintenance: 'Begin a window on the same things as one that is over, for 30 minutes',
    replaceMaintenance: {
      summary: 'Change a maintenance as a whole: what is left out is as in a new one',
      description:
        'What a `GET` answers may be changed and sent back. What Lull keeps itself, such as the status, is not read.',
    },
    startMaintenance: 'Start a scheduled maintenance now; it keeps its length',
    updateMaintenance: 'Change a maintenance; what is left out stays as it is',
  },
  'monitoring systems': {
    createProviders: 'Connect a monitoring system',
    createProvidersSync: {
      summary: 'Apply a difference that was seen: checks come, go, and take over names and tags',
      answer: 'What was done.',
    },
    deleteProviders: 'Remove a monitoring system with its checks; refused while Lull has any of them off',
    getProviders: 'One monitoring system with its health',
    listProviders: {
      summary: 'List the monitoring systems that are connected, each with its health',
      answer: 'A page of the providers, by name, without the builtin register.',
    },
    listProvidersKinds: {
      summary: 'List the kinds of monitoring systems that can be connected, with their fields',
      answer: 'All kinds.',
    },
    listProvidersSync: {
      summary: 'What differs between the checks of a monitoring system and those known to Lull; changes nothing',
      answer: 'What a sync would do.',
    },
    updateProviders: 'Change what a monitoring system is connected with, or whether it is used',
  },
  series: {
    createSeries: { summary: 'Schedule a recurring window', answer: 'The series; its first runs are made.' },
    deleteSeries: 'Delete a series: its runs to come are canceled, those that were keep their record',
    getSeries: 'One series',
    listRuns: 'The runs of a series',
    listSeries: 'List series',
    pauseSeries: 'Pause a series: it makes no runs until it is resumed',
    overrideFreezes: {
      summary: 'Let runs of a series take place in spite of the freezes that block them now',
      description: 'Runs that are not named stay skipped or moved, and freezes that are added later block again.',
    },
    previewSeries: {
      summary: 'The windows that a cron line makes, and what clock changes do to them',
      answer: 'The windows.',
    },
    replaceSeries: {
      summary: 'Change a series as a whole: what is left out is as in a new one',
      description: 'What a `GET` answers may be changed and sent back. Its runs follow as with PATCH.',
    },
    resumeSeries: 'Resume a paused series from now on',
    skipRun: { summary: 'Leave out the next run of a series', answer: 'The run that was skipped.' },
    updateSeries: 'Change a series, and with it the runs that were not changed by hand and have not begun',
  },
  settings: {
    getSettings: 'What holds for the whole account; for admins',
    updateSettings: 'Change what holds for the whole account; what is left out stays as it is',
  },
  subscriptions: {
    createSubscription: 'Subscribe a channel; one that is subscribed to the same already gets this audience',
    deleteSubscription: 'End a subscription; what is announced there already is kept true',
    getSubscription: 'One subscription',
    listSubscriptions: 'List which channels hear of what',
    updateSubscription: 'Change who reads in the channel',
  },
  tokens: {
    getToken: {
      summary: 'One token that was not revoked: to an admin any, to others one they made',
      answer: 'The token, without its text.',
    },
    listTokens: {
      summary: 'List the tokens that were not revoked: to an admin all, to others those they made',
      answer: 'A page of the tokens, the newest first.',
    },
    makeToken: {
      summary: 'Make a token that may do no more than the one it is made with',
      answer: 'The token, shown this once.',
    },
    revokeToken: {
      summary: 'Revoke a token: the next request with it is refused',
      description: 'With `If-Match` only one that was not used since, either.',
    },
  },
  webhooks: {
    addWebhook: {
      summary: 'Have an address told of what happens to maintenances',
      answer: 'The webhook, with its secret, which is shown this once.',
    },
    editWebhook: 'Change a webhook; what is not named stays as it is',
    getWebhook: 'One webhook',
    listDeliveries: {
      summary: 'What was sent to a webhook in the last 30 days, and what waits',
      answer: 'A page of it.',
    },
    listWebhooks: { summary: 'List the webhooks', answer: 'A page of them.' },
    pingWebhook: {
      summary: 'Send a webhook a message about nothing, to see whether it arrives',
      answer: 'The delivery, which is on its way.',
    },
    removeWebhook: 'Remove a webhook, with what waits for it',
    resendDelivery: { summary: 'Send a message once more, as it was', answer: 'The delivery, which is on its way.' },
    rotateWebhookSecret: {
      summary: 'Give a webhook another secret; for a day messages are signed with both',
      answer: 'The webhook, with its new secret, which is shown this once.',
    },
  },
} satisfies Record<Tag, Record<string, string | (Partial<OperationText> & { readonly summary: string })>>;

export type OperationId = { [T in Tag]: keyof (typeof OPERATIONS)[T] }[Tag];

/** For `deleteScope`: "The scope, as it was." */
function defaultAnswer(id: string): string {
  if (id.startsWith('list')) return 'A page of them.';
  const noun = id
    .replace(/^[a-z]+/, '')
    .toLowerCase()
    .replace('providers', 'provider');
  return `The ${noun}${/^(delete|remove|revoke)/.test(id) ? ', as it was' : ''}.`;
}

export function operationText(id: OperationId): OperationText & { readonly tag: string } {
  for (const [tag, operations] of Object.entries<Readonly<Record<string, string | Partial<OperationText>>>>(
    OPERATIONS,
  )) {
    const text = operations[id];
    if (text === undefined) continue;
    return { summary: '', answer: defaultAnswer(id), ...(typeof text === 'string' ? { summary: text } : text), tag };
  }
  throw new Error(`there are no texts of the operation ${id}`);
}

// Descriptions of fields and parameters, by slice.

export const accessFieldTexts = {
  createdWith: 'The id of the token that created it. It is revoked with that one.',
  lastUseDate: 'As far as a minute back.',
  newPurpose:
    'Makes it a service token, which belongs to no person and keeps working when people leave. The admin token creates only service tokens: left out, the purpose is the name. Tokens of people cannot create them.',
  owner:
    'The Slack id of the person to whom it belongs. It has at most their current role, and is suspended while they are deactivated, a guest or without a role. null: a service token.',
  purpose: 'Of a service token. null: it belongs to a person.',
  rights: 'read: see everything. write: schedule and run maintenances, too. admin: everything.',
  scopes:
    'Limits it to windows that touch these scopes alone; they mute only checks whose services are all in them. Left out: everything.',
  token: 'The token itself. It is not kept and cannot be shown again.',
};

export const auditFieldTexts = {
  actor: 'Who did it: a Slack user id, `token:5`, `admin-token`, or `lull`.',
  after: 'The fields that changed, as they became.',
  before: 'The fields that changed, as they were.',
  internal: 'Not told in public channels.',
  maintenance: 'Ids of maintenances.',
  subject: 'What else it was about, such as `service:4`.',
  type: 'Types of events.',
};

export const calendarsFieldTexts = {
  createdWith: 'The id of the token that created it. It expires and is revoked with that one.',
  owner:
    'The Slack id of the person to whom it belongs. It answers only while they can see maintenances. null: it belongs to no person.',
  address: 'Where calendars read it. Whoever has it sees what is internal; it is not kept and cannot be shown again.',
  scopes: 'It is of these, and of the services. Empty: of all.',
};

export const catalogueFieldTexts = {
  after: 'The fields that differ, as they are to be.',
  before: 'The fields that differ, as they were.',
  checkServices: 'With its scope, if it is in one: `Production/api`.',
  checks: 'None for a reader without a token.',
  document: 'A section that is left out stays as it is; what a section does not have is removed.',
  documentReminders: 'Minutes before the start; empty: none.',
  dryRun: 'true: everything is tried, shown and taken back.',
  editedChecks: 'Windows in progress follow: what joins goes off, what leaves comes on again.',
  newOwners: 'Slack user ids.',
  owners: 'Slack user ids; none for a reader without a token.',
  requiresApproval: 'A second person approves each maintenance that touches it, or it does not start.',
  scopeReminders:
    'How long before its start a maintenance is reminded of, in minutes; empty: not at all. A run of a series is reminded of only once the window before it has been over for an hour.',
  scopeVisibility:
    'internal: it, its services and their maintenances are seen with a token alone, and in internal channels.',
  serviceScopes: 'Ids of the scopes that they live in.',
  serviceStatus: 'What it is for its users now, the windows in progress considered.',
  serviceVisibility: 'internal: it is seen with a token alone, and not named in public channels.',
};

export const checksFieldTexts = {
  abandon: 'true: the system is gone for good, and what Lull has off there is left as it is.',
  added: 'Over there, and not known to Lull: they are added.',
  changed: 'Named or tagged otherwise over there, which Lull takes over.',
  checks: 'How many checks of it are known to Lull.',
  credentials:
    'By the fields of its kind; sealed, and never shown. env:LULL_SECRET_NAME stands for a variable of the environment that is bound to the host by LULL_SECRET_HOSTS; not where several workspaces share Lull.',
  editedEnabled:
    'Of the builtin register: whether an external monitor should make it now. Of another provider: 409, as it is switched there.',
  enabled: 'Whether an external monitor should make this check now.',
  fingerprint: 'Stands for this very difference: another one is not applied.',
  healthy: 'Whether it answered when it was asked last.',
  lastErrorText: 'The last one, whatever came since.',
  lastSync: 'When its list of checks was last gone through.',
  mutedBy: 'The maintenances in progress that want it off.',
  provider: 'Names of providers.',
  providerEnabled: 'false: windows do not switch its checks, and what they have off goes on again.',
  removed: 'Known to Lull, and not over there any more: they are removed; their past stays.',
  schema: 'A JSON Schema.',
  services: 'Windows in progress follow: where it joins it goes off.',
  settings: 'By the fields of its kind; shown to whoever may read.',
  writtenFrom: 'The documentation it was written from, where it was never tried against the live service.',
};

export const commentsFieldTexts = {
  edited: 'Whether its text was changed since.',
  internal: 'Only for those who read with a token, and for internal channels.',
};

export const commonFieldTexts = {
  account:
    'The Slack team id of a workspace, where several use this Lull; with a token also the key of a sub-account to act in.',
  cursor: 'Where the page begins: the `next_cursor` of the page before it, which its `Link` header has too.',
  detail: 'What was wrong, and what to do.',
  errors: 'Every field that is wrong.',
  forScopes: 'Ids of scopes: those of the scope, or of a service that lives in it.',
  ignored: 'Kept by Lull; not read.',
  limit: 'How many a page has at most.',
  moment:
    'ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant.',
  nameContains: 'Anywhere in the name, whatever the case.',
  namedChecks: 'The checks it names; null: those of its services.',
  nextCursor: 'Of the next page; null: this is the last one.',
  nullInPublic: 'null for a reader without a token.',
  order: 'A name with `-` before it is descending. Ties are broken by id.',
  params: 'The parameters of the code, as its documentation lists them.',
  services: 'Ids of services.',
  version: 'With 409 and 412: the version there is now.',
  versionBefore: 'The version the change was made on. When it has another one by now, the answer is 409.',
  zoneOfTimes: 'Of times without an offset.',
};

export const freezesFieldTexts = {
  calendarUrl:
    'The freeze holds during the events of this iCal calendar, which is read every 15 minutes: those of the next five years that are not canceled, at most 2000. All-day events are in the time zone of the account.',
  failing: 'Since when the calendar cannot be read; the last events read still apply. null: it can be read.',
  shownUrl: 'Without what may be a secret.',
  cron: 'The freeze recurs: it holds for `duration_minutes` from each time that matches this cron line on the wall clock of `timezone`. null: it does not recur.',
  durationMinutes: 'How long each period of a recurring freeze is.',
  end: 'Required unless the freeze recurs: then it says when the last period ends. null: it has no end.',
  kind: 'once: from start to end. recurring: for each period of its cron line between them. calendar: for each event of its calendar.',
  next: 'When the period that it is in, or the next one, starts; null: there is none.',
  start: 'Required unless the freeze recurs: then it begins now when it is left out.',
  effect: 'block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked.',
  newScope: 'Left out: everything.',
  over: 'true: those that are over, too.',
  scopes: 'Ids of scopes; without it those of everything, too.',
};

export const maintenanceFieldTexts = {
  approval: 'pending or declined: it does not start before a second person approves it. null: it needs no approval.',
  editedEndsAt:
    'Only while it is in progress: when it is to end. Its plan follows, unless it started early. null: as it is.',
  endsAt: 'While it is in progress: when it will end by itself. Otherwise null.',
  exit: 'true: the answer is 423 while it is in maintenance, so that `curl --fail` fails.',
  firstService: 'The first of its services.',
  maintenances: 'Those in progress, the first to end first.',
  minutes: 'Minutes to add to the current end, again with each request. Give either this or `until`.',
  newEnd: 'The new end. A maintenance that ends then already stays as it is, so the request can be repeated.',
  missed: 'The whole window passed while Lull was not running.',
  muteEndDate: 'When the window wanted it no longer.',
  mutedDate: 'When the window began to want it off.',
  mutes: 'What became of its checks. None for a reader without a token.',
  newScope: 'By default the one that its services live in.',
  newService: 'One service; the same as a list of one.',
  next: 'The next one that is scheduled.',
  occurrence: 'The instant of the series it stands for, unchanged when moved.',
  outcome:
    'pending: being switched off. disabled: Lull has, or had, it off. skipped: it was off already. failed: its provider refused. overridden: somebody else switched it on meanwhile.',
  failingBefore: 'Whether it failed just before it was muted; null when that is not known.',
  outcomeDate: 'When the outcome came about, or was last tried for.',
  overrideReason: 'Why a freeze that blocks should not hold; for admins.',
  plannedEnd: 'Of the planned end.',
  plannedStart: 'Of the planned start.',
  q: 'Anywhere in the name, the description or the reference, whatever the case; or the whole key.',
  releaseDate: 'When it was as it should be without this window.',
  reopens: 'The one that is over and that this one goes on with. null for a reader without a token.',
  run: 'following: it changes with its series. detached: it was changed by hand. skipped: by a person. frozen: skipped because of a freeze. withdrawn: canceled because the series changed.',
  freezeReason: 'The reasons of the freezes that skipped or moved it; null: none did, or this is a public response.',
  scheduledEndDate: 'Left out: it keeps its length.',
  scopeNow: 'Its id or its name: where the service lives, or all of the scope.',
  selector:
    'Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none.',
  selectorFollows: 'true: what it chooses is kept up to date while a window runs. false: it is chosen at the start.',
  series: 'The series that made it; null: a window of its own.',
  seriesIds: 'Ids of series: their runs.',
  serviceNow: 'Its id, or its name whatever the case.',
  until: 'When the last of those in progress ends; null: there is none.',
  updatedAfter: 'Those that changed after it.',
  version: 'Counts its changes.',
  zone: "The IANA zone that its times are said in, also for those sent without an offset. By default the account's.",
};

export const seriesFieldTexts = {
  after: 'Those that start after this instant, ascending; by default now.',
  approvedUntil:
    'Runs that end until then start approved. null: each run needs its own approval, where its scopes require one.',
  assumed: 'What was not said and taken to be so.',
  before: 'Those that start before this instant, newest first.',
  choices: 'Each text is the whole sentence again, with one meaning.',
  cron: 'Five fields: minute, hour, day of the month, month, day of the week, on the clocks of `timezone`.',
  duringFreeze:
    'What happens to a run in a freeze that blocks. skip: it does not take place. move: it takes place right after the freeze, or is skipped where the next run would start before its end.',
  overriddenRuns: 'The starts of the runs, as the series says them (`occurrence` of a run).',
  overriddenUntil: 'Instead of `runs`: all that start until then.',
  overrideReason: 'Why they cannot wait, which is recorded and shown in their threads.',
  enabled: 'False while it is paused.',
  enabledFilter: 'false: those that are paused.',
  next: 'The next five windows.',
  notice: 'What a clock change did to its start.',
  notices: 'What a person should know of how it was read.',
  now: 'By default the present.',
  readerTimezone: "The reader's own; by default the account's.",
  runs: 'What becomes of the runs that are scheduled already; to be said when there are any.',
  selector: 'Chooses checks.',
  skippedRun:
    'The id of the run that was shown as the next one: no other is skipped in its place, and the request can be repeated.',
  timezone: 'The IANA zone that the times were said in.',
};

export const settingsFieldTexts = {
  defaultChannel: 'The Slack channel that hears of every maintenance; null: none.',
  defaultRole: 'What members of the workspace are who were given no role. Its admins are admins always.',
  postCheckAfter:
    'How many minutes after a window the checks that it switched on again are looked at once more; 0: never.',
  anonymousReads:
    'Whether anyone can read public maintenance without a token: the status page, its feeds, the calendar, and the interfaces for tools. Off for workspaces that installed Lull from Slack, until an admin turns it on.',
  timezone: 'Of people and tools that name none.',
};

export const channelFieldTexts = {
  failingChannels: 'Channels that nothing can be posted to. A channel leaves the list once it takes a message again.',
  failingSince: 'Since when nothing can be posted to the channel.',
  reason: "Why nothing can be posted to the channel: Slack's code, and a sentence.",
  status: 'failing: nothing can be posted to the channel.',
};

export const subscriptionsFieldTexts = {
  audience: 'public: it hears of what is public, and not of who did it, nor of checks.',
  channel: 'Slack channel ids.',
  service: 'Neither a scope nor a service: everything.',
};

export const webhooksFieldTexts = {
  url: 'Its scheme, its host and the beginning of its path. The whole address may hold a secret and is not shown.',
  actor: 'Not for a public audience, as what follows.',
  answer: 'How the last answer began.',
  audience: 'public: it hears of public maintenances and comments alone, and not of who did what.',
  body: 'What was sent.',
  disabledReason: 'Why Lull disabled it.',
  dueDate: 'When a waiting one is tried next.',
  enabled: 'true: it is told of what waited for it.',
  failingSince: 'Since when nothing was delivered.',
  id: 'The `webhook-id` of the message, the same at every try.',
  maintenance: 'As it was at the first try.',
  secret: 'What its messages are signed with (Standard Webhooks). Shown this once.',
  state: 'skipped: not for its audience. failed: given up on after a day, or because the address was gone.',
  status: 'The HTTP status of the last answer.',
  timestamp: 'When it happened, UTC.',
};
