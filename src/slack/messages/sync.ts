import type { Sync } from '../../actions/sync-provider.ts';
import { isInSync, type SyncDifference } from '../../domain/sync.ts';
import { ACTIONS } from './action-ids.ts';
import { answer } from './answers.ts';
import { actions, button, names, quote, section } from './blocks.ts';
import type { Message } from './message.ts';

/** Of each list so much is shown (characters); the HTTP interface has all of it. */
const SHOWN = 1200;

/** What a sync would do, with the button that does it. */
export function seenSync({ provider, difference, seen }: Sync): Message {
  const { came, went, altered } = difference;
  const title = `${quote(provider.name, 200)} and Lull differ: ${counted(difference)}.`;
  const lists = [
    listed('To add', came),
    listed('To remove, because they are not over there any more', went),
    listed('To name and tag as they are over there', altered.map(renamed)),
  ];
  const value = JSON.stringify({ provider: provider.name, seen });
  return {
    text: title,
    blocks: [
      section(title),
      ...lists.filter((list) => list !== '').map(section),
      actions('sync', [button(ACTIONS.applySync, 'Apply', value, { style: 'primary' })]),
    ],
  };
}

/** What a sync did. */
export function doneSync({ provider, difference }: Sync): Message {
  const name = quote(provider.name, 200);
  if (isInSync(difference))
    return answer(`Lull knows the checks of ${name} as they are there. There is nothing to do.`);
  return answer(`:white_check_mark: Synced ${name}: ${counted(difference)}. \`/maintenance checks\` shows them.`);
}

function counted({ came, went, altered }: SyncDifference): string {
  const checks = (count: number) => (count === 1 ? '1 check' : `${count} checks`);
  return [
    ...(came.length > 0 ? [`${checks(came.length)} came`] : []),
    ...(went.length > 0 ? [`${checks(went.length)} went`] : []),
    ...(altered.length > 0 ? [`${checks(altered.length)} changed`] : []),
  ].join(', ');
}

function listed(title: string, checks: readonly { readonly name: string }[]): string {
  if (checks.length === 0) return '';
  const all = checks.map(({ name }) => name);
  return `*${title}* (${checks.length})\n${names(all, SHOWN)}`;
}

function renamed({ before, after }: SyncDifference['altered'][number]): { name: string } {
  return { name: before.name === after.name ? before.name : `${before.name} → ${after.name}` };
}
