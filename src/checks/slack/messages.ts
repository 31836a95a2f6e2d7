import { successMessage } from '../../slack/answers.ts';
import { type Message, quote, section } from '../../slack/blocks.ts';
import { pagedMessage, pagePosition } from '../../slack/paging.ts';
import { localizeDates } from '../../slack/time.ts';
import type { StoredProvider } from '../provider-repository.ts';
import type { Check } from '../repository.ts';

/** A page of checks, each with its state and the maintenances that mute it. */
export function checkList(
  shown: readonly Check[],
  {
    page,
    total,
    ...query
  }: { of: 'checks'; service?: number | undefined; name?: string | undefined; page: number; total: number },
): Message {
  const of = query.name === undefined ? '' : ` of ${quote(query.name, 100)}`;
  if (shown.length === 0) return successMessage(`There are no checks${of}. Tools add them: \`POST /api/v1/checks\`.`);
  return pagedMessage({
    title: `${total === 1 ? '1 check' : `${total} checks`}${of}`,
    lines: shown.map(checkLine),
    page,
    total,
    valueFor: (other) => JSON.stringify({ ...query, ...pagePosition(query), page: other }),
  });
}

function checkLine({ name, provider, enabled, mutedBy }: Check): string {
  const holders = mutedBy.slice(0, 5).map((id) => `maintenance ${id}`);
  const more = mutedBy.length > holders.length ? ` and ${mutedBy.length - holders.length} more` : '';
  const why = holders.length === 0 ? '' : `, held by ${holders.join(', ')}${more}`;
  return `${enabled ? ':bell: on' : ':no_bell: off'}  *${quote(name, 200)}* (${quote(provider, 50)})${why}`;
}
const SHOWN = 8;

/** A message about checks, below how the monitoring systems are that they are in. */
export function withHealth(message: Message, providers: readonly StoredProvider[]): Message {
  if (providers.length === 0) return message;
  const lines = providers.slice(0, SHOWN).map(healthLine);
  const more = providers.length > SHOWN ? [`and ${providers.length - SHOWN} more monitoring systems`] : [];
  return { ...message, blocks: [section([...lines, ...more].join('\n')), ...message.blocks] };
}

/** How one of them is, on a line. */
export function healthLine({ name, kind, enabled, health }: StoredProvider): string {
  const { failures, lastOkAt, lastErrorAt, lastError, lastSyncAt } = health;
  const called = `*${quote(name, 60)}* (${quote(kind, 30)})`;
  const synced = lastSyncAt === null ? '' : `, last sync ${localizeDates(lastSyncAt)}`;
  const error = lastError === null ? '' : quote(lastError, 150);
  if (!enabled) return `:white_circle: ${called} is disabled: its checks are not switched${synced}`;
  if (failures > 0) {
    const since = lastOkAt === null ? 'has not answered yet' : `does not answer since ${localizeDates(lastOkAt)}`;
    return `:red_circle: ${called} ${since}: ${error}${synced}`;
  }
  const answered = lastOkAt === null ? 'was not asked yet' : `answered ${localizeDates(lastOkAt)}`;
  const failed = lastErrorAt === null ? '' : `, last error ${localizeDates(lastErrorAt)}: ${error}`;
  return `:large_green_circle: ${called} ${answered}${synced}${failed}`;
}
