import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Service } from '../../src/catalogue/services/repository.ts';
import type { Check } from '../../src/checks/repository.ts';
import { commentModal, readCommentModal } from '../../src/comments/slack/forms.ts';
import { textTooLong } from '../../src/core/common-errors.ts';
import { toRecorded } from '../../src/core/fields.ts';
import { toEditable } from '../../src/maintenance/commands/edit.ts';
import { endNotAfterStart } from '../../src/maintenance/errors.ts';
import { MAINTENANCE_FIELDS } from '../../src/maintenance/fields.ts';
import type { DraftWindow } from '../../src/maintenance/slack/drafts.ts';
import { wholeModal } from '../../src/maintenance/slack/show.ts';
import {
  cancelModal,
  extendModal,
  finishModal,
  readExtendMetadata,
  readExtendModal,
  readFinishModal,
} from '../../src/maintenance/slack/transition-forms.ts';
import {
  createMetadata,
  createModal,
  drawEdit,
  mergeForm,
  readScheduleInput,
  readWindowForm,
  toEdit,
  toForm,
} from '../../src/maintenance/slack/window-form.ts';
import { checkModal } from '../../src/playground/block-kit/check.ts';
import { drawSeries, readSeriesForm } from '../../src/series/slack/form.ts';
import { quote } from '../../src/slack/blocks.ts';
import { checkOption, fieldErrors, readInput, readText, serviceOption } from '../../src/slack/form.ts';
import { cases } from '../draws.ts';
import { recorded } from './events.ts';
import { maintenances, sample, T, words } from './samples.ts';

const errorsOf = (view: unknown) => {
  const checked = checkModal(structuredClone(view));
  return checked.ok ? [] : checked.errors;
};
const CASES = { numRuns: cases(60) };

const service = (id: number, name: string): Service => ({
  id,
  name,
  scope: null,
  audience: 'public',
  status: 'up',
});
const check = (id: string, name: string): Check => ({
  id,
  name,
  provider: 'builtin',
  externalId: id,
  enabled: true,
  tags: [],
  services: [],
  type: null,
  target: null,
  mutedBy: [],
});
const draft = (values: Partial<DraftWindow> = {}): DraftWindow => ({
  kind: 'window',
  name: 'Postgres upgrade',
  services: [1],
  checks: null,
  selector: null,
  start: T,
  end: new Date(T.getTime() + 7_200_000),
  timezone: 'Europe/Berlin',
  serviceStatus: 'degraded',
  visibility: 'internal',
  description: 'Failover first',
  risk: null,
  externalReference: 'CHG-123',
  externalLink: 'https://example.com/change/123',
  channels: ['C0GENERAL'],
  assumed: [],
  notices: [],
  ...values,
});
const edited = { id: 12, version: 3, event: 7, timezone: 'Asia/Tokyo', generation: 2, times: 1 };
const metadata = { channels: ['C0GENERAL'], timezone: 'Europe/Berlin' };

describe('Slack takes, whatever people wrote and however much', () => {
  test('the form to schedule, empty and filled', () => {
    expect(errorsOf(createModal(metadata))).toEqual([]);
    const filled = fc.record({
      name: words(200, 1),
      description: words(10_000),
      risk: fc.constantFrom(null, 'low' as const, 'high' as const),
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

  test('the form to edit, also with the news of what others changed', () => {
    const remarks = fc.array(words(2000, 1), { maxLength: 10 });
    const description = fc.oneof(words(10_000), fc.constantFrom('😀'.repeat(5000), 'x'.repeat(10_000)));
    fc.assert(
      fc.property(maintenances, description, remarks, (values, text, lines) => {
        const maintenance = { ...values, description: text };
        const services = maintenance.services.map(({ name }, index) => service(index + 1, name));
        const checks = services.map(({ name }, index) => check(`K${index}`, name));
        const form = toForm(maintenance, { services, checks });
        const view = drawEdit(edited, maintenance, form, lines, { news: lines, asksReason: true });
        expect(errorsOf(view)).toEqual([]);
        expect(readWindowForm(asOpened(view)).description).toBe(text.toWellFormed());
      }),
      CASES,
    );
  });

  test('the form to edit a series', () => {
    fc.assert(
      fc.property(maintenances, fc.array(words(2000, 1), { maxLength: 5 }), (values, remarks) => {
        const form = {
          ...toForm(values, { services: values.services.map(({ name }) => service(1, name)), checks: [] }),
          cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3',
          timezone: 'America/Argentina/ComodRivadavia',
          duration: '132480',
          duringFreeze: 'move' as const,
        };
        const responseUrl = 'https://example.com';
        const about = { ...edited, times: 3, responseUrl };
        const view = drawSeries(about, form, remarks, remarks);
        expect(errorsOf(view)).toEqual([]);
        expect(readSeriesForm(asOpened(view))).toMatchObject({ cron: form.cron, duration: form.duration });
      }),
      { numRuns: CASES.numRuns / 3 },
    );
  });

  test('the dialog that shows a whole maintenance, which leaves nothing out', () => {
    fc.assert(
      fc.property(maintenances, (maintenance) => {
        const pages = Array.from({ length: 40 }, (_, index) => wholeModal(maintenance, index + 1));
        const [first] = pages;
        for (const page of [first, pages.at(-1)]) expect(errorsOf(page)).toEqual([]);
        const text = pages.map((page) => JSON.stringify(page)).join('\n');
        for (const { name } of maintenance.services.slice(0, 20)) {
          expect(text).toContain(JSON.stringify(quote(name, 1000)).slice(1, -1));
        }
      }),
      { numRuns: CASES.numRuns / 5 },
    );
  });

  test('the form to cancel says what that means for one that is planned and one that has begun', () => {
    const said = (status: 'scheduled' | 'in-progress') => JSON.stringify(cancelModal(sample({ status }), 'Asia/Tokyo'));
    expect(said('scheduled')).toContain('It will not take place.');
    expect(said('in-progress')).toContain('It ends now, and its checks are switched on again.');
  });

  test('the forms to extend, to end, to cancel and to comment', () => {
    fc.assert(
      fc.property(maintenances, words(2000, 1), (maintenance, remark) => {
        expect(errorsOf(extendModal(maintenance, 'Asia/Tokyo'))).toEqual([]);
        expect(errorsOf(extendModal(maintenance, 'Asia/Tokyo', [quote(remark, 1500)]))).toEqual([]);
        expect(errorsOf(finishModal(maintenance))).toEqual([]);
        expect(errorsOf(cancelModal(maintenance, 'Asia/Tokyo'))).toEqual([]);
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
    expect(readScheduleInput(readWindowForm(asOpened(view)), createMetadata.parse(metadata))).toEqual({
      ...expected,
      scopeId: null,
    });
  });

  test('without a start or an end says so at each field that lacks it', () => {
    const form = readWindowForm(asOpened(createModal(metadata)));
    const message = 'Choose a day and a time, or say it in your own words below.';
    const problems = ['scheduled_start_date', 'scheduled_end_date'].map((field) => ({ field, message }));
    expect(() => readScheduleInput(form, createMetadata.parse(metadata))).toThrow(
      expect.objectContaining({ problems }),
    );
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
  expect(readExtendModal(values)).toEqual({ words: '', minutes: 60 });
  expect(readExtendModal({ ...values, words: { w: { value: ' until 5am ' } } })).toMatchObject({ words: 'until 5am' });
  expect(readExtendMetadata(extendModal(sample(), 'UTC').private_metadata ?? '')).toMatchObject({ id: 12 });
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
    expect(fieldErrors(problems, ['name', 'services'], 'UTC')).toEqual({
      name: 'Too long. No such scope.',
      services: 'None. And unknown.',
    });
  });
});

test('what is wrong at a field is said in the zone of whoever fills it in, and without the name it has over HTTP', () => {
  const start = new Date('2026-11-22T04:00:00Z');
  const problems = [
    endNotAfterStart.at('scheduled_end_date', { start, end: new Date('2026-11-22T03:00:00Z') }),
    textTooLong.at('external_reference', { length: 300, max: 200 }),
    textTooLong.at('description', { length: 3, max: 2 }),
  ];
  expect(fieldErrors(problems, ['scheduled_end_date', 'external_reference'], 'Asia/Tokyo')).toEqual({
    scheduled_end_date:
      'The end, Sun 22 Nov 2026 12:00 (Asia/Tokyo), is not after the start, Sun 22 Nov 2026 13:00 (Asia/Tokyo). Give a later end. Description has 3 characters; at most 2 are possible. Shorten it.',
    external_reference: 'This has 300 characters; at most 200 are possible. Shorten it.',
  });
});

describe('the form to edit', () => {
  const is = sample({ description: 'first' });
  const named = { services: [service(1, 'api')], checks: [] };
  const reading = { zone: 'UTC', services: new Map([[1, 'api']]) };
  const jonas = { id: 'U0JONAS', name: 'Jonas', source: 'slack' };
  const by = (before: object, after: object) => recorded('maintenance.changed', { actor: jonas, before, after });

  test('submitted as it was opened changes nothing, whatever seconds the times have', () => {
    const odd = sample({ scheduledStart: new Date(T.getTime() + 12_345) });
    const view = drawEdit(edited, odd, toForm(odd, named), []);
    const edit = toEdit(readWindowForm(asOpened(view)), odd, edited);
    expect(toRecorded(MAINTENANCE_FIELDS, { ...toEditable(odd), ...edit })).toEqual(
      toRecorded(MAINTENANCE_FIELDS, toEditable(odd)),
    );
  });

  test('leaves services and checks alone where there are too many to show', () => {
    const services = Array.from({ length: 300 }, (_, index) => service(index + 1, `s${index}`));
    const checks = services.map(({ name }) => check(name, name));
    const wide = sample({ services, checks: checks.map(({ id }) => id) });
    const view = drawEdit(edited, wide, toForm(wide, { services, checks }), []);
    const edit = toEdit(readWindowForm(asOpened(view)), wide, edited);
    expect(edit).not.toHaveProperty('services');
    expect(edit).not.toHaveProperty('checks');
  });

  test('merged with the changes of others shows the newest, keeps what only this person changed, and what both did in sight', () => {
    const newer = sample({ description: 'theirs', name: 'Postgres 18', version: 4 });
    const mine = { ...toForm(is, named), description: 'mine', externalReference: 'CHG-9' };
    const events = [
      by({ description: 'first', name: is.name }, { description: 'theirs', name: 'Postgres 18' }),
      recorded('maintenance.commented', { actor: jonas }),
    ];
    const { form, news } = mergeForm(mine, newer, named, events, edited, reading);
    expect(form).toMatchObject({ name: 'Postgres 18', description: 'theirs', externalReference: 'CHG-9' });
    const text = news.join('\n');
    expect(text).toContain('<@U0JONAS> changed it');
    expect(text).toContain('You had written for *description*: mine');
    expect(text).not.toContain('You had written for *name*');
    expect(text).not.toContain('commented');
  });

  test('merged with what others changed and took back keeps what this person wrote', () => {
    const mine = { ...toForm(is, named), description: 'mine' };
    const events = [
      by({ description: 'first' }, { description: 'theirs' }),
      by({ description: 'theirs' }, { description: 'first' }),
    ];
    const { form, news } = mergeForm(mine, { ...is, version: 5 }, named, events, edited, reading);
    expect(form.description).toBe('mine');
    expect(news.join('\n')).not.toContain('You had written');
  });

  test('merged with a change to the same value disputes nothing', () => {
    const newer = sample({ description: 'same', version: 4 });
    const { news } = mergeForm(
      { ...toForm(is, named), description: 'same' },
      newer,
      named,
      [by({ description: 'first' }, { description: 'same' })],
      edited,
      reading,
    );
    expect(news.join('\n')).not.toContain('You had written');
  });
});

test.each([
  ['succeed', 'succeed'],
  ['failed', 'failed'],
] as const)('the form to end gives %s and the note', (chosen, outcome) => {
  const values = { outcome: { value: { selected_option: { value: chosen } } }, note: { value: { value: ' done ' } } };
  expect(readFinishModal(values)).toEqual({ outcome, note: 'done' });
});

test('a text of a form is read without the spaces around it, and is empty where nothing was filled in', () => {
  const read = (value: string | null) => readText(readInput({ reason: { value: { value } } }), 'reason');
  expect(read(' late ')).toBe('late');
  expect(read(null)).toBe('');
});

test('a problem of a field that was drawn anew shows at it', () => {
  expect(fieldErrors([{ field: 'name', message: 'Too long.' }], ['services', 'name.2'], 'UTC')).toEqual({
    'name.2': 'Too long.',
  });
});
