import { setTimeout as sleep } from 'node:timers/promises';
import { CHANNELS } from '../../src/playground/server.ts';
import type { LullProcess } from './lull-process.ts';
import { query } from './postgres.ts';
import { CHECKS, OFF_BEFORE, type ServiceName, type Site } from './site.ts';

/** A start or an end that is later than this is said to be late. */
const LATE_AFTER_MS = 60_000;
/** How late a start or an end may be while nothing is wrong, on a machine that has other things to do. */
const PUNCTUAL_MS = 15_000;

/** How long everything may take to be right after a fault: longer than any pause before a retry that matters here. */
const RIGHT_TIMEOUT_MS = 180_000;
const LOOK_EVERY_MS = 300;

interface Window {
  readonly id: number;
  readonly name: string;
  readonly status: 'scheduled' | 'in-progress' | 'succeed' | 'failed' | 'canceled';
  readonly missed: boolean;
  readonly start: Date;
  readonly end: Date;
  readonly ends_at: Date | null;
  readonly services: readonly ServiceName[];
}

interface Event {
  readonly id: number;
  readonly type: string;
  readonly at: Date;
  readonly source: string;
  readonly internal: boolean;
  readonly maintenance_id: number;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What the database says. */
interface Stored {
  readonly windows: readonly Window[];
  readonly events: readonly Event[];
  readonly comments: readonly { readonly text: string; readonly maintenance_id: number }[];
  readonly notes: readonly { readonly key: string; readonly event_id: number; readonly announcement_id: string }[];
  readonly announcements: readonly { readonly id: string; readonly maintenance_id: number; readonly channel: string }[];
  readonly deliveries: readonly { readonly id: string; readonly event_id: number; readonly state: string }[];
  readonly mutes: number;
  readonly register: readonly { readonly name: string; readonly enabled: boolean }[];
  readonly jobs: readonly { readonly key: string; readonly last_error: string | null; readonly taken: boolean }[];
}

/** A message as Slack has it. */
interface SlackMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks?: unknown;
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly metadata?: { readonly event_payload?: { readonly key?: string } };
}

/** How a live message shows the status of its window. */
const SHOWN_AS: Readonly<Record<Window['status'], RegExp>> = {
  scheduled: /Scheduled/,
  'in-progress': /In progress/,
  succeed: /Done|Completed/,
  failed: /Failed|Missed|Did not run/,
  canceled: /Canceled/,
};

/** Events that a thread has a note about, in public channels too unless they are internal. */
const NOTED = [
  ...['maintenance.started', 'maintenance.finished', 'maintenance.canceled', 'maintenance.missed'],
  ...['maintenance.extended', 'maintenance.checks_switched'],
];

/** Waits until everything is as it should be. @returns the findings that are left after three minutes */
export async function awaitRight(site: Site): Promise<readonly string[]> {
  const begun = performance.now();
  for (;;) {
    const findings = await listFindings(site).catch((error: unknown) => [`it could not be judged: ${error}`]);
    const waited = performance.now() - begun;
    if (findings.length === 0) {
      site.rightAfterMs.push(waited);
      return [];
    }
    if (waited > RIGHT_TIMEOUT_MS) return findings;
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Everything that is not as it should be, judged from outside: the database, the workspace and the monitoring system are
 * compared with each other, with what people and tools were told, and with the clock. Lull's own rules are not asked.
 */
async function listFindings(site: Site): Promise<readonly string[]> {
  const stored = await read(site.databaseUrl);
  return [
    ...findUnpunctual(site, stored),
    ...(await findWrongMessages(site, stored)),
    ...findWrongChecks(site, stored),
    ...findWrongDeliveries(site, stored),
    ...findLost(site, stored),
    ...stored.jobs.map(({ key, last_error, taken }) => `the job ${key} is ${taken ? 'taken' : 'left'}: ${last_error}`),
    ...[...site.instances, ...site.removed].flatMap(({ lull }) => findCrashes(lull)),
  ];
}

async function read(url: string): Promise<Stored> {
  const [row] = await query<Stored>(
    url,
    `select
      (select coalesce(json_agg(w), '[]') from (
        select id, name, status, missed, scheduled_start_date as start, scheduled_end_date as end, ends_at, (
          select coalesce(json_agg(s.name), '[]') from maintenance_services ms join services s on s.id = ms.service_id
          where ms.maintenance_id = m.id) as services
        from maintenances m order by id) w) as windows,
      (select coalesce(json_agg(e), '[]') from (
        select id, type, at, source, internal, maintenance_id, before, after from audit_events
        where maintenance_id is not null order by id) e) as events,
      (select coalesce(json_agg(c), '[]') from (select text, maintenance_id from comments) c) as comments,
      (select coalesce(json_agg(p), '[]') from (select id as key, event_id, announcement_id from posts) p) as notes,
      (select coalesce(json_agg(a), '[]') from (select id, maintenance_id, channel from announcements) a) as announcements,
      (select coalesce(json_agg(d), '[]') from (
        select id, event_id, state from webhook_deliveries where event_id is not null) d) as deliveries,
      (select count(*)::int from mutes where released_at is null and (outcome in ('pending', 'failed') or ended_at is not null)) as mutes,
      (select coalesce(json_agg(c), '[]') from (
        select name, enabled from checks where provider = 'builtin') c) as register,
      (select coalesce(json_agg(j), '[]') from (
        select key, last_error, locked_by is not null as taken from graphile_worker.jobs
        where locked_by is not null or run_at <= now() or last_error is not null) j) as jobs`,
  );
  if (row === undefined) throw new Error('nothing was read');
  const dates = <Row extends object>(rows: readonly Row[], names: readonly (keyof Row)[]) =>
    rows.map((each) => ({
      ...each,
      ...Object.fromEntries(names.flatMap((name) => (each[name] ? [[name, new Date(String(each[name]))]] : []))),
    }));
  return { ...row, windows: dates(row.windows, ['start', 'end', 'ends_at']), events: dates(row.events, ['at']) };
}

/** Every window started and ended on time, or is marked late or missed and Lull could not work then. */
function findUnpunctual(site: Site, { windows, events }: Stored): string[] {
  const now = site.now();
  const wasDown = (from: number, to: number) => site.outages.some((outage) => outage.from <= to && outage.to >= from);
  const found: string[] = [];
  for (const { id, name, status, missed, start, end, ends_at: endsAt } of windows) {
    const say = (text: string) => found.push(`window ${id} (${name}) ${text}`);
    const own = events.filter((event) => event.maintenance_id === id);
    if (status === 'scheduled' && start.getTime() < now) say('has not started');
    if (status === 'in-progress' && (endsAt === null || endsAt.getTime() < now)) say('has not ended');
    if (missed && !wasDown(start.getTime(), end.getTime())) say('was missed, although Lull was running');
    for (const type of ['maintenance.started', 'maintenance.finished', 'maintenance.missed', 'maintenance.canceled']) {
      const times = own.filter((event) => event.type === type).length;
      if (times > 1) say(`has ${times} events ${type}`);
    }
    for (const { type, at, source, before, after } of own) {
      if (source !== 'lull') continue;
      const plan = type === 'maintenance.started' ? start : type === 'maintenance.finished' ? endOf(before) : undefined;
      if (plan === undefined) continue;
      const lateBy = at.getTime() - plan.getTime();
      if (lateBy < 0) say(`${type} ${-lateBy} ms early`);
      if (lateBy > LATE_AFTER_MS + 1_000 && !after?.late_by_minutes) say(`${type} late, and is not marked so`);
      if (lateBy > PUNCTUAL_MS && !wasDown(plan.getTime(), at.getTime()))
        say(`${type} ${lateBy} ms late without cause`);
    }
  }
  return found;
}

function endOf(before: Event['before']): Date | undefined {
  const end = before?.ends_at ?? before?.scheduled_end_date;
  return typeof end === 'string' ? new Date(end) : undefined;
}

/** One live message for each channel and window, with its status; each event in its thread once. */
async function findWrongMessages(site: Site, { windows, events, notes, announcements, comments }: Stored) {
  const found: string[] = [];
  for (const [channelName, channel] of [
    ['#ops', CHANNELS.ops],
    ['#status', CHANNELS.status],
  ] as const) {
    const messages = await readChannel(site, channel);
    const byBot = messages.filter(({ bot_id }) => bot_id !== undefined);
    for (const key of duplicates(byBot.flatMap(({ metadata }) => metadata?.event_payload?.key ?? []))) {
      found.push(`${channelName} has the message ${key} more than once`);
    }
    for (const { id, name, status } of windows) {
      const say = (text: string) => found.push(`${channelName}: window ${id} (${name}) ${text}`);
      const announcement = announcements.find((each) => each.channel === channel && each.maintenance_id === id);
      const live = byBot.filter(({ metadata }) => metadata?.event_payload?.key === announcement?.id);
      const named = byBot.filter((each) => isRoot(each) && textOf(each).includes(name));
      if (live.length !== 1 || named.length !== 1) {
        say(`has ${live.length} live messages, and ${named.length} messages name it`);
        continue;
      }
      const [message] = live;
      if (message === undefined) continue;
      if (!SHOWN_AS[status].test(textOf(message))) say(`is ${status}, and its message shows: ${message.text}`);
      const thread = messages.filter(({ thread_ts, ts }) => thread_ts === message.ts && ts !== message.ts);
      for (const event of events) {
        if (event.maintenance_id !== id || !NOTED.includes(event.type)) continue;
        if (event.internal && channel !== CHANNELS.ops) continue;
        const keys = notes.filter((each) => each.event_id === event.id && each.announcement_id === announcement?.id);
        const posted = thread.filter(({ metadata }) =>
          keys.some(({ key }) => key === metadata?.event_payload?.key),
        ).length;
        if (posted !== 1) say(`has ${posted} notes about ${event.type}`);
      }
      if (channel !== CHANNELS.ops) continue;
      for (const { text, maintenance_id } of comments) {
        if (maintenance_id !== id) continue;
        const shown = thread.filter((each) => textOf(each).includes(text)).length;
        if (shown !== 1) say(`shows the comment "${text}" ${shown} times`);
      }
    }
  }
  return found;
}

const isRoot = ({ ts, thread_ts }: SlackMessage) => thread_ts === undefined || thread_ts === ts;
const textOf = ({ text, blocks }: SlackMessage) => JSON.stringify([text, blocks]);

/** All messages of a channel, with their threads. */
async function readChannel({ playground }: Site, channel: string): Promise<SlackMessage[]> {
  const ask = async (method: string, parameters: Record<string, string>) => {
    const url = `${playground.apiUrl}${method}?${new URLSearchParams({ channel, limit: '999', include_all_metadata: 'true', ...parameters })}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${playground.botToken}` } });
    const answer = (await response.json()) as { ok: boolean; error?: string; messages?: SlackMessage[] };
    if (!answer.ok) throw new Error(`${method} answered ${answer.error}`);
    return answer.messages ?? [];
  };
  const all = await ask('conversations.history', {});
  const threads = all.filter((each) => isRoot(each) && 'reply_count' in each);
  const replies = await Promise.all(threads.map(({ ts }) => ask('conversations.replies', { ts })));
  return [...new Map([...all, ...replies.flat()].map((message) => [message.ts, message])).values()];
}

/** A check is muted if and only if a window in progress mutes it; what was off before stays off. */
function findWrongChecks({ nodeping }: Site, { windows, mutes, register }: Stored): string[] {
  const running = new Set(windows.filter(({ status }) => status === 'in-progress').flatMap(({ services }) => services));
  const found: string[] = mutes === 0 ? [] : [`${mutes} mutes are not settled`];
  const compare = (check: string, off: boolean, wanted: boolean) => {
    if (off !== wanted) found.push(`the check ${check} is ${off ? 'off' : 'on'}; in progress: ${[...running].join()}`);
  };
  for (const [id, services] of Object.entries(CHECKS)) {
    const off = nodeping.checks.get(id)?.enable === 'inactive';
    compare(id, off, id === OFF_BEFORE || services.some((service) => running.has(service)));
  }
  for (const { name, enabled } of register) {
    compare(name, !enabled, running.has(name.replace('register ', '') as ServiceName));
  }
  return found;
}

/** Each event reached the webhook at least once, always with the same id and the same words. */
function findWrongDeliveries({ received }: Site, { events, deliveries }: Stored): string[] {
  const found: string[] = [];
  const bodies = new Map<string, Set<string>>();
  for (const { id, body } of received) bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
  const known = new Set(deliveries.map(({ id }) => id));
  for (const [id, each] of bodies) {
    if (each.size > 1) found.push(`the webhook message ${id} came with ${each.size} bodies`);
    if (!known.has(id)) found.push(`the webhook message ${id} is not in the database`);
  }
  const byEvent = groupBy(deliveries, ({ event_id }) => event_id);
  for (const { id, type } of events) {
    const own = byEvent.get(id) ?? [];
    if (own.length !== 1) found.push(`the event ${id} (${type}) has ${own.length} webhook messages`);
    for (const { id: key, state } of own) {
      if (state !== 'delivered' || !bodies.has(key)) {
        found.push(
          `the webhook message ${key} about ${type} is ${state}, and was ${bodies.has(key) ? '' : 'not '}received`,
        );
      }
    }
  }
  return found;
}

/** What was answered with success is in the database, once. */
function findLost({ ledger }: Site, { windows, comments, events }: Stored): string[] {
  const found: string[] = [];
  for (const [name, { acknowledged }] of ledger.windows) {
    const { length } = windows.filter((window) => window.name === name);
    if (length > 1 || (acknowledged && length === 0)) found.push(`there are ${length} windows ${name}`);
  }
  for (const [text, { acknowledged }] of ledger.comments) {
    const { length } = comments.filter((comment) => comment.text === text);
    if (length > 1 || (acknowledged && length === 0)) found.push(`there are ${length} comments "${text}"`);
  }
  const types = { finish: 'maintenance.finished', cancel: 'maintenance.canceled', extend: 'maintenance.extended' };
  for (const { maintenanceId, to } of ledger.changes) {
    if (!events.some(({ maintenance_id: id, type }) => id === maintenanceId && type === types[to])) {
      found.push(`${to} of window ${maintenanceId} was answered with success, and did not happen`);
    }
  }
  return found;
}

/** Errors of a program rather than of what it needs. */
const BUGS = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AssertionError'];

/** No crash, no rejection that nobody handles, no stack trace outside the log. */
function findCrashes({ log, ended }: LullProcess): string[] {
  const found = [...ended];
  for (const line of log.split('\n').slice(0, -1)) {
    if (line === '' || /^(Lull is ready at|Admin token: )/.test(line)) continue;
    let entry: { level?: number; msg?: string; error?: { type?: string } };
    try {
      entry = JSON.parse(line);
    } catch {
      found.push(`it wrote: ${line}`);
      continue;
    }
    if ((entry.level ?? 0) >= 60 || BUGS.includes(entry.error?.type ?? ''))
      found.push(`it logged: ${line.slice(0, 1000)}`);
  }
  return found;
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function duplicates(keys: readonly string[]): string[] {
  return [...groupBy(keys, (key) => key)].flatMap(([key, all]) => (all.length > 1 ? [key] : []));
}
