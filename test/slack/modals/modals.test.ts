import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkModal } from '../../../src/playground/block-kit/check.ts';
import type { DraftWindow } from '../../../src/slack/draft.ts';
import { commentModal, readCommentModal } from '../../../src/slack/modals/comment.ts';
import { checkOption, createModal, readCreateModal, serviceOption } from '../../../src/slack/modals/create.ts';
import { extendModal, readExtendModal } from '../../../src/slack/modals/extend.ts';
import { fieldErrors } from '../../../src/slack/modals/problems.ts';
import type { Check, Service } from '../../../src/store/catalogue.ts';
import { maintenances, sample, T, words } from '../messages/samples.ts';

const errorsOf = (view: unknown) => {
  const checked = checkModal(structuredClone(view));
  return checked.ok ? [] : checked.errors;
};
const CASES = { numRuns: Number(process.env.LULL_CASES ?? 150) };

const service = (id: number, name: string): Service => ({ id, name, scope: null, status: 'up' });
const check = (id: string, name: string): Check => ({
  id,
  name,
  provider: 'builtin',
  externalId: id,
  enabled: true,
  tags: [],
  services: [],
  heldBy: [],
});
const draft = (values: Partial<DraftWindow> = {}): DraftWindow => ({
  kind: 'window',
  name: 'Postgres upgrade',
  services: [1],
  checks: null,
  start: T,
  end: new Date(T.getTime() + 7_200_000),
  timezone: 'Europe/Berlin',
  serviceStatus: 'degraded',
  visibility: 'internal',
  description: 'Failover first',
  externalReference: 'CHG-123',
  externalLink: 'https://example.com/change/123',
  channels: ['C0GENERAL'],
  assumed: [],
  notices: [],
  ...values,
});
const metadata = { channels: ['C0GENERAL'], timezone: 'Europe/Berlin' };

describe('Slack takes, whatever people wrote and however much', () => {
  test('the form to schedule, empty and filled', () => {
    expect(errorsOf(createModal(metadata))).toEqual([]);
    const filled = fc.record({
      name: words(200, 1),
      description: words(10_000),
      externalReference: fc.option(words(200, 1)),
      services: fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 300, size: 'max' }),
      checks: fc.array(words(200, 1), { maxLength: 300, size: 'max' }),
    });
    fc.assert(
      fc.property(filled, words(200, 1), ({ services, checks, ...values }, name) => {
        const view = createModal(metadata, {
          window: draft(values),
          services: services.map((id) => service(id, name)),
          checks: checks.map((each, index) => check(`K${index}`, each)),
        });
        expect(errorsOf(view)).toEqual([]);
      }),
      CASES,
    );
  });

  test('the forms to extend and to comment', () => {
    fc.assert(
      fc.property(maintenances, (maintenance) => {
        expect(errorsOf(extendModal(maintenance, 'Asia/Tokyo'))).toEqual([]);
        expect(errorsOf(commentModal(maintenance))).toEqual([]);
      }),
      CASES,
    );
  });
});

/** What Slack sends for a form as it was opened: the initial values of its elements. */
function asOpened(view: ReturnType<typeof createModal>): Record<string, Record<string, object>> {
  const values: Record<string, Record<string, object>> = {};
  for (const block of view.blocks) {
    if (!('element' in block) || block.block_id === undefined) continue;
    const element = z.record(z.string(), z.unknown()).parse(block.element);
    values[block.block_id] = {
      [String(element.action_id)]: {
        type: element.type,
        value: element.initial_value ?? null,
        selected_date_time: element.initial_date_time ?? null,
        selected_option: element.initial_option ?? null,
        selected_options: element.initial_options ?? [],
      },
    };
  }
  return values;
}

describe('the form to schedule', () => {
  test('filled with a window and submitted as it is, is that window', () => {
    const window = draft({ checks: ['K1'] });
    const view = createModal(metadata, { window, services: [service(1, 'api')], checks: [check('K1', 'health')] });
    const { kind: _, assumed: __, notices: ___, ...expected } = window;
    expect(readCreateModal(asOpened(view), metadata)).toEqual({
      ok: true,
      input: { ...expected, scopeId: null },
    });
  });

  test('without a start or an end says so at each field that lacks it', () => {
    const read = readCreateModal(asOpened(createModal(metadata)), metadata);
    expect(read).toEqual({
      ok: false,
      problems: [
        { field: 'scheduled_start_date', message: 'Choose a day and a time.' },
        { field: 'scheduled_end_date', message: 'Choose a day and a time.' },
      ],
    });
  });

  test('calls services and checks what people know them by', () => {
    expect(serviceOption({ ...service(4, 'api'), scope: { id: 1, name: 'EU' } })).toMatchObject({
      value: '4',
      text: { text: 'EU / api' },
    });
    expect(checkOption(check('K1', 'health'))).toMatchObject({ value: 'K1', text: { text: 'health' } });
  });
});

test('the form to extend gives the minutes chosen', () => {
  const values = { minutes: { value: { selected_option: { value: '60' } } } };
  expect(readExtendModal(values)).toBe(60);
  expect(extendModal(sample(), 'UTC').private_metadata).toBe('12');
});

test.each([
  [[], false],
  [[{ value: 'internal' }], true],
])('the form to comment gives the text and who may see it', (selected_options, internal) => {
  const values = { comment: { value: { value: 'in sync' } }, internal: { value: { selected_options } } };
  expect(readCommentModal(values)).toEqual({ text: 'in sync', internal });
});

describe('what is wrong shows', () => {
  test('at its field, or at the first where it has none, and nothing is lost', () => {
    const problems = [
      { field: 'name', message: 'Too long.' },
      { field: 'scope', message: 'No such scope.' },
      { field: 'services', message: 'None.' },
      { field: 'services', message: 'And unknown.' },
    ];
    expect(fieldErrors(problems, ['name', 'services'])).toEqual({
      name: 'Too long. No such scope.',
      services: 'None. And unknown.',
    });
  });
});
