import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RateLimits, type SlackCall } from '../../../src/slack/connection/rate-limits.ts';

let now: number;
let limits: RateLimits;
beforeEach(() => {
  now = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  limits = new RateLimits();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const post = (caller: string, rank = 0): SlackCall => ({ method: 'chat.postMessage', caller, rank });
const update = (caller: string): SlackCall => ({ method: 'chat.update', caller, rank: 2 });
/** Slack rejects calls of two channels, as it does when the workspace reached its limit. */
const rejectAll = () => {
  limits.rejected(post('C1'), 1);
  limits.rejected(post('C2'), 1);
};

test('nothing waits before Slack rejected a call', () => {
  for (let i = 0; i < 1000; i++) expect(limits.admit(post(`C${i}`))).toBe(0);
});

test('a channel that posted too often waits for as long as Slack says, and no other channel does', () => {
  expect(limits.rejected(post('C1'), 2)).toBe(2_000);
  expect(limits.admit(post('C2'))).toBe(0);
  now += 1_500;
  expect(limits.admit(post('C1', 1))).toBeGreaterThan(0);
  now += 500;
  expect(limits.admit(post('C1'))).toBe(0);
});

test('a method that Slack limits in one workspace waits for all its callers, and other methods do not', () => {
  limits.rejected(update('C1'), 3);
  expect(limits.admit(update('C2'))).toBeGreaterThanOrEqual(3_000);
  expect(limits.admit(post('C2'))).toBe(0);
});

test('when two channels were rejected, all wait in line, and come back one after another at the rate of the limit', () => {
  rejectAll();
  const waits = Array.from({ length: 20 }, (_, i) => limits.admit(post(`T${i}`)));
  expect(waits.every((wait) => wait >= 1_000)).toBe(true);
  expect((waits.at(-1) ?? 0) - (waits[10] ?? 0)).toBe(9 * 200);
});

test('each caller that comes back when it was told to may call', () => {
  rejectAll();
  const due = Array.from({ length: 20 }, (_, i) => post(`T${i}`)).map((call) => ({
    call,
    at: now + limits.admit(call),
  }));
  for (const { call, at } of due.sort((a, b) => a.at - b.at)) {
    now = Math.max(now, at);
    expect(limits.admit(call)).toBe(0);
  }
});

test('a caller that asks first has a place, and takes none of the calls before it makes one', () => {
  limits.rejected(update('C1'), 3);
  const wait = limits.wait(update('C2'));
  expect(wait).toBeGreaterThanOrEqual(3_000);
  now += wait;
  for (let i = 0; i < 100; i++) expect(limits.wait(update('C2'))).toBe(0);
  expect(limits.admit(update('C2'))).toBe(0);
  expect(limits.admit(update('C1'))).toBe(0);
});

test('announcements are posted before notes that waited longer', () => {
  rejectAll();
  const notes = Array.from({ length: 30 }, (_, i) => post(`N${i}`, 1));
  const waits = notes.map((note) => limits.admit(note));
  const wait = limits.admit(post('C9'));
  expect(waits.filter((each) => each < wait)).toEqual([]);
  now += wait;
  for (const note of notes) limits.admit(note);
  expect(limits.admit(post('C9'))).toBe(0);
});

test('the place of a caller that does not come back is given up', () => {
  rejectAll();
  for (let i = 0; i < 100; i++) limits.admit(post(`T${i}`));
  now += 60_000;
  expect(limits.admit(post('C9', 1))).toBe(0);
  expect(limits.admit(post('C9', 1))).toBe(0);
});

test('half a minute after the last rejection calls no longer wait in line', () => {
  limits.rejected(post('C1'), 1);
  const others = Array.from({ length: 100 }, (_, i) => post('C1', 1 + i));
  for (const call of others) limits.admit(call);
  now += 25_000;
  for (const call of others) limits.admit(call);
  expect(limits.admit(post('C1', 200))).toBeGreaterThan(0);
  now += 7_000;
  expect(others.map((call) => limits.admit(call))).toEqual(others.map(() => 0));
});

test('a channel loses none of its calls while it waits for the limit of the workspace', () => {
  rejectAll();
  now += 1_000;
  for (let i = 0; limits.admit(post(`T${i}`)) === 0; i++);
  const wait = limits.admit(post('C1'));
  expect(wait).toBeGreaterThan(0);
  now += wait;
  expect(limits.admit(post('C1'))).toBe(0);
});
