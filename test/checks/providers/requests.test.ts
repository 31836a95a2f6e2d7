import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { forEachCheck, switchEach, TransientError, withRetries } from '../../../src/checks/providers/requests.ts';

const { signal } = new AbortController();
const target = (id: string) => ({ id, externalId: id });

describe('a request that is harmless twice', () => {
  test('is sent again after a transient failure, at most three times', async () => {
    let sent = 0;
    const twice = withRetries(signal, async () => {
      sent++;
      if (sent < 3) throw new TransientError('busy', { pause: 1 });
      return 'done';
    });
    expect(await twice).toBe('done');
    sent = 0;
    const never = withRetries(signal, async () => {
      sent++;
      throw new TransientError('busy', { pause: 1 });
    });
    await expect(never).rejects.toThrow('busy');
    expect(sent).toBe(3);
  });

  test('is not sent again after a refusal, nor after its timeout', async () => {
    let sent = 0;
    const refused = withRetries(signal, async () => {
      sent++;
      throw new Error('403');
    });
    await expect(refused).rejects.toThrow('403');
    const over = new AbortController();
    const late = withRetries(over.signal, async () => {
      sent++;
      over.abort(new Error('over'));
      throw new TransientError('busy', { pause: 60_000 });
    });
    await expect(late).rejects.toThrow();
    expect(sent).toBe(2);
  });
});

describe('work for many', () => {
  test('is done for a few at a time, with results in order', async () => {
    let [now, most] = [0, 0];
    const results = await forEachCheck(
      [5, 1, 4, 2, 3, 0],
      signal,
      async (one) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, one));
        now--;
        return one * 10;
      },
      { concurrency: 3 },
    );
    expect(results.map((result) => result.ok && result.value)).toEqual([50, 10, 40, 20, 30, 0]);
    expect(most).toBe(3);
  });

  test('has a result for each check, also for those that did not begin', async () => {
    const over = new AbortController();
    const answers = await switchEach(
      ['a', 'b', 'c', 'd'].map(target),
      over.signal,
      async ({ id }) => {
        if (id === 'b') throw new Error('locked by an admin');
        if (id === 'c') over.abort(new DOMException('over', 'TimeoutError'));
      },
      { concurrency: 1 },
    );
    expect([...answers]).toEqual([
      ['a', { ok: true }],
      ['b', { ok: false, error: 'locked by an admin' }],
      ['c', { ok: true }],
      ['d', { ok: false, error: 'it did not answer in time', unanswered: true }],
    ]);
  });

  test('that is stopped ends what began, without retries, and says what did not begin', async () => {
    const stop = new AbortController();
    let sent = 0;
    const answers = await switchEach(
      ['a', 'b', 'c'].map(target),
      signal,
      async ({ id }) => {
        sent++;
        await nextTurn();
        stop.abort();
        if (id === 'b') throw new TransientError('busy', { pause: 60_000 });
      },
      { concurrency: 2, stop: stop.signal },
    );
    expect([...answers]).toEqual([
      ['a', { ok: true }],
      ['b', { ok: false, error: 'busy', unanswered: true }],
      ['c', { ok: false, error: 'it is no longer wanted', notBegun: true }],
    ]);
    expect(sent).toBe(2);
  });
});
