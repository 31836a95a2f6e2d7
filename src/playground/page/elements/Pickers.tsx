/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { useWorkspace } from '../blocks/surface.ts';
import { fullDate } from '../text/dates.ts';
import { type Held, textOf, useElement } from './useElement.ts';
import { fromWallClock, toWallClock, zoneCity } from './zoned.ts';

type Of<Type extends InteractiveElement['type']> = Extract<InteractiveElement, { type: Type }>;

interface NativePickerProps {
  readonly held: Held;
  readonly type: 'date' | 'time' | 'datetime-local';
  readonly focus: boolean | undefined;
  /** What is held, as the browser's input writes it; empty for nothing. */
  readonly shown: string;
  readonly note: string;
  /** Told of every whole date, or `''` once the field is left empty. */
  readonly onPick: (written: string) => void;
  /** Whether to wait until the field is left: the app is told, and must not be told of every digit of a year. */
  readonly patient: boolean;
}

/** The browser's own picker: it knows the keyboard, the reader's calendar and the phone. */
function NativePicker({ held, type, focus, shown, note, onPick, patient }: NativePickerProps) {
  // What is being typed stays as it is until the field is left, however little of it is a date yet.
  const [draft, setDraft] = useState<string>();
  const settle = (written: string) => {
    setDraft(undefined);
    if (written !== shown) onPick(written);
  };
  return (
    <div class="picker">
      <input
        id={held.id}
        type={type}
        aria-label={held.label}
        {...held.described}
        data-autofocus={focus}
        min={type === 'time' ? undefined : type === 'date' ? '1970-01-01' : '1970-01-02T00:00'}
        value={draft ?? shown}
        onInput={(event) => {
          const { value, validity } = event.currentTarget;
          setDraft(value);
          if (!patient && value && validity.valid) onPick(value);
        }}
        onBlur={(event) => settle(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (patient && event.key === 'Enter') settle(event.currentTarget.value);
        }}
      />
      <span class="picker-note">{note}</span>
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

/** Whether every change of an element in this block goes to the app at once. */
function dispatches(block: PlacedBlock): boolean {
  return block.type !== 'input' || block.dispatch_action === true;
}

interface DateTimePickerProps {
  readonly element: Of<'datetimepicker'>;
  readonly block: PlacedBlock;
}

/** Date and time in the zone of the person looking, with what that is in full beside it. */
export function DateTimePicker({ element, block }: DateTimePickerProps) {
  const held = useElement(element, block);
  const { onlooker } = useWorkspace();
  const seconds = typeof held.value === 'number' ? held.value : undefined;
  return (
    <NativePicker
      held={held}
      type="datetime-local"
      focus={element.focus_on_load}
      shown={seconds === undefined ? '' : toWallClock(seconds, onlooker.zone)}
      note={seconds === undefined ? `${zoneCity(onlooker.zone)} time` : fullDate(seconds * 1000, onlooker)}
      onPick={(written) => held.change(fromWallClock(written, onlooker.zone))}
      patient={dispatches(block)}
    />
  );
}

export function DatePicker({ element, block }: { readonly element: Of<'datepicker'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  return (
    <NativePicker
      held={held}
      type="date"
      focus={element.focus_on_load}
      shown={textOf(held.value)}
      note=""
      onPick={(written) => held.change(written || null)}
      patient={dispatches(block)}
    />
  );
}

export function TimePicker({ element, block }: { readonly element: Of<'timepicker'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const { onlooker } = useWorkspace();
  return (
    <NativePicker
      held={held}
      type="time"
      focus={element.focus_on_load}
      shown={textOf(held.value)}
      note={`${zoneCity(element.timezone ?? onlooker.zone)} time`}
      onPick={(written) => held.change(written || null)}
      patient={dispatches(block)}
    />
  );
}
