import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type { HomeView, ModalView } from '@slack/types';
import { Ajv } from 'ajv';
import { createGenerator, createProgram, DEFAULT_CONFIG } from 'ts-json-schema-generator';
import { describe, expect, test } from 'vitest';
import { secretCreatedMessage, secretList } from '../../src/access/slack/secrets.ts';
import { tokenCreatedMessage, tokenList } from '../../src/access/slack/tokens.ts';
import type { Token } from '../../src/access/token-repository.ts';
import { help, helpCommand, helpOn, suggestHelp, unknownCommandMessage } from '../../src/app/slack/help.ts';
import { approveSeriesModal, declineModal } from '../../src/approvals/slack/listeners.ts';
import { approvalRequest } from '../../src/approvals/slack/messages.ts';
import { historyMessage } from '../../src/audit/slack/history.ts';
import type { Calendar } from '../../src/calendars/repository.ts';
import { calendarCreatedMessage, calendarList } from '../../src/calendars/slack.ts';
import { serviceList } from '../../src/catalogue/slack/commands.ts';
import { fillScopeForm, fillServiceForm } from '../../src/catalogue/slack/forms.ts';
import { Configuration } from '../../src/checks/providers/configuration.ts';
import { KINDS } from '../../src/checks/providers/kinds.ts';
import { fillAddCheckForm, fillCheckForm, fillConnectForm, fillProviderForm } from '../../src/checks/slack/forms.ts';
import { checkList, postCheckMessage, withHealth } from '../../src/checks/slack/messages.ts';
import { syncDoneMessage, syncPreviewMessage } from '../../src/checks/slack/sync.ts';
import {
  audienceForm,
  commentForm,
  commentModal,
  commentNote,
  withdrawnComment,
} from '../../src/comments/slack/forms.ts';
import { renderMessage } from '../../src/delivery/slack/render.ts';
import { fillFreezeForm } from '../../src/freezes/slack/form.ts';
import { listDaysAhead, MAX_SHOWN } from '../../src/home/content.ts';
import { homeView } from '../../src/home/slack/view.ts';
import { cronInvalid } from '../../src/maintenance/errors.ts';
import { announcement, withdrawnMessage } from '../../src/maintenance/slack/announcement.ts';
import { questionMessage } from '../../src/maintenance/slack/drafts.ts';
import { overrideModal, reopenedMessage } from '../../src/maintenance/slack/freeze-overrides.ts';
import { listMessage } from '../../src/maintenance/slack/list.ts';
import { reminderMessage, threadNote } from '../../src/maintenance/slack/note.ts';
import { noticeMessage } from '../../src/maintenance/slack/notice.ts';
import { previewMessage, seriesPreview } from '../../src/maintenance/slack/preview.ts';
import { showMessage, wholeModal } from '../../src/maintenance/slack/show.ts';
import { cancelModal, extendModal, finishModal } from '../../src/maintenance/slack/transition-forms.ts';
import { createModal, drawCreate, drawEdit } from '../../src/maintenance/slack/window-form.ts';
import { fingerprints } from '../../src/platform/fingerprints.ts';
import { checkHome, checkModal } from '../../src/playground/block-kit/check.ts';
import { seriesChangedMessage, seriesList, seriesScheduledMessage } from '../../src/series/slack/commands.ts';
import { createSeriesModal, drawCreateSeries, drawSeries } from '../../src/series/slack/form.ts';
import { fillDefaultsForm, fillRoleForm } from '../../src/settings/slack/account-forms.ts';
import { mergeForm } from '../../src/settings/slack/changes.ts';
import { settingsMessage, settingsModal } from '../../src/settings/slack/overview.ts';
import { errorMessage, escapeMrkdwn, type Message, successMessage, welcomeMessage } from '../../src/slack/blocks.ts';
import { failureMessage, messageDialog } from '../../src/slack/context.ts';
import { type InputValue, modal, textInput } from '../../src/slack/form.ts';
import { PAGE_SIZE, pagedMessage } from '../../src/slack/paging.ts';
import { comparable, drawForm, type FilledForm, listInputs } from '../../src/slack/record-form.ts';
import { subscribeModal, subscriptionLine, subscriptionList } from '../../src/subscriptions/slack.ts';
import { httpProblemText } from '../../src/texts/http-errors.ts';
import { COMMANDS_HELP } from '../../src/texts/slack-help.ts';
import { silent } from '../world.ts';
import { expectTaken } from './accepted.ts';
import { DRAFT, FILLINGS, type Filling, ID, largest, largestSync, later, many, ZONE } from './largest.ts';
import { T } from './samples.ts';

const failure = { reason: 'x'.repeat(100), since: new Date('2027-03-10T02:00:00Z') };
const failingChannels = Array.from({ length: 100 }, () => ({ channel: 'C0GENERAL', ...failure }));

type Drawn = Message | ModalView | HomeView;
type Largest = ReturnType<typeof largest>;

const CONFIGURATION = new Configuration(KINDS, new Map(), httpProblemText);
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

const SRC = new URL('../../src/', import.meta.url).pathname;
const TSCONFIG = new URL('../../tsconfig.json', import.meta.url).pathname;
const understood = { words: 'x'.repeat(300), timezone: ZONE };
const created = {
  responseUrl: `https://hooks.slack.com/actions/${'T0'.repeat(60)}`,
  draftId: DRAFT,
  channels: many(40, () => 'C0GENERAL00'),
  timezone: ZONE,
  times: 99,
  understood,
};

const TOKEN: Token = {
  id: ID,
  accountId: 1,
  name: '',
  rights: 'write',
  scopes: [ID],
  ...{ ownerId: null, purpose: '', creatorId: 'U0ANA', parentId: ID },
  createdBy: { id: 'U0ANA', name: 'Ana' },
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
  ...{ ownerId: 'U0ANA', tokenId: null },
  createdBy: { id: 'U0ANA', name },
  createdAt: later(0),
  revokedAt: null,
});

/**
 * Everything that is shown in Slack, by what draws it, each as large as it can be. A builder is an export of `src/slack`
 * that says it returns a Message, a ModalView or a HomeView, or that is one.
 */
const ROWS: Record<string, (at: Largest) => readonly (Drawn | undefined)[]> = {
  'app/slack/help.ts helpCommand': ({ texts }) => [helpCommand(texts(5000)), helpCommand('stop'), helpCommand('list')],
  'maintenance/slack/freeze-overrides.ts reopenedMessage': ({ all }) =>
    all.map((each) => reopenedMessage(each, ID, 'America/Argentina/Buenos_Aires')),
  'slack/context.ts failureMessage': ({ texts }) => [
    failureMessage(silent, cronInvalid({ reason: texts(5000) })),
    failureMessage(silent, new Error(texts(5000))),
  ],
  'slack/context.ts messageDialog': ({ texts }) => [messageDialog(successMessage(escapeMrkdwn(texts(5000))))],
  'home/slack/view.ts homeView': (at) =>
    (['none', 'viewer', 'operator', 'approver', 'admin'] as const).map((role) => {
      const from = (id: number, count: number) => many(count, (index) => at.maintenance({ id: id + index }));
      const part = <T>(shown: readonly T[]) => ({ shown, total: ID });
      return homeView({ accountId: 1, id: 'U0ANA', name: at.name, source: 'slack', role }, ZONE, {
        yours: { services: part(many(MAX_SHOWN.services, at.service)), windows: part(from(600, MAX_SHOWN.yours)) },
        active: part(from(100, MAX_SHOWN.active).map((each) => ({ ...each, status: 'in-progress' as const }))),
        waiting: part(from(500, MAX_SHOWN.waiting)),
        next: part(from(200, MAX_SHOWN.next)),
        own: part(from(300, MAX_SHOWN.own)),
        recent: from(400, MAX_SHOWN.recent).map((each) => ({ ...each, status: 'succeed' as const })),
        services: part(many(MAX_SHOWN.services, at.service)),
        days: listDaysAhead(T, ZONE),
        week: many(MAX_SHOWN.calendar, (index) => ({
          id: ID - index,
          name: at.name,
          status: 'scheduled' as const,
          start: later((index % 7) * 1440),
          end: later((index % 7) * 1440 + 120),
        })),
      });
    }),
  'checks/slack/messages.ts postCheckMessage': ({ events }) =>
    events.flatMap((each) => (each.type === 'maintenance.checks_unhealthy' ? [postCheckMessage(each)] : [])),
  'maintenance/slack/announcement.ts announcement': ({ all }) =>
    all.flatMap((each) =>
      (['internal', 'public'] as const).map((audience) => announcement(each, { audience, checks: ID })),
    ),
  'approvals/slack/messages.ts approvalRequest': ({ all, name }) =>
    all.flatMap((each) => [
      approvalRequest({ ...each, status: 'scheduled', approval: 'pending' }, { state: 'open' }),
      approvalRequest(each, { state: 'declined', by: { id: 'token:5', name } }),
      approvalRequest(each, { state: 'again' }),
      approvalRequest(each, { state: 'closed' }),
    ]),
  'slack/blocks.ts successMessage': ({ texts }) => [successMessage(escapeMrkdwn(texts(5000)))],
  'maintenance/slack/drafts.ts questionMessage': ({ texts, name }) => [
    questionMessage(
      texts(5000),
      DRAFT,
      many(9, () => name),
    ),
  ],
  'slack/blocks.ts errorMessage': ({ texts }) => [errorMessage(texts(5000), texts(5000))],
  'maintenance/slack/show.ts showMessage': ({ all, mute, comment }) =>
    all.map((each) => showMessage(each, { covered: ID, mutes: many(300, mute) }, many(200, comment), ZONE)),
  'slack/blocks.ts welcomeMessage': () => [welcomeMessage],
  'checks/slack/messages.ts checkList': ({ check, name }) => [
    checkList(many(PAGE_SIZE, check), { of: 'checks', service: ID, name, page: 9_999, total: 100_000 }),
  ],
  'catalogue/slack/commands.ts serviceList': ({ service }) => [
    serviceList(many(PAGE_SIZE, service), { page: 9_999, total: 100_000 }),
  ],
  'app/slack/help.ts help': () => [help],
  'app/slack/help.ts helpOn': ({ texts }) =>
    COMMANDS_HELP.flatMap((each) => [helpOn(each.name), helpOn(each.name, texts(5000))]),
  'app/slack/help.ts unknownCommandMessage': ({ texts }) => [unknownCommandMessage(texts(5000))],
  'app/slack/help.ts suggestHelp': ({ texts }) => COMMANDS_HELP.map((each) => suggestHelp(texts(5000), each)),
  'audit/slack/history.ts historyMessage': ({ events, name }) => {
    const services = new Map(many(300, (id) => [id + 1, name] as const));
    return events.map((each) =>
      historyMessage(
        { id: ID, name },
        many(PAGE_SIZE, () => each),
        { zone: ZONE, services },
        { page: 9_999, total: 100_000 },
      ),
    );
  },
  'delivery/slack/render.ts renderMessage': () => [
    renderMessage({ type: 'withdrawn-announcement' }),
    renderMessage({ type: 'withdrawn-comment' }),
  ],
  'maintenance/slack/list.ts listMessage': ({ maintenance, name }) => [
    listMessage(
      many(PAGE_SIZE, () => maintenance()),
      { of: 'list', kind: 'mine', service: ID, name, page: 9_999, total: 100_000 },
    ),
    listMessage([], { of: 'list', kind: 'mine', service: ID, name, page: 1, total: 0 }),
  ],
  'maintenance/slack/note.ts threadNote': ({ events, reminders }) =>
    [...events, ...reminders].flatMap((each) => [threadNote(each, 'internal'), threadNote(each, 'public')]),
  'comments/slack/forms.ts commentNote': ({ comment }) => [
    commentNote(comment(1), 'internal'),
    commentNote({ ...comment(1), internal: false }, 'public'),
  ],
  'comments/slack/forms.ts withdrawnComment': () => [withdrawnComment],
  'maintenance/slack/notice.ts noticeMessage': ({ events, all }) =>
    all.flatMap((each) => events.map((event) => noticeMessage(each, event))),
  'slack/paging.ts pagedMessage': ({ texts }) => [
    pagedMessage({
      title: 'things',
      lines: many(PAGE_SIZE, () => escapeMrkdwn(texts(500)).slice(0, 500)),
      total: 100_000,
      page: 9_999,
      valueFor: (page) => String(page).padStart(2000),
    }),
  ],
  'checks/slack/messages.ts withHealth': ({ check, name, texts }) => [
    withHealth(
      checkList(many(PAGE_SIZE, check), { of: 'checks', page: 9_999, total: 100_000 }),
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
  'maintenance/slack/preview.ts previewMessage': ({ draft, meant, name }) => {
    const window = { ...draft, kind: 'window' as const, start: T, end: later(132_000) };
    const services = many(300, () => name);
    const runs = many(5, (index) => ({ start: later(index), end: later(132_000 + index), freezes: [] }));
    return [true, false].map((mayOverride) =>
      previewMessage(DRAFT, window, services, ZONE, { ...meant, runs, mayOverride }),
    );
  },
  'maintenance/slack/preview.ts seriesPreview': ({ draft, meant, name, texts }) => [
    seriesPreview(
      DRAFT,
      { ...draft, kind: 'series', cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3', durationMinutes: 43_199 },
      many(300, () => name),
      ZONE,
      {
        ...meant,
        runs: many(5, (index) => ({ start: later(index), end: later(132_000 + index), freezes: meant.freezes })),
      },
      {
        words: texts(600),
        clockChange: { start: T, end: later(60), notice: 'x'.repeat(600) },
      },
    ),
  ],
  'maintenance/slack/note.ts reminderMessage': ({ reminders }) =>
    reminders.flatMap((each) => [reminderMessage(each, 'internal'), reminderMessage(each, 'public')]),
  'series/slack/commands.ts seriesList': ({ series }) =>
    [many(PAGE_SIZE, () => series), []].map((all) =>
      seriesList(all, { locale: 'en-US', timezone: ZONE }, { page: 9_999, total: 100_000 }),
    ),
  'series/slack/commands.ts seriesScheduledMessage': ({ series }) => [seriesScheduledMessage(series, ZONE)],
  'series/slack/commands.ts seriesChangedMessage': ({ series }) => [seriesChangedMessage(series, ZONE)],
  'settings/slack/overview.ts settingsMessage': ({ name, listedFreeze }) => [
    settingsMessage(
      {
        settings: {
          defaultRole: 'none',
          timezone: ZONE,
          defaultChannel: 'C0GENERAL',
          postCheckAfter: 1440,
          failingChannels,
          anonymousReads: true,
        },
        grants: many(300, () => ({ subject: 'S0PLATFORM', role: 'approver' as const })),
        scopes: many(300, (id) => ({
          id,
          name,
          description: '',
          reminders: many(10, () => 40_000),
          requiresApproval: true,
          visibility: 'public' as const,
        })),
        freezes: many(300, (id) => ({ ...listedFreeze(ID - id), createdBy: { id: 'U0ANA', name }, createdAt: T })),
      },
      ZONE,
    ),
  ],
  'calendars/slack.ts calendarList': ({ name }) => [
    calendarList(
      many(500, (id) => largestCalendar(name, id)),
      { scopes: [], services: [{ id: ID, name }] },
      `https://${'l'.repeat(200)}.example/calendar.ics?account=T0123456789`,
    ),
    calendarList([], { scopes: [], services: [] }, 'https://lull.example/calendar.ics'),
  ],
  'calendars/slack.ts calendarCreatedMessage': ({ name }) => [
    calendarCreatedMessage(
      largestCalendar(name, ID),
      { scopes: [], services: [{ id: ID, name }] },
      `https://${'l'.repeat(200)}.example/calendar/${'x'.repeat(32)}.ics`,
    ),
  ],
  'checks/slack/sync.ts syncPreviewMessage': ({ name }) => [syncPreviewMessage(largestSync(name))],
  'checks/slack/sync.ts syncDoneMessage': ({ name }) => [syncDoneMessage(largestSync(name))],
  'subscriptions/slack.ts subscriptionList': ({ name, texts }) => {
    const place = { id: ID, name };
    const all = many(300, (id) => ({
      id,
      channelKind: 'slack',
      channel: 'C0GENERAL',
      audience: 'internal' as const,
      scope: place,
      service: place,
      failure,
    }));
    return [
      subscriptionList(escapeMrkdwn(texts(300)), all, { id: 'C0GENERAL', isDefault: true }),
      subscriptionList('Subscribed.', [], { id: 'C0GENERAL', isDefault: false }),
    ];
  },
  'access/slack/secrets.ts secretList': ({ name }) => {
    const secrets = many(500, (id) => ({ id: ID - id, name, createdBy: { name } }));
    return [secretList(['Tokens'], secrets, () => ({ about: escapeMrkdwn(name) }), { title: 'Tokens', help: 'Help' })];
  },
  'access/slack/secrets.ts secretCreatedMessage': ({ name }) => [
    secretCreatedMessage({ id: ID, name, createdBy: { name } }, escapeMrkdwn(name), ['Copy it'], {
      created: (text) => text,
      createdHelp: String,
    }),
  ],
  'access/slack/tokens.ts tokenList': ({ name }) => [
    tokenList(
      many(500, (id) => ({ ...TOKEN, id: ID - id, name, createdBy: { id: 'U0ANA', name } })),
      [{ id: ID, name }],
    ),
    tokenList([], []),
  ],
  'access/slack/tokens.ts tokenCreatedMessage': ({ name }) => [
    tokenCreatedMessage({ ...TOKEN, name, scopes: many(500, () => ID) }, `lull_${'x'.repeat(32)}`, [{ id: ID, name }]),
  ],
  'maintenance/slack/announcement.ts withdrawnMessage': () => [withdrawnMessage],
  'maintenance/slack/transition-forms.ts cancelModal': ({ all }) => all.map((each) => cancelModal(each, ZONE)),
  'comments/slack/forms.ts commentModal': ({ all }) => all.map((each) => commentModal(each)),
  'maintenance/slack/window-form.ts createModal': ({ draft, service, check }) => [
    createModal(created),
    createModal(created, {
      window: { ...draft, kind: 'window', start: T, end: later(132_000) },
      services: many(300, service),
      checks: many(300, check),
    }),
  ],
  'maintenance/slack/window-form.ts drawCreate': ({ form, texts }) => [
    drawCreate(
      created,
      form,
      many(40, () => escapeMrkdwn(texts(1000))),
    ),
  ],
  'series/slack/form.ts createSeriesModal': ({ draft, series, service, check }) => [
    createSeriesModal(created),
    createSeriesModal(created, {
      series: { ...draft, kind: 'series', cron: series.cron, durationMinutes: 43_199 },
      services: many(300, service),
      checks: many(300, check),
    }),
  ],
  'series/slack/form.ts drawCreateSeries': ({ form, texts, series }) => [
    drawCreateSeries(
      created,
      { ...form, cron: series.cron, timezone: ZONE, duration: '43199', duringFreeze: 'skip' },
      many(40, () => escapeMrkdwn(texts(1000))),
    ),
  ],
  'approvals/slack/listeners.ts approveSeriesModal': ({ series }) => [approveSeriesModal(series, new Date(0))],
  'approvals/slack/listeners.ts declineModal': ({ all }) => all.map((each) => declineModal(each, ZONE)),
  'maintenance/slack/window-form.ts drawEdit': ({ all, form, texts }) =>
    all.map((maintenance) =>
      drawEdit(
        { id: ID, version: ID, event: ID, timezone: ZONE, generation: 99, times: 99, understood },
        maintenance,
        form,
        many(40, () => escapeMrkdwn(texts(1000))),
        { news: many(40, () => escapeMrkdwn(texts(1000))), asksReason: true },
      ),
    ),
  'maintenance/slack/transition-forms.ts extendModal': ({ all, texts }) =>
    all.map((each) => extendModal(each, ZONE, [escapeMrkdwn(texts(5000))], { asksReason: true })),
  'maintenance/slack/transition-forms.ts finishModal': ({ all }) => all.map((each) => finishModal(each)),
  'maintenance/slack/freeze-overrides.ts overrideModal': ({ texts }) => [
    overrideModal({ draftId: DRAFT, responseUrl: created.responseUrl }, escapeMrkdwn(texts(5000))),
  ],
  'series/slack/form.ts drawSeries': ({ form, texts, series }) => [
    drawSeries(
      {
        id: ID,
        version: ID,
        event: ID,
        timezone: ZONE,
        generation: 99,
        times: 99,
        understood,
        responseUrl: created.responseUrl,
      },
      { ...form, cron: series.cron, timezone: ZONE, duration: '43199', duringFreeze: 'skip' },
      many(40, () => escapeMrkdwn(texts(1000))),
      many(40, () => escapeMrkdwn(texts(1000))),
    ),
  ],
  'subscriptions/slack.ts subscribeModal': ({ name }) => {
    const place = { id: ID, name };
    const all = many(300, (id) => ({
      id,
      channelKind: 'slack',
      channel: 'C0GENERAL',
      audience: 'internal' as const,
      scope: place,
      service: place,
      failure,
    }));
    return [subscribeModal({ channel: 'C0GENERAL', responseUrl: created.responseUrl }, subscriptionLine(all, true))];
  },
  'slack/form.ts modal': () => [
    modal('maintenance.cancel', { title: 'x'.repeat(24), submit: 'x'.repeat(24), close: 'x'.repeat(24) }, ID, [
      textInput('text', 'x'.repeat(2000), { value: 'x'.repeat(3000) }),
    ]),
  ],
  'maintenance/slack/show.ts wholeModal': ({ all }) =>
    all.flatMap((each) => many(9, (page) => wholeModal(each, page + 1))),
  'slack/record-form.ts drawForm': (at) => filledForms(at).flatMap((form) => drawAsNewAndMerged(form, at)),
  'settings/slack/overview.ts settingsModal': ({ name, listedFreeze }) => [
    settingsModal(
      {
        settings: {
          defaultRole: 'none',
          timezone: ZONE,
          defaultChannel: 'C0GENERAL',
          postCheckAfter: 1440,
          failingChannels,
          anonymousReads: true,
        },
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
        freezes: many(300, listedFreeze),
        providers: many(100, (index) => provider(name, index % 2 === 0)),
        kinds: CONFIGURATION.described(),
      },
      ID,
      ZONE,
    ),
  ],
  'comments/slack/forms.ts commentForm': ({ texts, maintenance }) => [
    commentForm(texts(10_000), maintenance()),
    commentForm('', undefined),
  ],
  'comments/slack/forms.ts audienceForm': ({ comment, maintenance }) => [audienceForm(comment(ID), maintenance())],
};

/** The forms of the settings, each as large as it can be. */
function filledForms({ name, texts, check, service }: Largest): FilledForm[] {
  return [
    fillDefaultsForm({
      defaultRole: 'approver',
      timezone: ZONE,
      defaultChannel: 'C0GENERAL',
      postCheckAfter: 1440,
      anonymousReads: true,
    }),
    fillDefaultsForm({
      defaultRole: 'none',
      timezone: ZONE,
      defaultChannel: null,
      postCheckAfter: 1440,
      anonymousReads: true,
    }),
    fillRoleForm(),
    fillFreezeForm(ZONE),
    fillAddCheckForm(many(300, (index) => `${index}${name}`.slice(0, 64))),
    fillCheckForm(check(1), many(100, service)),
    fillCheckForm({ ...check(1), tags: [texts(2000).replaceAll(',', '')] }, many(300, service)),
    fillScopeForm(undefined),
    ...[3000, 10_000].map((length) =>
      fillScopeForm({
        id: ID,
        name,
        description: texts(length),
        visibility: 'internal',
        reminders: many(10, (index) => 43_200 - index),
        requiresApproval: true,
      }),
    ),
    fillServiceForm(undefined, []),
    ...[100, 300].map((count) =>
      fillServiceForm(
        {
          ...service(ID),
          description: texts(3000),
          visibility: 'internal',
          owners: many(20, (index) => `U0${index}`.padEnd(31, 'X')),
          checks: [],
        },
        many(count, check),
      ),
    ),
    ...CONFIGURATION.described().flatMap((kind) => {
      const settings = { url: texts(5000), off: { body: texts(5000) }, tags: many(100, () => name), margin: ID };
      return [fillConnectForm(kind), fillProviderForm({ ...provider(name, true), settings }, kind)];
    }),
  ];
}

/** A form as it is opened, and as it is shown to the second of two people who changed all or none of the same fields. */
function drawAsNewAndMerged(form: FilledForm, at: Largest): ModalView[] {
  const values = listInputs(form).map(({ field, value }): [string, InputValue] => [field.name, value]);
  const metadata = {
    origin: ORIGIN,
    id: at.name,
    opened: { seen: fingerprints(comparable(values)), event: ID, generation: ID },
  };
  const mine = new Map(values);
  for (const { field } of listInputs(form)) {
    if (field.element.type === 'plain_text_input') {
      mine.set(field.name, { value: at.texts(field.element.max_length ?? 3000) });
    }
  }
  const fields = [...mine.keys()];
  const events = at.events.slice(0, 10).map((event) => ({ event, fields }));
  const merges = [
    { theirs: fields, mine: [], disputed: fields },
    { theirs: [], mine: fields, disputed: [] },
  ];
  return [
    drawForm('settings.scope', form, { origin: ORIGIN }),
    drawForm('settings.scope', form, metadata),
    ...merges.map((merge) => {
      const merged = mergeForm(form, mine, { merge, events });
      return drawForm('settings.scope', merged.form, metadata, merged.news);
    }),
  ];
}

/** The names of all builders, by their file, as the compiler sees their types. */
function builders(): string[] {
  const program = createProgram({
    ...DEFAULT_CONFIG,
    path: join(SRC, '{**/slack/**/*.ts,*/slack.ts}'),
    tsconfig: TSCONFIG,
    skipTypeCheck: true,
  });
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const file of program.getSourceFiles()) {
    const path = relative(SRC, file.fileName);
    const module = checker.getSymbolAtLocation(file);
    if (module === undefined || !/^(?!\.\.).*\bslack\b/.test(path)) continue;
    for (const { name, valueDeclaration } of checker.getExportsOfModule(module)) {
      if (valueDeclaration === undefined) continue;
      const type = checker.getTypeAtLocation(valueDeclaration);
      const drawn = checker.getNonNullableType(type.getCallSignatures()[0]?.getReturnType() ?? type);
      if (/^(?:Message|ModalView|HomeView)$/.test(checker.typeToString(drawn))) found.push(`${path} ${name}`);
    }
  }
  return found.sort();
}

const types = createRequire(import.meta.url)
  .resolve('@slack/types')
  .replace(/\.js$/, '.d.ts');
const generator = createGenerator({ path: types, skipTypeCheck: true, additionalProperties: false });
const schema = (type: string) =>
  new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(generator.createSchema(type))));
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

test('everything that is shown in Slack has its row', { timeout: 120_000 }, () => {
  expect(builders()).toEqual(Object.keys(ROWS).sort());
});

const made = new Map(FILLINGS.map((filling) => [filling, largest(filling)]));
const largestOf = (filling: Filling) => made.get(filling) ?? expect.unreachable();

describe.each(Object.entries(ROWS))('%s', (_, row) => {
  test.each(FILLINGS)('is taken by Slack at its largest, full of %j', (filling) => {
    const all = row(largestOf(filling)).filter((drawn) => drawn !== undefined);
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
