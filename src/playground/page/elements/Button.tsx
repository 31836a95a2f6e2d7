/** @jsxImportSource preact */
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { Menu } from '../popup/Menu.tsx';
import { PlainText } from '../text/Text.tsx';
import { useElement } from './useElement.ts';

type Of<Type extends InteractiveElement['type']> = Extract<InteractiveElement, { type: Type }>;

function openElsewhere(url: string): void {
  if (/^https?:/i.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
}

/** A button of the app. It shows that it works until the app has acknowledged. */
export function Button({ element, block }: { readonly element: Of<'button'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const press = () => {
    if (held.busy) return;
    if (element.url) openElsewhere(element.url);
    held.send(null);
  };
  return (
    <button
      id={held.id}
      type="button"
      class={`button ${element.style ?? ''}`}
      aria-label={element.accessibility_label}
      aria-busy={held.busy}
      aria-disabled={held.busy || undefined}
      onClick={press}
    >
      {held.busy && <span class="spinner" aria-hidden="true" />}
      <span class="button-text">
        <PlainText text={element.text} />
      </span>
      {element.url && <span class="outward" aria-hidden="true" />}
    </button>
  );
}

export function Overflow({ element, block }: { readonly element: Of<'overflow'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  return (
    <Menu
      label="More actions"
      className="button icon-only"
      disabled={held.busy}
      face={held.busy ? <span class="spinner" /> : <span class="dots" aria-hidden="true" />}
      items={element.options.map((option) => ({
        key: option.value,
        label: <PlainText text={option.text} />,
        ...(option.description ? { detail: <PlainText text={option.description} /> } : {}),
        onPick: () => {
          if (option.url) openElsewhere(option.url);
          held.send(option.value);
        },
      }))}
    />
  );
}
