/**
 * Whether Lull can write to the owner of a maintenance in Slack: their id is that of a Slack user, not that of a token or of
 * Lull. https://docs.slack.dev/reference/objects/user-object
 */
export function hasDirectMessages(ownerId: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/.test(ownerId);
}
