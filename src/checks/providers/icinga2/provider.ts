import type { ListedCheck } from '../../repository.ts';
import type { ProviderContext } from '../kind.ts';
import {
  AUTHOR,
  type DowntimeState,
  downtimeComment,
  downtimeEnd,
  type Provider,
  readMark,
  type SwitchResult,
} from '../provider.ts';
import { switchEach } from '../requests.ts';
import type { Downtime, Icinga2Api, Monitored } from './api.ts';
import { readTarget } from './target.ts';

/** A downtime begins this long ago (milliseconds), so that it has begun by Icinga's clock too. */
const BEGUN = 3600_000;

export interface Icinga2Options {
  /** Minutes. */
  readonly margin: number;
  /** A downtime of a host lies over its services too. */
  readonly allServices: boolean;
  /** Custom variables that become tags. */
  readonly variables: readonly string[];
}

/**
 * Fixed downtimes. One check has one downtime on each host and service that its id names. Icinga writes them to disk as
 * they are put and deletes those taken away, so one that is gone before its end was taken away by a hand.
 */
export function icinga2(api: Icinga2Api, { publicUrl, now }: ProviderContext, options: Icinga2Options): Provider {
  /** Lull's own downtimes by check that lie over something now. */
  const ownDowntimes = async (signal: AbortSignal): Promise<Map<string, Downtime[]>> => {
    const own = new Map<string, Downtime[]>();
    for (const downtime of await api.downtimes(AUTHOR, signal)) {
      const mark = readMark(downtime.comment, publicUrl);
      if (mark === undefined || downtime.endsAt <= now()) continue;
      own.set(mark.check, [...(own.get(mark.check) ?? []), downtime]);
    }
    return own;
  };

  /** Takes them away, and corrects the answers of the checks whose downtimes are still there afterwards. */
  const takeAway = async (
    unwanted: ReadonlyMap<string, readonly Downtime[]>,
    answers: Map<string, SwitchResult>,
    signal: AbortSignal,
  ): Promise<void> => {
    const names = [...unwanted.values()].flat().map(({ name }) => name);
    if (names.length === 0) return;
    await api.takeAway(names, AUTHOR, signal);
    const left = new Set((await api.downtimes(AUTHOR, signal)).map(({ name }) => name));
    for (const [id, downtimes] of unwanted) {
      const remaining = downtimes.find(({ name }) => left.has(name));
      if (remaining === undefined) continue;
      const error = `Icinga did not take the downtime ${remaining.name} away. Its API user needs actions/remove-downtime.`;
      answers.set(id, { ok: false, error });
    }
  };

  return {
    form: 'downtime',
    list: async (signal) => found(await api.monitored(options.variables, signal)),
    async read(targets, signal) {
      const own = await ownDowntimes(signal);
      return new Map(targets.map(({ id }) => [id, own.has(id) ? 'off' : 'on']));
    },
    present: async (signal) => new Set((await ownDowntimes(signal)).keys()),
    async failing(targets, signal) {
      // Those that a filter names are many things, of which some may fail at any time.
      const named = targets.flatMap(({ id, externalId }) => {
        const target = readTarget(externalId);
        return 'filter' in target ? [] : [{ id, ...target }];
      });
      const down = await api.down(
        named.flatMap((target) => ('host' in target ? [target.host] : [])),
        named.flatMap((target) => ('service' in target ? [target.service] : [])),
        signal,
      );
      return new Set(
        named.filter((target) => down.has('host' in target ? target.host : target.service)).map(({ id }) => id),
      );
    },
    async switchOff(targets, signal) {
      const own = await ownDowntimes(signal);
      const unwanted = new Map<string, Downtime[]>();
      const answers = await switchEach(targets, signal, async (check: DowntimeState) => {
        const target = readTarget(check.externalId);
        const endsAt = downtimeEnd(check, now(), options.margin);
        const comment = downtimeComment(check, endsAt, publicUrl);
        const present = own.get(check.id) ?? [];
        // What lies over many things may lie over some of them only: that is put anew.
        const single = 'service' in target || ('host' in target && !options.allServices);
        const name = 'service' in target ? target.service : 'host' in target ? target.host : '';
        const kept = present.find((each) => single && each.comment === comment && isOn(each, name));
        if (kept === undefined) {
          const startsAt = new Date(now().getTime() - BEGUN);
          await api.put(
            { target, author: AUTHOR, comment, startsAt, endsAt, allServices: options.allServices },
            signal,
          );
        }
        // Those before it go afterwards, so that there is never a gap.
        const before = present.filter((each) => each !== kept);
        if (before.length > 0) unwanted.set(check.id, before);
      });
      await takeAway(unwanted, answers, signal);
      return answers;
    },
    async switchOn(targets, signal) {
      const own = await ownDowntimes(signal);
      const unwanted = new Map(targets.map(({ id }) => [id, own.get(id) ?? []]));
      const answers = new Map<string, SwitchResult>(targets.map(({ id }) => [id, { ok: true }]));
      await takeAway(unwanted, answers, signal);
      return answers;
    },
  };
}

/** Whether a downtime is on this very host or service: its name is theirs and an id. */
function isOn({ name }: Downtime, object: string): boolean {
  return name.startsWith(`${object}!`) && !name.slice(object.length + 1).includes('!');
}

function found(all: readonly Monitored[]): ListedCheck[] {
  const hosts = new Map(
    all.filter(({ host }) => host === undefined).map(({ name, displayName }) => [name, displayName]),
  );
  return all.map(({ name, displayName, host, groups, notifies, vars }) => ({
    externalId: name,
    name: host === undefined ? displayName : `${hosts.get(host) ?? host} ${displayName}`,
    enabled: notifies,
    tags: [...new Set([...groups, ...vars.map(([variable, value]) => `${variable}:${value}`)])],
  }));
}
