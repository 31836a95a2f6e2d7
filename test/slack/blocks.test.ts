import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { HomeView, ModalView } from '@slack/types';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { describe, expect, test } from 'vitest';
import { seenOf } from '../../src/actions/unchanged.ts';
import { Configuration } from '../../src/checks/configuration.ts';
import { KINDS } from '../../src/checks/kinds.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { checkHome, checkModal } from '../../src/playground/block-kit/check.ts';
import { helpAbout } from '../../src/slack/commands/nearest.ts';
import { reopened } from '../../src/slack/commands/reopen.ts';
import { failure } from '../../src/slack/context.ts';
import { dialog } from '../../src/slack/dialog.ts';
import { homeView, SHOWN } from '../../src/slack/home/view.ts';
import { daysAhead } from '../../src/slack/home/week.ts';
import { aftermath } from '../../src/slack/messages/aftermath.ts';
import { announcement } from '../../src/slack/messages/announcement.ts';
import { answer, question, refusal, show, welcome } from '../../src/slack/messages/answers.ts';
import { approvalRequest } from '../../src/slack/messages/approval-request.ts';
import { escaped } from '../../src/slack/messages/blocks.ts';
import { calendarList, madeCalendar } from '../../src/slack/messages/calendars.ts';
import { listedChecks, listedServices } from '../../src/slack/messages/catalogue.ts';
import { COMMANDS_HELP, help, helpOn, nearestHelp, noSuchCommand } from '../../src/slack/messages/help.ts';
import { historyOf } from '../../src/slack/messages/history.ts';
import { listed } from '../../src/slack/messages/list.ts';
import type { Message } from '../../src/slack/messages/message.ts';
import { note, withdrawnComment } from '../../src/slack/messages/note.ts';
import { notice } from '../../src/slack/messages/notice.ts';
import { PAGE, paged } from '../../src/slack/messages/paged.ts';
import { preview, seriesPreview } from '../../src/slack/messages/preview.ts';
import { withHealth } from '../../src/slack/messages/providers.ts';
import { reminder } from '../../src/slack/messages/reminder.ts';
import { listOfSeries, seriesChanged, seriesScheduled } from '../../src/slack/messages/series.ts';
import { settingsMessage } from '../../src/slack/messages/settings.ts';
import { heard, hears } from '../../src/slack/messages/subscriptions.ts';
import { doneSync, seenSync } from '../../src/slack/messages/sync.ts';
import { madeToken, tokenList } from '../../src/slack/messages/tokens.ts';
import { withdrawn } from '../../src/slack/messages/withdrawn.ts';
import { cancelModal } from '../../src/slack/modals/cancel.ts';
import { commentModal } from '../../src/slack/modals/comment.ts';
import { createModal, drawCreate } from '../../src/slack/modals/create.ts';
import { createSeriesModal, drawCreateSeries } from '../../src/slack/modals/create-series.ts';
import { declineModal } from '../../src/slack/modals/decline.ts';
import { drawEdit } from '../../src/slack/modals/edit.ts';
import { extendModal } from '../../src/slack/modals/extend.ts';
import { finishModal } from '../../src/slack/modals/finish.ts';
import { overrideModal } from '../../src/slack/modals/override.ts';
import { drawSeries } from '../../src/slack/modals/series.ts';
import { subscribeModal } from '../../src/slack/modals/subscribe.ts';
import { wholeModal } from '../../src/slack/modals/whole.ts';
import { defaultsForm, roleForm } from '../../src/slack/settings/account-forms.ts';
import { addCheckForm, checkForm, scopeForm, serviceForm } from '../../src/slack/settings/catalogue-forms.ts';
import { heldAtFirst, inputsOf, valuesOf } from '../../src/slack/settings/fields.ts';
import { carrying } from '../../src/slack/settings/find.ts';
import { descriptionInput, form, nameInput } from '../../src/slack/settings/form.ts';
import { freezeForm } from '../../src/slack/settings/freeze-form.ts';
import { mergedForm } from '../../src/slack/settings/merged.ts';
import { settingsModal } from '../../src/slack/settings/overview.ts';
import { connectForm, providerForm } from '../../src/slack/settings/provider-forms.ts';
import { audienceForm, commentForm } from '../../src/slack/shortcuts/comment-form.ts';
import type { Calendar } from '../../src/store/calendars.ts';
import type { Token } from '../../src/store/tokens.ts';
import { silent } from '../world.ts';
import { DRAFT, FILLINGS, ID, largest, largestSync, later, many, ZONE } from './largest.ts';
import { T } from './messages/samples.ts';
import { expectTaken } from './messages/taken.ts';

type Drawn = Message | ModalView | HomeView;
type Largest = ReturnType<typeof largest>;

const CONFIGURATION = new Configuration(KINDS, new Map());
const provider = (name: string, enabled: boolean) => ({
  name: name.slice(0, 64),
  kind: 'alertmanager',
  settings: {},
  enabled,
  version: ID,
  health: { lastOkAt: T, lastErrorAt: T, lastError: name.repeat(9), lastSyncAt: T, failures: enabled ? ID : 0 },
  createdAt: T,
});
const ORIGIN = { view: 'V0123456789', generation: ID };

const SLACK = new URL('../../src/slack/', import.meta.url).pathname;
const understood = { words: 'x'.repeat(300), timezone: ZONE };
const created = {
  responseUrl: `https://hooks.slack.com/actions/${'T0'.repeat(60)}`,
  draftId: DRAFT,
  channels: many(40, () => 'C0GENERAL00'),
  timezone: ZONE,
  times: 99,
  understood,
};

const createdSeries = { ...created, understood: understood.words };

const TOKEN: Token = {
  id: ID,
  accountId: 1,
  name: '',
  rights: 'write',
  scopes: [ID],
  madeBy: { id: 'U0ANA', name: 'Ana' },
  createdAt: later(0),
  expiresAt: later(9),
  lastUsedAt: later(5),
  revokedAt: null,
};

const largestCalendar = (name: string, id: number): Calendar => ({
  id,
  accountId: 1,
  name,
  scopes: many(50, () => ID),
  services: many(50, () => ID),
  madeBy: { id: 'U0ANA', name },
  createdAt: later(0),
});

/**
 * Everything that is shown in Slack, by what draws it, each as large as it can be. A builder is an export of `src/slack`
 * that says it returns a Message, a ModalView or a HomeView, or that is one.
 */
const ROWS: Record<string, (at: Largest) => readonly (Drawn | undefined)[]> = {
  'commands/nearest.ts helpAbout': ({ texts }) => [helpAbout(texts(5000)), helpAbout('stop'), helpAbout('list')],
  'commands/reopen.ts reopened': ({ all }) => all.map((each) => reopened(each, ID, 'America/Argentina/Buenos_Aires')),
  'context.ts failure': ({ texts }) => [
    failure(silent, new Refusal('conflict', texts(5000))),
    failure(silent, new Error(texts(5000))),
  ],
  'dialog.ts dialog': ({ texts }) => [dialog(answer(escaped(texts(5000))))],
  'home/view.ts homeView': (at) =>
    (['none', 'viewer', 'operator', 'approver', 'admin'] as const).map((role) => {
      const from = (id: number, count: number) => many(count, (index) => at.maintenance({ id: id + index }));
      const part = <T>(shown: readonly T[]) => ({ shown, total: ID });
      return homeView({ accountId: 1, id: 'U0ANA', name: at.name, source: 'slack', role }, ZONE, {
        yours: { services: part(many(SHOWN.services, at.service)), windows: part(from(600, SHOWN.yours)) },
        active: part(from(100, SHOWN.active).map((each) => ({ ...each, status: 'in-progress' as const }))),
        waiting: part(from(500, SHOWN.waiting)),
        next: part(from(200, SHOWN.next)),
        own: part(from(300, SHOWN.own)),
        recent: from(400, SHOWN.recent).map((each) => ({ ...each, status: 'succeed' as const })),
        services: part(many(SHOWN.services, at.service)),
        days: daysAhead(T, ZONE),
        week: many(SHOWN.calendar, (index) => ({
          id: ID - index,
          name: at.name,
          status: 'scheduled' as const,
          start: later((index % 7) * 1440),
          end: later((index % 7) * 1440 + 120),
        })),
      });
    }),
  'messages/aftermath.ts aftermath': ({ events }) =>
    events.filter(({ action }) => action === 'look-again').map(aftermath),
  'messages/announcement.ts announcement': ({ all }) =>
    all.flatMap((each) =>
      (['internal', 'public'] as const).map((audience) => announcement(each, { audience, checks: ID })),
    ),
  'messages/approval-request.ts approvalRequest': ({ all, name }) =>
    all.flatMap((each) => [
      approvalRequest({ ...each, status: 'scheduled', approval: 'pending' }, { state: 'open' }),
      approvalRequest(each, { state: 'declined', by: { id: 'token:5', name } }),
      approvalRequest(each, { state: 'again' }),
      approvalRequest(each, { state: 'closed' }),
    ]),
  'messages/answers.ts answer': ({ texts }) => [answer(escaped(texts(5000)))],
  'messages/answers.ts question': ({ texts, name }) => [
    question(
      texts(5000),
      DRAFT,
      many(9, () => name),
    ),
  ],
  'messages/answers.ts refusal': ({ texts }) => [refusal(texts(5000), texts(5000))],
  'messages/answers.ts show': ({ all, hold, comment }) =>
    all.map((each) => show(each, { covered: ID, holds: many(300, hold) }, many(200, comment), ZONE)),
  'messages/answers.ts welcome': () => [welcome],
  'messages/catalogue.ts listedChecks': ({ check, name }) => [
    listedChecks(many(PAGE, check), { of: 'checks', service: ID, name, page: 9_999, total: 100_000 }),
  ],
  'messages/catalogue.ts listedServices': ({ service }) => [
    listedServices(many(PAGE, service), { page: 9_999, total: 100_000 }),
  ],
  'messages/help.ts help': () => [help],
  'messages/help.ts helpOn': ({ texts }) =>
    COMMANDS_HELP.flatMap((each) => [helpOn(each.name), helpOn(each.name, texts(5000))]),
  'messages/help.ts noSuchCommand': ({ texts }) => [noSuchCommand(texts(5000))],
  'messages/help.ts nearestHelp': ({ texts }) => COMMANDS_HELP.map((each) => nearestHelp(texts(5000), each)),
  'messages/history.ts historyOf': ({ events, name }) => {
    const services = new Map(many(300, (id) => [id + 1, name] as const));
    return events.map((each) =>
      historyOf(
        { id: ID, name },
        many(PAGE, () => each),
        { zone: ZONE, services },
        { page: 9_999, total: 100_000 },
      ),
    );
  },
  'messages/list.ts listed': ({ maintenance, name }) => [
    listed(
      many(PAGE, () => maintenance()),
      { of: 'list', kind: 'mine', service: ID, name, page: 9_999, total: 100_000 },
    ),
    listed([], { of: 'list', kind: 'mine', service: ID, name, page: 1, total: 0 }),
  ],
  'messages/note.ts note': ({ events, reminders }) =>
    [...events, ...reminders].flatMap((each) => [note(each, 'internal'), note(each, 'public')]),
  'messages/note.ts withdrawnComment': () => [withdrawnComment],
  'messages/notice.ts notice': ({ events, all }) => all.flatMap((each) => events.map((event) => notice(each, event))),
  'messages/paged.ts paged': ({ texts }) => [
    paged({
      title: 'things',
      lines: many(PAGE, () => escaped(texts(500)).slice(0, 500)),
      total: 100_000,
      page: 9_999,
      valueFor: (page) => String(page).padStart(2000),
    }),
  ],
  'messages/providers.ts withHealth': ({ check, name, texts }) => [
    withHealth(
      listedChecks(many(PAGE, check), { of: 'checks', page: 9_999, total: 100_000 }),
      many(300, (index) => ({
        name,
        kind: name,
        settings: {},
        enabled: index !== 3,
        version: ID,
        health: { lastOkAt: T, lastErrorAt: T, lastError: texts(500), lastSyncAt: T, failures: index % 2 },
        createdAt: T,
      })),
    ),
  ],
  'messages/preview.ts preview': ({ draft, meant, name }) => {
    const window = { ...draft, kind: 'window' as const, start: T, end: later(132_000) };
    const services = many(300, () => name);
    return [true, false].map((mayOverride) => preview(DRAFT, window, services, ZONE, { ...meant, mayOverride }));
  },
  'messages/preview.ts seriesPreview': ({ draft, meant, name, texts }) => [
    seriesPreview(
      DRAFT,
      { ...draft, kind: 'series', cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3', durationMinutes: 43_199 },
      many(300, () => name),
      ZONE,
      meant,
      {
        words: texts(600),
        next: many(5, (index) => ({ start: later(index), end: later(132_000 + index) })),
        clockChange: { start: T, end: later(60), notice: 'x'.repeat(600) },
      },
    ),
  ],
  'messages/reminder.ts reminder': ({ reminders }) =>
    reminders.flatMap((each) => [reminder(each, 'internal'), reminder(each, 'public')]),
  'messages/series.ts listOfSeries': ({ series }) =>
    [many(PAGE, () => series), []].map((all) =>
      listOfSeries(all, { locale: 'en-US', timezone: ZONE }, { page: 9_999, total: 100_000 }),
    ),
  'messages/series.ts seriesScheduled': ({ series }) => [seriesScheduled(series, ZONE)],
  'messages/series.ts seriesChanged': ({ series }) => [seriesChanged(series, ZONE)],
  'messages/settings.ts settingsMessage': ({ name, freeze }) => [
    settingsMessage(
      {
        settings: { defaultRole: 'none', timezone: ZONE, defaultChannel: 'C0GENERAL', lookAfter: 1440 },
        grants: many(300, () => ({ subject: 'S0PLATFORM', role: 'approver' as const })),
        scopes: many(300, (id) => ({
          id,
          name,
          description: '',
          reminders: many(10, () => 40_000),
          requiresApproval: true,
          visibility: 'public' as const,
        })),
        freezes: many(300, (id) => ({ ...freeze(ID - id), createdBy: { id: 'U0ANA', name }, createdAt: T })),
      },
      ZONE,
    ),
  ],
  'messages/calendars.ts calendarList': ({ name }) => [
    calendarList(
      many(500, (id) => largestCalendar(name, id)),
      { scopes: new Map(), services: new Map([[ID, name]]) },
      `https://${'l'.repeat(200)}.example/calendar.ics?account=T0123456789`,
    ),
    calendarList([], { scopes: new Map(), services: new Map() }, 'https://lull.example/calendar.ics'),
  ],
  'messages/calendars.ts madeCalendar': ({ name }) => [
    madeCalendar(
      largestCalendar(name, ID),
      { scopes: new Map(), services: new Map([[ID, name]]) },
      `https://${'l'.repeat(200)}.example/calendar/${'x'.repeat(32)}.ics`,
    ),
  ],
  'messages/sync.ts seenSync': ({ name }) => [seenSync(largestSync(name))],
  'messages/sync.ts doneSync': ({ name }) => [doneSync(largestSync(name))],
  'messages/subscriptions.ts heard': ({ name, texts }) => {
    const place = { id: ID, name };
    const all = many(300, (id) => ({ id, audience: 'internal' as const, scope: place, service: place }));
    return [
      heard(escaped(texts(300)), all, { id: 'C0GENERAL', isDefault: true }),
      heard('Subscribed.', [], { id: 'C0GENERAL', isDefault: false }),
    ];
  },
  'messages/tokens.ts tokenList': ({ name }) => [
    tokenList(
      many(500, (id) => ({ ...TOKEN, id: ID - id, name, madeBy: { id: 'U0ANA', name } })),
      new Map([[ID, name]]),
    ),
    tokenList([], new Map()),
  ],
  'messages/tokens.ts madeToken': ({ name }) => [
    madeToken({ ...TOKEN, name, scopes: many(500, () => ID) }, `lull_${'x'.repeat(32)}`, new Map([[ID, name]])),
  ],
  'messages/withdrawn.ts withdrawn': () => [withdrawn],
  'modals/cancel.ts cancelModal': ({ all }) => all.map((each) => cancelModal(each, ZONE)),
  'modals/comment.ts commentModal': ({ all }) => all.map((each) => commentModal(each)),
  'modals/create.ts createModal': ({ draft, service, check }) => [
    createModal(created),
    createModal(created, {
      window: { ...draft, kind: 'window', start: T, end: later(132_000) },
      services: many(300, service),
      checks: many(300, check),
    }),
  ],
  'modals/create.ts drawCreate': ({ form, texts }) => [
    drawCreate(
      created,
      form,
      many(40, () => escaped(texts(1000))),
    ),
  ],
  'modals/create-series.ts createSeriesModal': ({ draft, series, service, check }) => [
    createSeriesModal(createdSeries, ZONE),
    createSeriesModal(createdSeries, ZONE, {
      series: { ...draft, kind: 'series', cron: series.cron, durationMinutes: 43_199 },
      services: many(300, service),
      checks: many(300, check),
    }),
  ],
  'modals/create-series.ts drawCreateSeries': ({ form, texts, series }) => [
    drawCreateSeries(
      createdSeries,
      { content: form, cron: series.cron, timezone: ZONE, duration: '43199' },
      many(40, () => escaped(texts(1000))),
    ),
  ],
  'modals/decline.ts declineModal': ({ all }) => all.map((each) => declineModal(each, ZONE)),
  'modals/edit.ts drawEdit': ({ all, form, texts }) =>
    all.map((maintenance) =>
      drawEdit(
        { id: ID, version: ID, event: ID, timezone: ZONE, generation: 99, times: 99, understood },
        { maintenance },
        form,
        many(40, () => escaped(texts(1000))),
        { news: many(40, () => escaped(texts(1000))), asksReason: true },
      ),
    ),
  'modals/extend.ts extendModal': ({ all, texts }) =>
    all.map((each) => extendModal(each, ZONE, escaped(texts(5000)), { asksReason: true })),
  'modals/finish.ts finishModal': ({ all }) => all.map((each) => finishModal(each)),
  'modals/override.ts overrideModal': ({ texts }) => [
    overrideModal({ draftId: DRAFT, responseUrl: created.responseUrl }, escaped(texts(5000))),
  ],
  'modals/series.ts drawSeries': ({ form, texts, series }) => [
    drawSeries(
      {
        id: ID,
        key: 'NZT234',
        version: ID,
        event: ID,
        generation: 99,
        times: 99,
        understood: understood.words,
        responseUrl: created.responseUrl,
      },
      { content: form, cron: series.cron, timezone: ZONE, duration: '43199' },
      many(40, () => escaped(texts(1000))),
      many(40, () => escaped(texts(1000))),
    ),
  ],
  'modals/subscribe.ts subscribeModal': ({ name }) => {
    const place = { id: ID, name };
    const all = many(300, (id) => ({ id, audience: 'internal' as const, scope: place, service: place }));
    return [subscribeModal({ channel: 'C0GENERAL', responseUrl: created.responseUrl }, hears(all, true))];
  },
  'modals/whole.ts wholeModal': ({ all }) => all.flatMap((each) => many(9, (page) => wholeModal(each, page + 1))),
  'settings/account-forms.ts defaultsForm': () => [
    defaultsForm({ defaultRole: 'approver', timezone: ZONE, defaultChannel: 'C0GENERAL', lookAfter: 1440 }, ORIGIN),
    defaultsForm({ defaultRole: 'none', timezone: ZONE, defaultChannel: null, lookAfter: 1440 }, ORIGIN),
  ],
  'settings/account-forms.ts roleForm': () => [roleForm(ORIGIN)],
  'settings/catalogue-forms.ts addCheckForm': ({ name }) => [
    addCheckForm(
      many(300, (index) => `${index}${name}`.slice(0, 64)),
      ORIGIN,
    ),
  ],
  'settings/catalogue-forms.ts checkForm': ({ check, service, texts }) => [
    checkForm(check(1), many(100, service), ORIGIN),
    checkForm({ ...check(1), tags: [texts(2000).replaceAll(',', '')] }, many(300, service), ORIGIN),
  ],
  'settings/catalogue-forms.ts scopeForm': ({ name, texts }) => [
    scopeForm(undefined, ORIGIN),
    ...[3000, 10_000].map((length) =>
      scopeForm(
        {
          id: ID,
          name,
          description: texts(length),
          visibility: 'internal',
          reminders: many(10, (index) => 43_200 - index),
          requiresApproval: true,
        },
        ORIGIN,
      ),
    ),
  ],
  'settings/catalogue-forms.ts serviceForm': ({ service, check, texts }) => [
    serviceForm(undefined, [], ORIGIN),
    ...[100, 300].map((count) =>
      serviceForm(
        {
          ...service(ID),
          description: texts(3000),
          visibility: 'internal',
          owners: many(20, (index) => `U0${index}`.padEnd(31, 'X')),
          checks: [],
        },
        many(count, check),
        ORIGIN,
      ),
    ),
  ],
  'settings/find.ts carrying': (at) => changing(at).map((view) => carrying(view, openedAs(view))),
  'settings/form.ts form': ({ name, texts }) => [
    form(
      'settings.scope',
      'Change a scope',
      { origin: ORIGIN, id: name },
      [nameInput(name, name)].concat(descriptionInput(texts(3000))),
    ),
  ],
  'settings/merged.ts mergedForm': (at) =>
    changing(at).flatMap((view) => {
      const mine = new Map(heldAtFirst(view.blocks));
      for (const [field, { element }] of inputsOf(view.blocks)) {
        if (element.type === 'plain_text_input') mine.set(field, { value: at.texts(element.max_length ?? 3000) });
      }
      const fields = [...mine.keys()];
      const events = at.events.slice(0, 10).map((event) => ({ event, fields }));
      return [
        { theirs: fields, mine: [], disputed: fields },
        { theirs: [], mine: fields, disputed: [] },
      ].map((merge) => mergedForm(carrying(view, openedAs(view)), mine, { merge, events }, ID));
    }),
  'settings/freeze-form.ts freezeForm': () => [freezeForm(ZONE, ORIGIN)],
  'settings/provider-forms.ts connectForm': () => CONFIGURATION.described().map((kind) => connectForm(kind, ORIGIN)),
  'settings/provider-forms.ts providerForm': ({ name, texts }) =>
    CONFIGURATION.described().map((kind) => {
      const settings = { url: texts(5000), off: { body: texts(5000) }, tags: many(100, () => name), margin: ID };
      return providerForm({ ...provider(name, true), settings }, kind, ORIGIN);
    }),
  'settings/overview.ts settingsModal': ({ name, freeze }) => [
    settingsModal(
      {
        settings: { defaultRole: 'none', timezone: ZONE, defaultChannel: 'C0GENERAL', lookAfter: 1440 },
        grants: many(300, () => ({ subject: 'S0PLATFORM', role: 'approver' as const })),
        scopes: many(300, (id) => ({
          id,
          name,
          description: '',
          reminders: [],
          requiresApproval: true,
          visibility: 'public' as const,
        })),
        services: ID,
        checks: ID,
        freezes: many(300, freeze),
        providers: many(100, (index) => provider(name, index % 2 === 0)),
        kinds: CONFIGURATION.described(),
      },
      ID,
      ZONE,
    ),
  ],
  'shortcuts/comment-form.ts commentForm': ({ texts, maintenance }) => [
    commentForm(texts(10_000), maintenance()),
    commentForm('', undefined),
  ],
  'shortcuts/comment-form.ts audienceForm': ({ comment, maintenance }) => [audienceForm(comment(ID), maintenance())],
};

/** The forms of the settings that change something. */
function changing(at: Largest): ModalView[] {
  const rows = ['account-forms.ts defaultsForm', 'catalogue-forms.ts scopeForm', 'catalogue-forms.ts serviceForm'];
  return [...rows, 'catalogue-forms.ts checkForm', 'provider-forms.ts providerForm']
    .flatMap((row) => ROWS[`settings/${row}`]?.(at) ?? [])
    .filter((drawn): drawn is ModalView => drawn !== undefined && 'type' in drawn && drawn.type === 'modal');
}

const openedAs = (view: ModalView) => ({
  seen: seenOf(valuesOf(heldAtFirst(view.blocks))),
  event: ID,
  generation: ID,
});

/** The names of all builders, by their file. */
async function builders(): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(SLACK, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const exported: Record<string, unknown> = await import(join(SLACK, file));
    for (const text of (await readFile(join(SLACK, file), 'utf8')).split(/^export /m).slice(1)) {
      const [, kind, name = ''] = /^(function|const) (\w+)/.exec(text) ?? [];
      const value = exported[name];
      const drawn =
        kind === 'function'
          ? /^(?:Message|ModalView|HomeView)(?: \| undefined)?$/.test(/\): (.+) \{$/m.exec(text)?.[1] ?? '')
          : typeof value === 'object' && value !== null && 'blocks' in value;
      if (drawn) found.push(`${file} ${name}`);
    }
  }
  return found.sort();
}

const schema = (type: string) => {
  const path = createRequire(import.meta.url)
    .resolve('@slack/types')
    .replace(/\.js$/, '.d.ts');
  const generator = createGenerator({ path, type, skipTypeCheck: true, additionalProperties: false });
  return new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(generator.createSchema(type))));
};
const slacks = { block: schema('KnownBlock'), modal: schema('ModalView'), home: schema('HomeView') };

/** What Slack's own types have against it. */
function typeErrors(drawn: Drawn): unknown {
  if (!('type' in drawn)) {
    const wrong = drawn.blocks.find((block) => !slacks.block(block));
    return wrong === undefined ? [] : [wrong, slacks.block.errors];
  }
  const check = drawn.type === 'home' ? slacks.home : slacks.modal;
  return check(drawn) ? [] : check.errors;
}

test('everything that is shown in Slack has its row', async () => {
  expect(await builders()).toEqual(Object.keys(ROWS).sort());
});

describe.each(Object.entries(ROWS))('%s', (_, row) => {
  test.each(FILLINGS)('is taken by Slack at its largest, full of %j', (filling) => {
    const all = row(largest(filling)).filter((drawn) => drawn !== undefined);
    expect(all).not.toEqual([]);
    for (const drawn of all) {
      expect(typeErrors(drawn)).toEqual([]);
      if (!('type' in drawn)) {
        expectTaken(drawn);
        continue;
      }
      const checked = drawn.type === 'home' ? checkHome(structuredClone(drawn)) : checkModal(structuredClone(drawn));
      expect(checked.ok ? [] : checked.errors).toEqual([]);
      expect(JSON.stringify(drawn).length).toBeLessThan(250_000);
    }
  });
});
