/** @jsxImportSource preact */

import { useState } from 'preact/hooks';
import type { InteractiveElement, PlacedBlock, RichOption, TextObject } from '../../protocol.ts';
import { useWorkspace } from '../contexts.ts';
import { formatZone, fromWallClock, fullDate, toWallClock } from '../text/dates.ts';
import { parseInline, parsePlain } from '../text/mrkdwn.ts';
import { Inlines, PlainText } from '../text/Text.tsx';
import { Menu } from '../widgets/Menu.tsx';
import { Select } from './Select.tsx';
import { type ElementHandle, type ElementOf, toList, toText, useElement } from './useElement.ts';

function openLink(url: string): void {
  if (/^https?:/i.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
}

/** A button. It is busy until the app acks. */
export function Button({ element, block }: { readonly element: ElementOf<'button'>; readonly block: PlacedBlock }) {
  const handle = useElement(element, block);
  const press = () => {
    if (handle.busy) return;
    if (element.url) openLink(element.url);
    handle.send(null);
  };
  return (
    <button
      id={handle.id}
      type="button"
      class={`button ${element.style ?? ''}`}
      aria-label={element.accessibility_label}
      aria-busy={handle.busy}
      aria-disabled={handle.busy || undefined}
      onClick={press}
    >
      {handle.busy && <span class="spinner" aria-hidden="true" />}
      <span class="button-text">
        <PlainText text={element.text} />
      </span>
      {element.url && <span class="outward" aria-hidden="true" />}
    </button>
  );
}

export function Overflow({ element, block }: { readonly element: ElementOf<'overflow'>; readonly block: PlacedBlock }) {
  const handle = useElement(element, block);
  return (
    <Menu
      label="More actions"
      className="button icon-only"
      disabled={handle.busy}
      face={handle.busy ? <span class="spinner" /> : <span class="dots" aria-hidden="true" />}
      items={element.options.map((option) => ({
        key: option.value,
        label: <PlainText text={option.text} />,
        ...(option.description ? { detail: <PlainText text={option.description} /> } : {}),
        onPick: () => {
          if (option.url) openLink(option.url);
          handle.send(option.value);
        },
      }))}
    />
  );
}

function OptionText({ text }: { readonly text: TextObject }) {
  return (
    <Inlines pieces={text.type === 'mrkdwn' ? parseInline(text.text) : parsePlain(text.text, text.emoji ?? true)} />
  );
}

interface BoxProps {
  readonly option: RichOption;
  readonly kind: 'checkbox' | 'radio';
  readonly handle: ElementHandle;
  readonly focus: boolean;
  readonly onPick: () => void;
}

function Box({ option, kind, handle, focus, onPick }: BoxProps) {
  return (
    <label class="box">
      <input
        type={kind}
        name={handle.id}
        value={option.value}
        checked={toList(handle.value).includes(option.value)}
        data-autofocus={focus}
        onChange={onPick}
      />
      <span class="box-text">
        <OptionText text={option.text} />
        {option.description && (
          <span class="box-detail">
            <OptionText text={option.description} />
          </span>
        )}
      </span>
    </label>
  );
}

export function Checkboxes({
  element,
  block,
}: {
  readonly element: ElementOf<'checkboxes'>;
  readonly block: PlacedBlock;
}) {
  const handle = useElement(element, block);
  const chosen = toList(handle.value);
  const toggle = (value: string) => {
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    handle.change(next);
  };
  return (
    <div class="boxes" aria-busy={handle.busy}>
      {element.options.map((option, index) => (
        <Box
          key={option.value}
          option={option}
          kind="checkbox"
          handle={handle}
          focus={index === 0 && element.focus_on_load === true}
          onPick={() => toggle(option.value)}
        />
      ))}
      {handle.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

export function RadioButtons({
  element,
  block,
}: {
  readonly element: ElementOf<'radio_buttons'>;
  readonly block: PlacedBlock;
}) {
  const handle = useElement(element, block);
  return (
    <div class="boxes" role="radiogroup" aria-busy={handle.busy} aria-label={handle.label}>
      {element.options.map((option, index) => (
        <Box
          key={option.value}
          option={option}
          kind="radio"
          handle={handle}
          focus={index === 0 && element.focus_on_load === true}
          onPick={() => handle.change(option.value)}
        />
      ))}
      {handle.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

export type AnyTextInput = Extract<
  InteractiveElement,
  { type: 'plain_text_input' | 'number_input' | 'url_text_input' | 'email_text_input' }
>;

const KIND = {
  plain_text_input: { type: 'text', inputMode: 'text' },
  number_input: { type: 'text', inputMode: 'decimal' },
  url_text_input: { type: 'text', inputMode: 'url' },
  email_text_input: { type: 'text', inputMode: 'email' },
} as const;

/** A text field. The server validates it on submit, with Slack's error texts. */
export function TextInput({ element, block }: { readonly element: AnyTextInput; readonly block: PlacedBlock }) {
  const handle = useElement(element, block);
  const triggers =
    block.type === 'input' && block.dispatch_action
      ? (element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'])
      : [];
  const text = toText(handle.value);
  const limit = element.type === 'plain_text_input' ? element.max_length : undefined;

  const changeText = (written: string) => {
    const value = written === '' ? null : written;
    if (triggers.includes('on_character_entered')) handle.send(value);
    else handle.keep(value);
  };
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    handle.send(text === '' ? null : text);
  };

  const shared = {
    id: handle.id,
    value: text,
    placeholder: element.placeholder?.text,
    'data-autofocus': element.focus_on_load,
    'aria-label': handle.label,
    ...handle.described,
    ...(limit ? { maxLength: limit } : {}),
  };
  const nearLimit = limit !== undefined && text.length > limit * 0.8;
  return (
    <div class="text-input">
      {element.type === 'plain_text_input' && element.multiline ? (
        <textarea {...shared} rows={4} onInput={(event) => changeText(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          {...KIND[element.type]}
          autocomplete="off"
          onInput={(event) => changeText(event.currentTarget.value)}
          onKeyDown={onEnter}
        />
      )}
      {nearLimit && (
        <span class="picker-note">
          {text.length} of {limit} characters
        </span>
      )}
      {handle.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

interface NativePickerProps {
  readonly handle: ElementHandle;
  readonly type: 'date' | 'time' | 'datetime-local';
  readonly focus: boolean | undefined;
  /** The value in the format of the browser's input; empty for none. */
  readonly shown: string;
  readonly note: string;
  /** Called with every complete value, and with `''` when the field is left empty. */
  readonly onPick: (written: string) => void;
  /** Report the value only on blur or Enter. Otherwise the app would get an action for every digit of a year. */
  readonly commitOnBlur: boolean;
}

/** The browser's own picker, for its keyboard, locale and phone support. */
function NativePicker({ handle, type, focus, shown, note, onPick, commitOnBlur }: NativePickerProps) {
  // Incomplete input stays in the field until it is left.
  const [draft, setDraft] = useState<string>();
  const commit = (written: string) => {
    setDraft(undefined);
    if (written !== shown) onPick(written);
  };
  return (
    <div class="picker">
      <input
        id={handle.id}
        type={type}
        aria-label={handle.label}
        {...handle.described}
        data-autofocus={focus}
        min={type === 'time' ? undefined : type === 'date' ? '1970-01-01' : '1970-01-02T00:00'}
        value={draft ?? shown}
        onInput={(event) => {
          const { value, validity } = event.currentTarget;
          setDraft(value);
          if (!commitOnBlur && value && validity.valid) onPick(value);
        }}
        onBlur={(event) => commit(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (commitOnBlur && event.key === 'Enter') commit(event.currentTarget.value);
        }}
      />
      <span class="picker-note">{note}</span>
      {handle.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

/** Whether every change of an element in this block is sent to the app. */
function dispatches(block: PlacedBlock): boolean {
  return block.type !== 'input' || block.dispatch_action === true;
}

interface DateTimePickerProps {
  readonly element: ElementOf<'datetimepicker'>;
  readonly block: PlacedBlock;
}

/** Date and time in the viewer's zone, with the full date next to it. */
export function DateTimePicker({ element, block }: DateTimePickerProps) {
  const handle = useElement(element, block);
  const { viewer } = useWorkspace();
  const seconds = typeof handle.value === 'number' ? handle.value : undefined;
  return (
    <NativePicker
      handle={handle}
      type="datetime-local"
      focus={element.focus_on_load}
      shown={seconds === undefined ? '' : toWallClock(seconds, viewer.zone)}
      note={seconds === undefined ? `${formatZone(viewer.zone)} time` : fullDate(seconds * 1000, viewer)}
      onPick={(written) => handle.change(fromWallClock(written, viewer.zone))}
      commitOnBlur={dispatches(block)}
    />
  );
}

export function DatePicker({
  element,
  block,
}: {
  readonly element: ElementOf<'datepicker'>;
  readonly block: PlacedBlock;
}) {
  const handle = useElement(element, block);
  return (
    <NativePicker
      handle={handle}
      type="date"
      focus={element.focus_on_load}
      shown={toText(handle.value)}
      note=""
      onPick={(written) => handle.change(written || null)}
      commitOnBlur={dispatches(block)}
    />
  );
}

export function TimePicker({
  element,
  block,
}: {
  readonly element: ElementOf<'timepicker'>;
  readonly block: PlacedBlock;
}) {
  const handle = useElement(element, block);
  const { viewer } = useWorkspace();
  return (
    <NativePicker
      handle={handle}
      type="time"
      focus={element.focus_on_load}
      shown={toText(handle.value)}
      note={`${formatZone(element.timezone ?? viewer.zone)} time`}
      onPick={(written) => handle.change(written || null)}
      commitOnBlur={dispatches(block)}
    />
  );
}

/** Any interactive element. */
export function Element({ element, block }: { readonly element: InteractiveElement; readonly block: PlacedBlock }) {
  switch (element.type) {
    case 'button':
      return <Button element={element} block={block} />;
    case 'overflow':
      return <Overflow element={element} block={block} />;
    case 'datetimepicker':
      return <DateTimePicker element={element} block={block} />;
    case 'datepicker':
      return <DatePicker element={element} block={block} />;
    case 'timepicker':
      return <TimePicker element={element} block={block} />;
    case 'checkboxes':
      return <Checkboxes element={element} block={block} />;
    case 'radio_buttons':
      return <RadioButtons element={element} block={block} />;
    case 'plain_text_input':
    case 'number_input':
    case 'url_text_input':
    case 'email_text_input':
      return <TextInput element={element} block={block} />;
    default:
      return <Select element={element} block={block} />;
  }
}
