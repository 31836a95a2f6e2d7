/** @jsxImportSource preact */
import type { InteractiveElement, PlacedBlock, RichOption, TextObject } from '../../protocol.ts';
import { parseInline, parsePlain } from '../text/mrkdwn.ts';
import { Inlines } from '../text/Text.tsx';
import { type Held, listOf, useElement } from './useElement.ts';

type Of<Type extends InteractiveElement['type']> = Extract<InteractiveElement, { type: Type }>;

function Words({ text }: { readonly text: TextObject }) {
  return (
    <Inlines pieces={text.type === 'mrkdwn' ? parseInline(text.text) : parsePlain(text.text, text.emoji ?? true)} />
  );
}

interface BoxProps {
  readonly option: RichOption;
  readonly kind: 'checkbox' | 'radio';
  readonly held: Held;
  readonly focus: boolean;
  readonly onPick: () => void;
}

function Box({ option, kind, held, focus, onPick }: BoxProps) {
  return (
    <label class="box">
      <input
        type={kind}
        name={held.id}
        value={option.value}
        checked={listOf(held.value).includes(option.value)}
        data-autofocus={focus}
        onChange={onPick}
      />
      <span class="box-text">
        <Words text={option.text} />
        {option.description && (
          <span class="box-detail">
            <Words text={option.description} />
          </span>
        )}
      </span>
    </label>
  );
}

export function Checkboxes({ element, block }: { readonly element: Of<'checkboxes'>; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const chosen = listOf(held.value);
  const toggle = (value: string) => {
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    held.change(next);
  };
  return (
    <div class="boxes" aria-busy={held.busy}>
      {element.options.map((option, index) => (
        <Box
          key={option.value}
          option={option}
          kind="checkbox"
          held={held}
          focus={index === 0 && element.focus_on_load === true}
          onPick={() => toggle(option.value)}
        />
      ))}
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}

export function RadioButtons({
  element,
  block,
}: {
  readonly element: Of<'radio_buttons'>;
  readonly block: PlacedBlock;
}) {
  const held = useElement(element, block);
  return (
    <div class="boxes" role="radiogroup" aria-busy={held.busy} aria-label={held.label}>
      {element.options.map((option, index) => (
        <Box
          key={option.value}
          option={option}
          kind="radio"
          held={held}
          focus={index === 0 && element.focus_on_load === true}
          onPick={() => held.change(option.value)}
        />
      ))}
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}
