import type { CheckState } from '../../rules.ts';
import type { ProviderContext } from '../kind.ts';
import {
  AUTHOR,
  type DowntimeMark,
  type DowntimeState,
  downtimeComment,
  downtimeEnd,
  type Provider,
  readMark,
  removedByHand,
  type Target,
} from '../provider.ts';
import { switchEach } from '../requests.ts';
import type { AlertmanagerApi, Silence } from './api.ts';
import { readMatchers, sameMatchers } from './matchers.ts';

/** A silence begins this long ago (milliseconds): one that begins in Alertmanager's future would be pending until then. */
const BEGUN = 24 * 3600_000;

/** A silence of Lull's with what it says of itself. */
interface Own {
  readonly silence: Silence;
  readonly mark: DowntimeMark;
}

/**
 * Silences, one for each check, whose id over there is a list of matchers. Alertmanager does not know checks: alerts come
 * and go, so there is nothing to list.
 *
 * It writes its silences to disk every quarter of an hour: one that is killed forgets those put since, and remembers those
 * taken away since. So `read` tells one that is lost from one that a hand expired.
 * @param margin minutes
 */
export function alertmanager(api: AlertmanagerApi, { publicUrl, now }: ProviderContext, margin: number): Provider {
  /** Lull's own silences by check, those that end last first. */
  const ownSilences = async (signal: AbortSignal): Promise<Map<string, Own[]>> => {
    const own = new Map<string, Own[]>();
    for (const silence of await api.silences(signal)) {
      const mark = silence.createdBy === AUTHOR ? readMark(silence.comment, publicUrl) : undefined;
      if (mark === undefined) continue;
      own.set(mark.check, [...(own.get(mark.check) ?? []), { silence, mark }]);
    }
    for (const each of own.values()) each.sort((a, b) => b.silence.endsAt.getTime() - a.silence.endsAt.getTime());
    return own;
  };

  const takeAway = async (silence: Silence, check: string, signal: AbortSignal): Promise<void> => {
    const { id, matchers, startsAt, endsAt } = silence;
    const comment = removedByHand(check, publicUrl);
    // Said first, since expired it cannot be changed: what is expired without these words was expired by a hand.
    const changed = await api.put({ id, matchers, startsAt, endsAt, createdBy: AUTHOR, comment }, signal);
    await api.expire(changed, signal);
  };

  return {
    form: 'downtime',
    async read(targets, signal) {
      const own = await ownSilences(signal);
      const states = new Map<string, CheckState>();
      for (const { id } of targets) {
        const state = stateOf(own.get(id) ?? []);
        if (state !== undefined) states.set(id, state);
      }
      return states;
    },
    async present(signal) {
      const own = await ownSilences(signal);
      return new Set([...own].filter(([, each]) => lying(each).length > 0).map(([id]) => id));
    },
    async switchOff(targets, signal) {
      const own = await ownSilences(signal);
      return switchEach(targets, signal, async (check: DowntimeState) => {
        const matchers = readMatchers(check.externalId);
        const present = lying(own.get(check.id) ?? []);
        const kept = present.find(
          ({ mark, silence }) => mark.ends !== null && sameMatchers(silence.matchers, matchers),
        );
        const endsAt = downtimeEnd(check, now(), margin);
        const comment = downtimeComment(check, endsAt, publicUrl);
        if (kept?.silence.endsAt.getTime() !== endsAt.getTime() || kept.silence.comment !== comment) {
          const startsAt = kept?.silence.startsAt ?? new Date(now().getTime() - BEGUN);
          const id = kept?.silence.id;
          await api.put({ ...(id ? { id } : {}), matchers, startsAt, endsAt, createdBy: AUTHOR, comment }, signal);
        }
        for (const { silence } of present) {
          if (silence !== kept?.silence) await takeAway(silence, check.id, signal);
        }
      });
    },
    async switchOn(targets, signal) {
      const own = await ownSilences(signal);
      return switchEach(targets, signal, async ({ id }: Target) => {
        for (const { silence } of lying(own.get(id) ?? [])) await takeAway(silence, id, signal);
      });
    },
  };
}

function lying(own: readonly Own[]): Own[] {
  return own.filter(({ silence }) => silence.status.state !== 'expired');
}

/** @param own of one check, those that end last first */
function stateOf(own: readonly Own[]): CheckState | undefined {
  if (lying(own).some(({ mark }) => mark.ends !== null)) return 'off';
  const [last] = own;
  const early = last?.mark.ends && last.silence.endsAt < last.mark.ends;
  return early ? 'on' : undefined;
}
