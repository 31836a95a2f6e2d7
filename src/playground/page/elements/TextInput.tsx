/** @jsxImportSource preact */
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { textOf, useElement } from './useElement.ts';

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

/** A text field. The workspace checks what is in it on submit, so that the error reads as Slack's does. */
export function TextInput({ element, block }: { readonly element: AnyTextInput; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const triggers =
    block.type === 'input' && block.dispatch_action
      ? (element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'])
      : [];
  const text = textOf(held.value);
  const limit = element.type === 'plain_text_input' ? element.max_length : undefined;

  const take = (written: string) => {
    const value = written === '' ? null : written;
    if (triggers.includes('on_character_entered')) held.send(value);
    else held.keep(value);
  };
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    held.send(text === '' ? null : text);
  };

  const shared = {
    id: held.id,
    value: text,
    placeholder: element.placeholder?.text,
    'data-autofocus': element.focus_on_load,
    'aria-label': held.label,
    ...held.described,
    ...(limit ? { maxLength: limit } : {}),
  };
  const nearLimit = limit !== undefined && text.length > limit * 0.8;
  return (
    <div class="text-input">
      {element.type === 'plain_text_input' && element.multiline ? (
        <textarea {...shared} rows={4} onInput={(event) => take(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          {...KIND[element.type]}
          autocomplete="off"
          onInput={(event) => take(event.currentTarget.value)}
          onKeyDown={onEnter}
        />
      )}
      {nearLimit && (
        <span class="picker-note">
          {text.length} of {limit} characters
        </span>
      )}
      {held.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
    </div>
  );
}
