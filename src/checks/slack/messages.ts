import type { TimelineEvent } from '../../audit/events.ts';
import { ACTIONS } from '../../slack/action-ids.ts';
import { actions, button, formatNames, type Message, quote, section, successMessage } from '../../slack/blocks.ts';
import { pagedMessage, pagePosition } from '../../slack/paging.ts';
import { localizeDates } from '../../slack/time.ts';
import { checkMessages as texts } from '../../texts/slack-messages.ts';
import type { StoredProvider } from '../provider-repository.ts';
import type { Check } from '../repository.ts';

interface ChecksPage {
  readonly of: 'checks';
  readonly service?: number | undefined;
  readonly name?: string | undefined;
  readonly page: number;
  readonly total: number;
}

/** A page of checks, each with its state and the maintenances that mute it. */
export function checkList(checks: readonly Check[], { page, total, ...query }: ChecksPage): Message {
  const service = query.name === undefined ? undefined : quote(query.name, 100);
  if (checks.length === 0) return successMessage(texts.noChecks(service));
  return pagedMessage({
    title: texts.title(total, service),
    lines: checks.map(({ name, provider, enabled, mutedBy }) => {
      const shown = mutedBy.slice(0, 5);
      return texts.check(enabled, quote(name, 200), quote(provider, 50), shown, mutedBy.length - shown.length);
    }),
    page,
    total,
    valueFor: (other) => JSON.stringify({ ...query, ...pagePosition(query), page: other }),
  });
}

const MAX_PROVIDERS = 8;

/** A message about checks, below the health of the monitoring systems that they are in. */
export function withHealth(message: Message, providers: readonly StoredProvider[]): Message {
  if (providers.length === 0) return message;
  const lines = providers.slice(0, MAX_PROVIDERS).map(healthLine);
  if (providers.length > MAX_PROVIDERS) lines.push(texts.moreProviders(providers.length - MAX_PROVIDERS));
  return { ...message, blocks: [section(lines.join('\n')), ...message.blocks] };
}

export function healthLine({ name, kind, enabled, health }: StoredProvider): string {
  const { failures, lastError } = health;
  const provider = `*${quote(name, 60)}* (${quote(kind, 30)})`;
  const error = lastError === null ? '' : quote(lastError, 150);
  const [ok, failed, synced] = [health.lastOkAt, health.lastErrorAt, health.lastSyncAt].map(
    (at) => at && localizeDates(at),
  );
  const sync = synced ? texts.synced(synced) : '';
  if (!enabled) return `${texts.disabled(provider)}${sync}`;
  if (failures > 0) return `${texts.failing(provider, ok, error)}${sync}`;
  return `${texts.healthy(provider, ok)}${sync}${failed ? texts.lastError(failed, error) : ''}`;
}

type Unhealthy = TimelineEvent<'maintenance.checks_unhealthy'>;

/** @param by the person, such as " by @ana" */
export function reopenedAsLine(by: string, { after }: TimelineEvent<'maintenance.reopened'>): string {
  return texts.reopened(by, after.maintenance, localizeDates(new Date(after.ends_at)));
}

/** For the thread and the channel: checks that are still off after a window, or fail. */
export function postCheckMessage(event: Unhealthy): Message {
  const { name, maintenance } = event.after;
  const text = `:warning: ${describePostCheck(`*${quote(name, 250)}*`, event).join('\n')}`;
  const reopen = button(ACTIONS.reopen, texts.reopen, String(maintenance));
  const blocks = [section(text), actions(`look-again:${event.id}`, [reopen])];
  return { ...successMessage(text), blocks, broadcast: true };
}

/** The same for the owner, line by line. */
export function postCheckLines(maintenance: string, event: Unhealthy): string[] {
  return [...describePostCheck(maintenance, event), texts.reopenAdvice];
}

function describePostCheck(maintenance: string, { after }: Unhealthy): string[] {
  const { still_off: off, failing, failing_before: before, failing_since: since } = after;
  const known = new Set([...before, ...since]);
  const line = (text: (count: number, names: string) => string, checks: readonly string[]) =>
    checks.length === 0 ? [] : [text(checks.length, formatNames(checks, 500))];
  return [
    texts.over(maintenance),
    ...line(texts.stillOff, off),
    ...line(texts.failSinceWindow, since),
    ...line(
      texts.checksFail,
      failing.filter((check) => !known.has(check)),
    ),
    ...line(texts.failedBefore, before),
  ];
}
