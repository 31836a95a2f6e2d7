import fc from 'fast-check';
import { expect, test } from 'vitest';
import { audienceForm, commentForm, readCommentForm } from '../../../src/comments/slack/forms.ts';
import { checkModal } from '../../../src/playground/block-kit/check.ts';
import { maintenances, sample, T, words } from '../../slack/samples.ts';

const errorsOf = (view: unknown) => {
  const checked = checkModal(structuredClone(view));
  return checked.ok ? [] : checked.errors;
};

test('Slack takes the forms, whatever was said and on whatever', () => {
  fc.assert(
    fc.property(words(12_000, 1), maintenances, fc.boolean(), (text, maintenance, internal) => {
      expect(errorsOf(commentForm(text, maintenance))).toEqual([]);
      const comment = {
        id: 1,
        maintenanceId: maintenance.id,
        text,
        internal,
        author: { id: 'U0ANA', name: 'Ana' },
        source: 'slack',
        edited: false,
        message: { channelKind: 'slack', channel: 'C0OPS', messageRef: '1.0', revision: null },
        createdAt: T,
      };
      expect(errorsOf(audienceForm(comment, maintenance))).toEqual([]);
    }),
    { numRuns: 50, endOnFailure: true },
  );
  expect(errorsOf(commentForm('', undefined))).toEqual([]);
});

test('a message is internal unless that is changed', () => {
  const view = JSON.stringify(commentForm('Half done', sample()));
  expect(view).toMatch(/"initial_option":\{[^}]*\},"value":"internal"/);
});

test('what was filled in is read', () => {
  expect(
    readCommentForm({
      maintenance: { 'options.maintenances': { selected_option: { value: '12' } } },
      comment: { value: { value: 'Half done' } },
      audience: { value: { selected_option: { value: 'public' } } },
    }),
  ).toEqual({ maintenanceId: 12, text: 'Half done', internal: false });
});
