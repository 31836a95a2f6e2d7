/** Calendars (iCalendar). */
export const calendarTexts = {
  impact: { up: 'up during the work', degraded: 'degraded during the work', down: 'down during the work' },
  name: 'Maintenance',
};

/** The documentation of the HTTP API. `Text like this` is shown as code. */
export const docsPages = {
  errors: {
    heading: 'Error codes',
    leads: [
      'An error is `application/problem+json` (RFC 9457). Its `type` is an address on this page that ends in the code. Codes and parameters stay the same; the words of `detail` may change.',
      '`params` has the parameters of the code. `errors` lists the fields that are not valid, each with a code, a message and parameters of its own.',
    ],
    skip: 'Skip to the error codes',
    title: 'Lull: error codes',
  },
  operations: {
    and: 'and:',
    body: 'Body',
    documentIs: 'is the same for tools: OpenAPI 3.1.',
    everythingOf: 'Everything of',
    heading: 'The HTTP interface',
    isPublic: 'readable without a token',
    leftOut: 'Left out:',
    navigation: 'Operations',
    optionalBody: 'Body, which may be left out',
    parameters: { header: 'Headers', path: 'In the path', query: 'Parameters' },
    required: 'required',
    role: (role: string) => `${role} role`,
    responses: 'Answers',
    schemas: 'Schemas',
    skip: 'Skip to the operations',
    suchAs: 'Such as',
    title: 'Lull: the HTTP interface',
  },
};

/** The pages on which a workspace installs Lull by OAuth. */
export const installPages = {
  installed: (workspace: string) => ({
    title: `Lull is in ${workspace}`,
    text: 'Type /maintenance in any channel of the workspace, or open Lull among its apps.',
  }),
  openSlack: 'Open Slack',
  problems: {
    appRejected: (reason: string) =>
      `Slack refuses the credentials of this Lull (${reason}). Whoever runs it must set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and LULL_PUBLIC_URL as the Slack app has them.`,
    badState: 'This link was used before, is older than ten minutes, or was opened in another browser.',
    codeRejected: (reason: string) => `Slack does not take the answer any more (${reason}).`,
    noBotToken: 'Slack gave no bot token. Make the app from manifest.yml.',
    notAllowed: 'It was not allowed in Slack. Nothing was changed.',
    organization:
      'Lull is installed in one workspace at a time, not in a whole organization. Choose a workspace on the page that Slack shows.',
    tokenRotation:
      'Token rotation is on for this Slack app, and its tokens would end within hours. Make the app from manifest.yml, which leaves it off.',
    unknown: 'It could not be finished. The log of Lull says more.',
  },
  title: 'Lull was not installed',
  tryAgain: 'Try again',
};

/** The status page, a page for each maintenance, and the feeds. */
export const statusPages = {
  active: {
    headline: (count: number) => {
      if (count === 0) return 'No maintenance is going on.';
      return count === 1 ? 'One maintenance is going on.' : `${count} maintenances are going on.`;
    },
    heading: 'On now',
  },
  detail: {
    addToCalendar: 'Add to a calendar',
    comments: 'What was said',
    noComments: 'Nothing yet. This page shows it within a minute when there is something.',
    number: 'Number',
    repeats: 'Repeats',
    scope: 'Scope',
  },
  errors: {
    failed: 'Something went wrong',
    home: 'What is on and coming',
    invalid: 'This address is not right',
    noMaintenance: (id: string) => `There is no maintenance ${id}.`,
    notFound: 'Not found',
    tryAgain: 'Try again in a moment.',
    whichWorkspace: 'Which workspace?',
  },
  filter: { all: 'All', scope: 'Scope', service: 'Service', show: 'Show', showAll: 'Show all' },
  frame: {
    calendar: 'Calendar',
    feed: 'Feed',
    follow: 'Follow',
    json: 'JSON',
    skip: 'Skip to the maintenance',
    title: 'Maintenance',
    zone: (zone: string) => `Times are in ${zone}.`,
  },
  impact: {
    duringWork: (impact: string) => `${impact} during the work`,
    ofOne: { up: 'stays up', degraded: 'may be slow or fail in part', down: 'is down' },
    ofSeveral: { up: 'stay up', degraded: 'may be slow or fail in part', down: 'are down' },
  },
  past: { heading: 'Past' },
  services: {
    allUp: (count: number) => `All ${count} are up`,
    heading: 'Services',
    noScope: 'Without a scope',
    notUp: (count: number, total: number) => `${count} of ${total} are not up`,
  },
  statuses: {
    scheduled: 'Scheduled',
    'in-progress': 'In progress',
    succeed: 'Done',
    failed: 'Failed',
    canceled: 'Canceled',
    missed: 'Did not take place',
  },
  timeline: {
    andMore: (count: number) => `and ${count} more`,
    heading: 'The next four weeks',
    moreServices: (count: number) => `And ${count} more services.`,
    noService: 'Other work',
    now: 'Now',
  },
  times: {
    planned: 'planned',
    to: 'to',
    window: (start: string, end: string, zone: string) => `${start} to ${end} ${zone}`,
  },
  upcoming: {
    heading: 'Coming',
    max: (count: number) => `These are the next ${count}. The calendar has all.`,
    next: 'Next is',
    none: 'Nothing is planned. What will be is shown here, and in the calendar and the feed.',
  },
};
