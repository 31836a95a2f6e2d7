import type { KnownBlock, PlainTextOption } from '@slack/types';
import type { ReaderContext } from '../../audit/slack/history.ts';
import { listServicesIn } from '../../audit/slack/history.ts';
import { listServices, type Service } from '../../catalogue/services/repository.ts';
import { type Check, listChecks } from '../../checks/repository.ts';
import { mergeValues, pick, withInitial } from '../../core/fields.ts';
import type { Queries } from '../../platform/database.ts';
import { context, section } from '../../slack/blocks.ts';
import { fieldInputs, readFieldInputs } from '../../slack/fields.ts';
import {
  checkOption,
  type InputValue,
  input,
  OPTIONS,
  option,
  readChosenOptions,
  readText,
  searchInput,
  serviceOption,
  textInput,
  toOptions,
} from '../../slack/form.ts';
import type { Person } from '../../slack/people.ts';
import { maintenanceForms as texts } from '../../texts/slack-forms.ts';
import { CONTENT_FIELDS, type Content } from '../fields.ts';
import { MAX_SELECTOR_CHARS, SELECTOR_EXAMPLE, type Selector } from '../rules/selector.ts';

/** The names of the inputs, as over HTTP, so that problems find their place. */
export const FIELDS = {
  services: 'services',
  start: 'scheduled_start_date',
  end: 'scheduled_end_date',
  words: 'words',
  checks: 'checks',
  selector: 'selector',
  follows: 'selector_follows',
  override: 'override_reason',
} as const;

/** The action id under which Slack reports the selector of a form that redraws on it. */
export const SELECTOR_ACTION = 'window.selector';

/** The longest words about time that a form takes; they are carried along in its metadata (characters). */
const MAX_WORDS_CHARS = 300;

/** What the forms of a window and of a series have in common, complete or not. */
export interface CoverageForm extends Content {
  /** Null: there are too many for a form, and they stay as they are. */
  readonly services: readonly PlainTextOption[] | null;
  /** Its times in somebody's own words. */
  readonly words: string;
  /** Empty: those of its services. Null: as for services. */
  readonly checks: readonly PlainTextOption[] | null;
  /** Chooses checks besides those; empty: none. */
  readonly selector: Selector;
}

export const EMPTY_COVERAGE: CoverageForm = {
  ...withInitial(CONTENT_FIELDS, { name: '' }),
  services: [],
  words: '',
  checks: [],
  selector: { text: '', follows: false },
};

export interface NamedCoverage {
  readonly services: readonly Service[];
  readonly checks: readonly Check[];
}

export async function loadNamedCoverage(
  db: Queries,
  accountId: number,
  { services, checks }: { readonly services: readonly number[]; readonly checks: readonly string[] | null },
): Promise<NamedCoverage> {
  return {
    services: await listServices(db, accountId, { ids: services }),
    checks: checks === null ? [] : await listChecks(db, accountId, { ids: checks }),
  };
}

export function toCoverageForm(
  covering: Content & { readonly checks: readonly unknown[] | null; readonly selector: Selector | null },
  { services, checks }: NamedCoverage,
): CoverageForm {
  return {
    ...EMPTY_COVERAGE,
    ...pick(CONTENT_FIELDS, covering),
    services: toOptions(services, serviceOption),
    checks: covering.checks === null ? [] : toOptions(checks, checkOption),
    selector: covering.selector ?? EMPTY_COVERAGE.selector,
  };
}

export function toCoverage(form: CoverageForm) {
  const checks = form.checks?.map(({ value }) => value ?? '');
  return {
    ...pick(CONTENT_FIELDS, form),
    ...(form.services === null ? {} : { services: form.services.map(({ value }) => Number(value)) }),
    ...(checks === undefined ? {} : { checks: checks.length === 0 ? null : checks }),
    selector: form.selector.text === '' ? null : form.selector,
  };
}

export function readCoverageForm(held: ReadonlyMap<string, InputValue>): CoverageForm {
  return {
    ...readFieldInputs(CONTENT_FIELDS, held),
    services: held.has(FIELDS.services) ? readChosenOptions(held.get(FIELDS.services)) : null,
    words: readText(held, FIELDS.words),
    checks: held.has(FIELDS.checks) ? readChosenOptions(held.get(FIELDS.checks)) : null,
    selector: {
      text: readText(held, FIELDS.selector),
      follows: (held.get(FIELDS.follows)?.selected_options ?? []).length > 0,
    },
  };
}

/**
 * Merges a form with what others changed since it was opened: the newest values, with what this person changed where nobody
 * else did.
 * @param theirs the names of the fields that others changed
 * @param more the names of the fields that this form has besides the common ones
 */
export function mergeForms<Form extends CoverageForm>(
  mine: Form,
  current: Form,
  theirs: readonly string[],
  more: readonly (readonly [keyof Form, string])[],
): Form {
  const from = (field: string) => (theirs.includes(field) ? current : mine);
  const merged: Form = {
    ...mine,
    ...mergeValues(CONTENT_FIELDS, mine, current, theirs),
    services: from(FIELDS.services).services,
    words: '',
    checks: from(FIELDS.checks).checks,
    selector: {
      text: from(FIELDS.selector).selector.text,
      follows: from(FIELDS.follows).selector.follows,
    },
  };
  for (const [property, field] of more) merged[property] = from(field)[property];
  return merged;
}

export async function loadReading(
  db: Queries,
  { actor, timezone }: Person,
  events: Parameters<typeof listServicesIn>[0],
  { services }: CoverageForm,
): Promise<ReaderContext> {
  const ids = [...listServicesIn(events), ...(services ?? []).map(({ value }) => Number(value))];
  const named = await listServices(db, actor.accountId, { ids });
  return { zone: timezone, services: new Map(named.map(({ id, name }) => [id, name])) };
}

interface CoverageDrawing {
  readonly id: (field: string) => string;
  readonly times: readonly KnownBlock[];
  readonly remarks: readonly string[];
  readonly redraws: boolean;
  readonly afterRemarks?: readonly KnownBlock[];
}

export function coverageBlocks(
  form: CoverageForm,
  { id, times, remarks, redraws, afterRemarks = [] }: CoverageDrawing,
): KnownBlock[] {
  const { name: nameField, ...detailFields } = CONTENT_FIELDS;
  const values: Readonly<Record<string, string | null>> = pick(CONTENT_FIELDS, form);
  const search = (field: 'services' | 'checks', placeholder: string, hint: string): KnownBlock => {
    const chosen = form[field];
    if (chosen === null) return section(texts.tooMany(texts[field]));
    return searchInput(id(field), texts[field], OPTIONS[field], { chosen, placeholder, hint, dispatches: redraws });
  };
  const follows = option('follows', texts.followsOption);
  return [
    ...fieldInputs(nameField, form.name, id),
    search('services', texts.servicesSearch, texts.servicesHint),
    ...times,
    ...(remarks.length === 0 ? [] : [context([remarks.join('\n')])]),
    ...afterRemarks,
    ...Object.entries(detailFields).flatMap(([property, field]) => fieldInputs(field, values[property] ?? null, id)),
    search('checks', texts.checksPlaceholder, texts.checksHint),
    textInput(id(FIELDS.selector), texts.selector, {
      value: form.selector.text,
      maxChars: MAX_SELECTOR_CHARS,
      placeholder: SELECTOR_EXAMPLE,
      optional: true,
      hint: `${texts.selectorHint}${redraws ? texts.selectorEnter : ''}`,
      ...(redraws ? { onEnter: SELECTOR_ACTION } : {}),
    }),
    input(
      id(FIELDS.follows),
      texts.follows,
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [follows],
        ...(form.selector.follows ? { initial_options: [follows] } : {}),
      },
      { optional: true, hint: texts.followsHint },
    ),
  ];
}

export function wordsInput(
  blockId: string,
  { words: value }: CoverageForm,
  onEnter: string,
  {
    words,
    wordsPlaceholder: placeholder,
    wordsHint: hint,
  }: Pick<typeof texts, 'words' | 'wordsPlaceholder' | 'wordsHint'>,
): KnownBlock {
  return textInput(blockId, words, { value, maxChars: MAX_WORDS_CHARS, placeholder, optional: true, hint, onEnter });
}
