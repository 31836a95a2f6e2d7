import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { listEvents } from '../../src/audit/repository.ts';
import { eventLine } from '../../src/audit/slack/history.ts';
import { renderEvent } from '../../src/calendars/ical/event.ts';
import { listServices } from '../../src/catalogue/services/repository.ts';
import { facts, type PlainField, pick, shownText, withInitial } from '../../src/core/fields.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { CONTENT_FIELDS, type Content } from '../../src/maintenance/fields.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import {
  createMetadata,
  createModal,
  readScheduleInput,
  readWindowForm,
} from '../../src/maintenance/slack/window-form.ts';
import { calling } from '../http/v1/calling.ts';
import { type World, world } from '../world.ts';

let w: World;
let api: ReturnType<typeof calling>;
let service: number;

beforeAll(async () => {
  w = await world();
  api = calling(w);
  service = (await w.service('api')).id;
});
afterAll(() => w.close());

/** Another value than the one that a new maintenance has. */
function other(field: PlainField): string {
  if (field.kind === 'choice') return field.values.find((value) => value !== field.initial) ?? '';
  return field.format === 'url' ? 'https://example.com/change/1' : `another ${field.label}`;
}

const fields: readonly (readonly [keyof Content, PlainField])[] = [
  ['name', CONTENT_FIELDS.name],
  ['serviceStatus', CONTENT_FIELDS.serviceStatus],
  ['risk', CONTENT_FIELDS.risk],
  ['description', CONTENT_FIELDS.description],
  ['externalReference', CONTENT_FIELDS.externalReference],
  ['externalLink', CONTENT_FIELDS.externalLink],
  ['visibility', CONTENT_FIELDS.visibility],
];
test('every field of the table is walked', () => {
  expect(fields.map(([property]) => property)).toEqual(Object.keys(CONTENT_FIELDS));
});

const input = () => w.input({ services: [service] });
const wire = () => ({
  name: 'Upgrade',
  services: [service],
  scheduled_start_date: input().start.toISOString(),
  scheduled_end_date: input().end.toISOString(),
});
const recurring = () => ({ name: 'Upgrade', services: [service], cron: '0 3 * * 0', duration_minutes: 60 });

describe.each(fields)('%s', (property, field) => {
  const value = other(field);
  const { name } = field;

  test.each([
    ['maintenances', wire],
    ['series', recurring],
  ])('goes into %s over HTTP and comes out: new, changed, and as a whole', async (path, body) => {
    const made = await api.post(`/${path}`, { ...body(), [name]: value });
    expect([made.status, made.body[name]]).toEqual([201, value]);
    const plain = await api.post(`/${path}`, body());
    if (field.initial !== undefined) expect(plain.body[name]).toBe(field.initial);
    const changed = await api.call('PATCH', `/${path}/${plain.body.id}`, { [name]: value });
    expect([changed.status, changed.body[name]]).toEqual([200, value]);
    const whole = await api.call('PUT', `/${path}/${plain.body.id}`, { ...body(), [name]: value });
    expect([whole.status, whole.body[name]]).toEqual([200, value]);
    expect((await api.get(`/${path}/${plain.body.id}`)).body[name]).toBe(value);
  });

  test('finds what has it, where lists can be filtered by it', async () => {
    if (field.filter !== true) return;
    for (const [path, body] of [['maintenances', wire()] as const, ['series', recurring()] as const]) {
      const { id } = (await api.post(`/${path}`, { ...body, [name]: value })).body;
      const { items } = (await api.get(`/${path}?${name}=${encodeURIComponent(value)}&limit=100`)).body;
      expect(items.map((each: { id: number }) => each.id)).toContain(id);
      expect(items.every((each: Record<string, unknown>) => each[name] === value)).toBe(true);
    }
  });

  test('goes from a draft through the form in Slack into a maintenance', async () => {
    const content: Content = { ...withInitial(CONTENT_FIELDS, { name: 'Upgrade' }), [property]: value };
    const draft = { ...input(), ...content, selector: null, channels: [], assumed: [], notices: [] };
    const view = createModal(
      { timezone: 'UTC' },
      {
        window: { kind: 'window', ...draft },
        services: await listServices(w.ctx.database, w.account.id, { ids: [service] }),
        checks: [],
      },
    );
    const read = readScheduleInput(readWindowForm(asOpened(view)), createMetadata.parse({ timezone: 'UTC' }));
    const made = await schedule(w.ctx, w.ana, read);
    expect(pick(CONTENT_FIELDS, made)).toEqual(content);
  });

  test('is recorded when it changes, and the history says so', async () => {
    const made = await schedule(w.ctx, w.ana, input());
    await edit(w.ctx, w.ana, made.id, { [property]: value });
    const event = (await listEvents(w.ctx.database, w.account.id, made.id, { after: 0, limit: 10 })).at(-1);
    expect(event?.after).toEqual({ [name]: value });
    if (event === undefined) throw new Error('nothing was recorded');
    expect(eventLine(event, { zone: 'UTC', services: new Map() })).toContain(`${field.label} ${value}`);
    expect((await findMaintenance(w.ctx.database, w.account.id, made.id))?.[property]).toBe(value);
  });

  test('is in a calendar with its label, where it is a fact', async () => {
    const made = await schedule(w.ctx, w.ana, { ...input(), [property]: value });
    const shown = facts(CONTENT_FIELDS, made).filter(({ label }) => label === field.shown.fact?.label);
    if (field.shown.fact === undefined) return;
    expect(shown.map(({ text }) => text)).toEqual([shownText(field, value)]);
    expect(renderEvent({ ...made, content: made }, 'https://lull.example').description).toContain(
      shownText(field, value),
    );
  });
});

test('a maintenance without a risk is found by none, and one with an unknown risk is refused', async () => {
  const { id } = (await api.post('/maintenances', wire())).body;
  const { items } = (await api.get('/maintenances?risk=none&limit=100')).body;
  expect(items.map((each: { id: number }) => each.id)).toContain(id);
  expect(items.every((each: { risk: unknown }) => each.risk === null)).toBe(true);
  expect((await api.post('/maintenances', { ...wire(), risk: 'extreme' })).status).toBe(400);
  expect((await api.call('PATCH', `/maintenances/${id}`, { risk: null })).body.risk).toBeNull();
});

test('a sentence names a risk', async () => {
  const said = (text: string) => api.post('/parse', { text });
  expect((await said('api tomorrow 2am for 2h risk:high: Upgrade')).body).toMatchObject({
    outcome: 'window',
    name: 'Upgrade',
    risk: 'high',
  });
  expect((await said('api tomorrow 2am for 2h: Upgrade risk:low')).body).toMatchObject({
    name: 'Upgrade',
    risk: 'low',
  });
  expect((await said('api tomorrow 2am for 2h risk:extreme: Upgrade')).body.outcome).not.toBe('window');
});

/** What Slack sends for a form as it was opened: the initial values of its elements. */
function asOpened(view: ReturnType<typeof createModal>): Record<string, Record<string, object>> {
  const values: Record<string, Record<string, object>> = {};
  for (const block of view.blocks) {
    if (!('element' in block) || block.block_id === undefined) continue;
    const element = z.record(z.string(), z.unknown()).parse(block.element);
    values[block.block_id] = {
      [String(element.action_id)]: {
        value: element.initial_value ?? null,
        selected_date_time: element.initial_date_time ?? null,
        selected_option: element.initial_option ?? null,
        selected_options: element.initial_options ?? [],
      },
    };
  }
  return values;
}
