/** Slack's ids: `C...` and `G...` channels, `U...` and `W...` people, `S...` user groups. */
export const SLACK_IDS = {
  isChannel: (id: string) => /^[A-Z0-9]{1,64}$/.test(id),
  isPerson: (id: string) => /^[UW][A-Z0-9]{2,30}$/.test(id),
  isGroup: (id: string) => /^S[A-Z0-9]{2,30}$/.test(id),
} as const;

/** A message in Slack, as the other slices refer to it. */
export function toMessageRef({ channel, ts }: { readonly channel: string; readonly ts: string }) {
  return { channelKind: 'slack', channel, messageRef: ts };
}
