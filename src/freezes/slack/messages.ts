import type { TimelineEvent } from '../../audit/events.ts';
import { formatNames, mentionPerson, quote } from '../../slack/blocks.ts';
import { formatWindow, localWindow } from '../../slack/time.ts';
import type { Freeze } from '../rules.ts';

/** What the internal threads say of a maintenance that is in a freeze. */
export function freezeLine(
  event: TimelineEvent<'maintenance.freeze_entered' | 'maintenance.freeze_overridden'>,
): string {
  const which = formatNames(
    event.after.freezes.map(({ reason }) => reason),
    500,
  );
  if (event.type === 'maintenance.freeze_entered') {
    return `:snowflake: This falls into a freeze: ${which}. Move or cancel it if it can wait.`;
  }
  const why = quote(event.after.override_reason, 1000).replaceAll('\n', '\n>');
  return `:snowflake: In spite of a freeze (${which}), because ${mentionPerson(event.actor)} says so:\n>${why}`;
}

/** How many freezes a preview names. */
const NAMED = 5;

/** The freezes that a window falls into, a line each, in the zone of whoever looks. */
export function freezeLines(freezes: readonly Freeze[], zone: string): string[] {
  const lines = freezes.slice(0, NAMED).map((freeze) => {
    const of = freeze.scope === null ? 'everything' : quote(freeze.scope.name, 100);
    return `:snowflake: ${freeze.effect === 'block' ? 'Frozen' : 'In a freeze'}: ${quote(freeze.reason, 200)}, ${of}, ${formatWindow(freeze, zone)}`;
  });
  const rest = freezes.length - lines.length;
  return rest > 0 ? [...lines, `:snowflake: and ${rest} more`] : lines;
}

/** Why something was not done, and how else it can be, in mrkdwn. */
export function blockedLines(freezes: readonly Freeze[]): string {
  return `:snowflake: It falls into ${freezes
    .slice(0, NAMED)
    .map((freeze) => {
      const of = freeze.scope === null ? 'everything' : quote(freeze.scope.name, 100);
      return `the freeze "${quote(freeze.reason, 200)}" of ${of}, ${localWindow(freeze, 'in a sentence')}`;
    })
    .join(', and ')}.`;
}
