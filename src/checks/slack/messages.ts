import { successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { pagedMessage, pagePosition } from '../../slack/paging.ts';
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
