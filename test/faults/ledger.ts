/** What people and tools were told is done, and what they tried: the judge compares it with what is there. */
export class Ledger {
  /** Windows by their name, which no other has. */
  readonly windows = new Map<string, { acknowledged: boolean }>();
  /** Comments by their text, which no other has. */
  readonly comments = new Map<string, { readonly maintenanceId: number; acknowledged: boolean }>();
  /** Changes that were answered with success. */
  readonly changes: { readonly maintenanceId: number; readonly to: 'finish' | 'cancel' | 'extend' }[] = [];
  /** How often people got no answer in Slack, and would ask again. */
  unanswered = 0;
}
