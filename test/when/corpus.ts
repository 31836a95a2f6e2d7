import { readdirSync, readFileSync } from 'node:fs';

/** A phrase and its expected result. Instants have the offset of their zone, so that people can verify them. */
export interface Phrase {
  /** A name in moments.json: the reader's zone, and the current instant. */
  readonly at: string;
  readonly locale?: string;
  readonly text: string;
  /** One window. */
  readonly start?: string;
  readonly end?: string;
  /** A series. */
  readonly cron?: string;
  readonly minutes?: number;
  readonly zone?: string;
  readonly assumed?: readonly string[];
  readonly notices?: readonly string[];
  /** A question, with the texts of its choices by label. */
  readonly question?: string;
  readonly choices?: Readonly<Record<string, string>>;
  /** The reason of a refusal. */
  readonly refusal?: string;
  /** A question or a refusal. */
  readonly asked?: true;
}

export interface Moment {
  readonly timezone: string;
  readonly now: Date;
}

const here = new URL('.', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, here), 'utf8'));

const moments = json('moments.json') as Record<string, { timezone: string; now: string }>;

/** The reader's zone, and the current instant. */
export function getMoment(name: string): Moment {
  const moment = moments[name];
  if (moment === undefined) throw new Error(`there is no moment "${name}" in moments.json`);
  return { timezone: moment.timezone, now: new Date(moment.now) };
}

/** The phrases by file. */
export const corpus: ReadonlyMap<string, readonly Phrase[]> = new Map(
  readdirSync(new URL('corpus', here))
    .sort()
    .map((file) => [file.replace('.json', ''), json(`corpus/${file}`) as Phrase[]]),
);

export const phrases: readonly Phrase[] = [...corpus.values()].flat();
