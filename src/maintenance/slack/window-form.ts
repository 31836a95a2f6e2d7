import type { KnownBlock, PlainTextOption } from '@slack/types';
import { withInitial } from '../../core/fields.ts';
import { context, SLACK_LIMITS, section, truncateBlocks } from '../../slack/blocks.ts';
import { fieldInputs, readFieldInputs } from '../../slack/fields.ts';
import {
  blockId,
  input,
  OPTIONS,
  option,
  overrideInput,
  plain,
  readChosenOptions,
  readInput,
} from '../../slack/form.ts';
import { CONTENT_FIELDS, type Content } from '../fields.ts';
import { MAX_SELECTOR_CHARS, SELECTOR_EXAMPLE, type Selector } from '../rules/selector.ts';

/** The fields of a window that are none of its content; each is named as over HTTP, so that problems find their place. */
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

/** The action ids of the elements, besides the searchable selects, whose change redraws the form. */
export const DISPATCHING_INPUTS = {
  start: 'window.start',
  end: 'window.end',
  words: 'window.words',
  selector: 'window.selector',
} as const;

/** The longest words about time that a form takes; they are carried along in its metadata (characters). */
export const MAX_WORDS_CHARS = 300;

/** What a form of a window holds, complete or not. */
export interface WindowForm extends Content {
  /** Null: there are too many for a form, and they stay as they are. */
  readonly services: readonly PlainTextOption[] | null;
  readonly start: Date | null;
  readonly end: Date | null;
  /** Its times in somebody's own words. */
  readonly words: string;
  /** Empty: those of its services. Null: as for services. */
  readonly checks: readonly PlainTextOption[] | null;
  /** Chooses checks beside those; empty: none. */
  readonly selector: Selector;
  /** Why a freeze should not hold. */
  readonly overrideReason: string;
}

export const EMPTY_FORM: WindowForm = {
  ...withInitial(CONTENT_FIELDS, { name: '' }),
  services: [],
  start: null,
  end: null,
  words: '',
  checks: [],
  selector: { text: '', follows: false },
  overrideReason: '',
};

export interface Drawing {
  /** IANA zone of whoever fills it in: Slack shows the pickers in it. */
  readonly zone: string;
  /** How often the fields were given other values than those typed, and how often the times alone. */
  readonly generation: number;
  readonly times: number;
  /** What is to be known of the times: what was understood, what it overlaps. mrkdwn. */
  readonly remarks: readonly string[];
  /** Whether to ask why a freeze should not hold. */
  readonly asksReason?: boolean | undefined;
  /** When it began, in words: then only its end can be changed. */
  readonly begun?: string | undefined;
}

/** The fields of a window, filled with what is known. */
export function windowBlocks(
  form: WindowForm,
  { zone, generation, times, remarks, asksReason, begun }: Drawing,
): KnownBlock[] {
  const id = (field: string) => blockId(field, generation);
  const at = (instant: Date | null) =>
    instant === null ? {} : { initial_date_time: Math.floor(instant.getTime() / 1000) };
  return [
    ...nameBlocks(form, id),
    servicesBlock(form, id(FIELDS.services), true),
    begun === undefined
      ? input(
          blockId(FIELDS.start, generation + times),
          `Start (${zone})`,
          { type: 'datetimepicker', action_id: DISPATCHING_INPUTS.start, ...at(form.start) },
          // The words below are another way to say it; without either, submitting says what is missing.
          { optional: true, tells: true },
        )
      : section(`*Start*\n${begun}`),
    input(
      blockId(FIELDS.end, generation + times),
      `End (${zone})`,
      { type: 'datetimepicker', action_id: DISPATCHING_INPUTS.end, ...at(form.end) },
      { optional: true, tells: true },
    ),
    ...(begun === undefined
      ? [
          input(
            id(FIELDS.words),
            'Or in your own words',
            {
              type: 'plain_text_input',
              action_id: DISPATCHING_INPUTS.words,
              max_length: MAX_WORDS_CHARS,
              placeholder: plain('tomorrow 2am for 2h'),
              dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
              ...initial(form.words),
            },
            { optional: true, hint: 'Press Enter to see how it is understood.', tells: true },
          ),
        ]
      : []),
    ...(remarks.length === 0 ? [] : [context([truncateBlocks(remarks.join('\n'), SLACK_LIMITS.field)])]),
    ...(asksReason === true ? [overrideInput(id(FIELDS.override), form.overrideReason)] : []),
    ...detailBlocks(form, id),
    checksBlock(form, id(FIELDS.checks), true),
    ...selectorBlocks(form, id, true),
  ];
}

const chosen = (options: readonly PlainTextOption[]) =>
  options.length === 0 ? {} : { initial_options: options.slice(0, SLACK_LIMITS.options) };
const initial = (text: string) => (text === '' ? {} : { initial_value: text.toWellFormed() });

/** The select of the services. @param tells whether Lull is told of each change */
export function servicesBlock(form: WindowForm, blockId: string, tells = false): KnownBlock {
  return form.services === null
    ? section('*Services*\nToo many for a form; they stay as they are. Change them over HTTP.')
    : input(
        blockId,
        'Services',
        {
          type: 'multi_external_select',
          action_id: OPTIONS.services,
          min_query_length: 0,
          placeholder: plain('Search services'),
          ...chosen(form.services),
        },
        { optional: true, hint: 'Leave empty only when you name checks below.', tells },
      );
}

/** The select of the checks. @param tells whether Lull is told of each change */
export function checksBlock(form: WindowForm, blockId: string, tells = false): KnownBlock {
  return form.checks === null
    ? section('*Only these checks*\nToo many for a form; they stay as they are. Change them over HTTP.')
    : input(
        blockId,
        'Only these checks',
        {
          type: 'multi_external_select',
          action_id: OPTIONS.checks,
          min_query_length: 0,
          placeholder: plain('All checks of the services'),
          ...chosen(form.checks),
        },
        { optional: true, hint: 'Left empty, all checks of the services are switched off.', tells },
      );
}

const FOLLOWS = option('follows', 'Keep up with changes while it runs');

/** The fields of a selector. @param tells whether Lull is told of each change */
export function selectorBlocks({ selector }: WindowForm, id: (field: string) => string, tells = false): KnownBlock[] {
  return [
    input(
      id(FIELDS.selector),
      'And all checks with',
      {
        type: 'plain_text_input',
        action_id: tells ? DISPATCHING_INPUTS.selector : 'value',
        max_length: MAX_SELECTOR_CHARS,
        placeholder: plain(SELECTOR_EXAMPLE),
        ...(tells ? { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] as const } } : {}),
        ...initial(selector.text),
      },
      {
        optional: true,
        tells,
        hint: `By tag:, service:, scope:, provider: or name, with * and a minus for "not".${tells ? ' Press Enter to see which they are.' : ''}`,
      },
    ),
    input(
      id(FIELDS.follows),
      'When they are chosen',
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [FOLLOWS],
        ...(selector.follows ? { initial_options: [FOLLOWS] } : {}),
      },
      { optional: true, hint: 'Otherwise once, at the start.' },
    ),
  ];
}

/** The selector of a form, as the actions take it. */
export function readSelectorInputs({ selector }: WindowForm): Selector | null {
  return selector.text === '' ? null : selector;
}

/** The name of a window. */
export function nameBlocks(form: Content, id: (field: string) => string): KnownBlock[] {
  return fieldInputs(CONTENT_FIELDS.name, form.name, id);
}

/** The other plain fields, the same for one window and for a recurring one. */
export function detailBlocks(form: Content, id: (field: string) => string): KnownBlock[] {
  const given: Readonly<Record<string, string | null>> = form;
  return Object.entries(CONTENT_FIELDS).flatMap(([property, field]) =>
    property === 'name' ? [] : fieldInputs(field, given[property] ?? null, id),
  );
}
/** What a form holds now, complete or not. `values` is Slack's `view.state.values`. */
export function readWindowForm(values: unknown): WindowForm {
  const held = readInput(values);
  const text = (field: string) => held.get(field)?.value ?? '';
  const moment = (field: string) => {
    const seconds = held.get(field)?.selected_date_time;
    return seconds == null ? null : new Date(seconds * 1000);
  };
  return {
    ...readFieldInputs(CONTENT_FIELDS, held),
    services: held.has(FIELDS.services) ? readChosenOptions(held.get(FIELDS.services)) : null,
    start: moment(FIELDS.start),
    end: moment(FIELDS.end),
    words: text(FIELDS.words).trim(),
    overrideReason: text(FIELDS.override).trim(),
    checks: held.has(FIELDS.checks) ? readChosenOptions(held.get(FIELDS.checks)) : null,
    selector: {
      text: text(FIELDS.selector).trim(),
      follows: (held.get(FIELDS.follows)?.selected_options ?? []).length > 0,
    },
  };
}
