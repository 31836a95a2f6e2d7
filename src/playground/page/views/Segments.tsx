/** @jsxImportSource preact */
export interface Segment {
  readonly key: string;
  readonly label: string;
  readonly onPick: () => void;
}

interface SegmentsProps {
  readonly label: string;
  readonly segments: readonly Segment[];
  /** Key of the one that holds. */
  readonly current: string;
}

/** A few choices side by side, of which one holds. */
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
