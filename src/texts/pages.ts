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
