/** @jsxImportSource preact */
import type { Person } from '../../protocol.ts';

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}

/** Black or white, whichever has more contrast on the color (`#rrggbb`). */
function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#101416' : '#ffffff';
}

/** A decorative picture; the name is always next to it. */
export function Avatar({ person, small }: { readonly person: Person | undefined; readonly small?: boolean }) {
  const color = person?.color ?? '#6b7780';
  const kind = person?.kind === 'person' ? '' : 'avatar-app';
  return (
    <span
      class={`avatar ${kind} ${small ? 'avatar-small' : ''}`}
      style={{ backgroundColor: color, color: inkOn(color) }}
      aria-hidden="true"
    >
      {initials(person?.realName || person?.name || '?')}
    </span>
  );
}

export interface Segment {
  readonly key: string;
  readonly label: string;
  readonly onPick: () => void;
}

interface SegmentsProps {
  readonly label: string;
  readonly segments: readonly Segment[];
  /** Key of the selected segment. */
  readonly current: string;
}

/** A segmented control. */
export function Segments({ label, segments, current }: SegmentsProps) {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{label}</legend>
      {segments.map((segment) => (
        <button key={segment.key} type="button" aria-pressed={segment.key === current} onClick={segment.onPick}>
          {segment.label}
        </button>
      ))}
    </fieldset>
  );
}

/** Closes a panel on Esc, unless something in it handled the key. */
export function closeOnEscape(close: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
}
