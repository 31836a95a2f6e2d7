import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Comment } from '../../../src/comments/repository.ts';
import { commentNote } from '../../../src/comments/slack/forms.ts';
import { checkMessageBlocks } from '../../../src/playground/block-kit/check.ts';
import { words } from '../../slack/samples.ts';

const comment: Comment = {
  id: 4,
  maintenanceId: 9,
  text: 'Replicas are in sync',
  internal: false,
  author: { id: 'U0ANA', name: 'Ana' },
  source: 'slack',
  edited: false,
  message: null,
  createdAt: new Date(0),
};

test('a public channel reads a comment without its author, and no internal one', () => {
  expect(commentNote(comment, 'internal')?.text).toBe(':speech_balloon: <@U0ANA>: Replicas are in sync');
  expect(commentNote({ ...comment, edited: true }, 'public')?.text).toBe(
    ':speech_balloon: (edited): Replicas are in sync',
  );
  expect(commentNote({ ...comment, internal: true }, 'internal')?.text).toContain('<@U0ANA> (internal): ');
  expect(commentNote({ ...comment, internal: true }, 'public')).toBeUndefined();
});

test('Slack takes a comment of any text, and never broadcasts it', () => {
  fc.assert(
    fc.property(words(10_000, 1), (text) => {
      const note = commentNote({ ...comment, text }, 'internal');
      expect(note?.broadcast).toBeUndefined();
      expect(checkMessageBlocks(structuredClone(note?.blocks))).toMatchObject({ ok: true });
    }),
  );
});
