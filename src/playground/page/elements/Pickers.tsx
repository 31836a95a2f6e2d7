/** @jsxImportSource preact */
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { useWorkspace } from '../blocks/surface.ts';
import { fullDate } from '../text/dates.ts';
import { textOf, useElement } from './useElement.ts';
import { fromWallClock, toWallClock, zoneCity } from './zoned.ts';

type Of<Type extends InteractiveElement['type']> = Extract<InteractiveElement, { type: Type }>;

/** Date and time in the zone of the person looking, with what that is in full underneath. */
export function DateTimePicker({
  element,
  block,
}: {
  readonly element: Of<'datetimepicker'>;
  readonly block: PlacedBlock;
}) {
  const held = useElement(element, block);
  const { onlooker } = useWorkspace();
  const seconds = typeof held.value === 'number' ? held.value : undefined;
  return (
    <div class="picker">
      <input
        id={held.id}
        type="datetime-local"
        aria-label={held.label}
        {...held.described}
        data-autofocus={element.focus_on_load}
        value={seconds === undefined ? '' : toWallClock(seconds, onlooker.zone)}
        onChange={(event) => held.change(fromWallClock(event.currentTarget.value, onlooker.zone))}
      />
      <span class="picker-note">
        {seconds === undefined ? `${zoneCity(onlooker.zone)} time` : fullDate(seconds * 1000, onlooker)}
      </span>
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

export function DatePicker({ element, block }: { readonly element: Of<'datepicker'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  return (
    <div class="picker">
      <input
        id={held.id}
        type="date"
        aria-label={held.label}
        {...held.described}
        data-autofocus={element.focus_on_load}
        value={textOf(held.value)}
        onChange={(event) => held.change(event.currentTarget.value || null)}
      />
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

export function TimePicker({ element, block }: { readonly element: Of<'timepicker'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const { onlooker } = useWorkspace();
  return (
    <div class="picker">
      <input
        id={held.id}
        type="time"
        aria-label={held.label}
        {...held.described}
        data-autofocus={element.focus_on_load}
        value={textOf(held.value)}
        onChange={(event) => held.change(event.currentTarget.value || null)}
      />
      <span class="picker-note">{zoneCity(element.timezone ?? onlooker.zone)} time</span>
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}
