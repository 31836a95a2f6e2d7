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
