import type { SectionBlock } from '@slack/types';
import type { MuteRecord } from '../../checks/mute-repository.ts';
import type { Comment } from '../../comments/repository.ts';
import { context, formatList, formatNames, type Message, mentionPerson, quote, section } from '../../slack/blocks.ts';
import { formatInstant } from '../../slack/time.ts';
import { maintenanceMessages as texts } from '../../texts/slack-messages.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { announcement, formatTimes } from './announcement.ts';

/** One maintenance for one reader: its announcement, the outcome of its checks, and its last comments. */
export function showMessage(
  maintenance: Maintenance,
  checks: { readonly covered: number; readonly mutes: readonly MuteRecord[] },
  comments: readonly Comment[],
  zone: string,
): Message {
  const message = announcement(maintenance, { audience: 'internal', checks: checks.covered });
  const lines = comments
    .slice(-5)
    .map(({ author, internal, createdAt, text }) =>
      texts.comment(mentionPerson(author), internal, `${formatInstant(createdAt, zone)} ${zone}`, quote(text, 300)),
    );
  return {
    text: message.text,
    blocks: [
      ...message.blocks,
      ...(zone === 'UTC' ? [] : [context([formatTimes(maintenance, zone)])]),
      ...checkOutcomes(checks.mutes, zone),
      ...(lines.length === 0 ? [] : [section([texts.commentCount(comments.length), ...lines].join('\n'))]),
    ],
  };
}

/** How many groups of checks are shown, and how much of their names (characters); the HTTP interface has every check. */
const MAX_GROUPS = 6;
const MAX_NAMES_CHARS = 120;

function checkOutcomes(mutes: readonly MuteRecord[], zone: string): SectionBlock[] {
  const groups = new Map<string, string[]>();
  for (const mute of mutes) {
    const outcome = describeOutcome(mute, zone);
    groups.set(outcome, [...(groups.get(outcome) ?? []), mute.checkName]);
  }
  if (groups.size === 0) return [];
  const lines = formatList(
    [...groups],
    MAX_GROUPS,
    ([outcome, names]) => `${outcome}: ${formatNames(names, MAX_NAMES_CHARS)}`,
  );
  return [section([texts.checkOutcomes, ...lines].join('\n'))];
}

function describeOutcome({ outcome, decidedAt, endedAt, releasedAt, error }: MuteRecord, zone: string): string {
  const when = (instant: Date | null) => (instant === null ? '' : ` ${formatInstant(instant, zone)} ${zone}`);
  const failure = error === null ? '' : ` (${quote(error, 80)})`;
  switch (outcome) {
    case 'muted':
      if (releasedAt !== null) return texts.outcomes.released(when(decidedAt), when(releasedAt));
      return texts.outcomes[endedAt === null ? 'muted' : 'notUnmuted'](when(decidedAt), failure);
    case 'already_muted':
      return texts.outcomes.alreadyMuted(when(decidedAt));
    case 'unmuted_by_hand':
      return texts.outcomes.unmutedByHand(when(decidedAt));
    case 'failed':
      return texts.outcomes.failed(when(decidedAt), failure);
    case 'pending':
      return endedAt === null ? texts.outcomes.pending : texts.outcomes.neverMuted;
  }
}
