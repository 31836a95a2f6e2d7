/** @jsxImportSource preact */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { PlainText } from '../text/Text.tsx';
import { usePopup } from '../widgets/Menu.tsx';
import { type Choice, type ChoiceGroup, filterChoices } from './choices.ts';

/** Where choices come from: a known list, or a search by the app. */
export type ChoiceSource =
  | { readonly groups: readonly ChoiceGroup[]; readonly search?: never }
  /** Rejects with a sentence to show. */
  | { readonly search: (typed: string) => Promise<readonly ChoiceGroup[]> };

interface ComboboxProps {
  readonly id: string;
  readonly chosen: readonly Choice[];
  readonly multiple: boolean;
  readonly max?: number;
  readonly placeholder: string;
  readonly source: ChoiceSource;
  readonly onChange: (values: string[]) => void;
  readonly busy: boolean;
  readonly autoFocus?: boolean;
  readonly clearable: boolean;
  readonly described: { readonly [name: `aria-${string}`]: string | boolean | undefined };
  readonly label?: string;
}

type SearchState =
  | { readonly state: 'loading' }
  | { readonly state: 'found'; readonly groups: readonly ChoiceGroup[] }
  | { readonly state: 'failed'; readonly why: string };

/** How long to wait after the last keystroke before the app is asked. */
const SEARCH_DELAY_MS = 200;

/** The choices for exactly the typed text. Stale results are never offered, so that Enter cannot choose one. */
function useSearch(open: boolean, typed: string, source: ChoiceSource): SearchState {
  const [answer, setAnswer] = useState<{ to: string; found: SearchState }>();
  const { search } = source;
  // `search` is another function in every render; the typed text is what matters.
  useEffect(() => {
    if (!open || !search) return;
    let current = true;
    const take = (found: SearchState) => current && setAnswer({ to: typed, found });
    const ask = () =>
      search(typed).then(
        (groups) => take({ state: 'found', groups }),
        (error: unknown) => take({ state: 'failed', why: error instanceof Error ? error.message : '' }),
      );
    const timer = setTimeout(ask, typed === '' ? 0 : SEARCH_DELAY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, typed]);
  if (!search) return { state: 'found', groups: filterChoices(source.groups, typed) };
  return open && answer?.to === typed ? answer.found : { state: 'loading' };
}

/** A searchable list for one or several choices: type to search, arrows move, Enter chooses, Esc closes. */
export function Combobox(props: ComboboxProps) {
  const { chosen, multiple } = props;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const listId = useId();
  const found = useSearch(open, typed, props.source);
  const groups = found.state === 'found' ? found.groups : [];
  const choices = groups.flatMap((group) => group.choices);
  const full = multiple && props.max !== undefined && chosen.length >= props.max;
  usePopup(popup, field, open, 'start', `${found.state} ${choices.length} ${chosen.length}`);

  const isChosen = (choice: Choice) => chosen.some((each) => each.value === choice.value);

  const show = () => {
    if (open) return;
    const index = multiple ? 0 : choices.findIndex(isChosen);
    setAt(Math.max(0, index));
    setOpen(true);
  };

  const close = () => {
    setOpen(false);
    setTyped('');
  };

  const toggle = () => {
    input.current?.focus();
    open ? close() : show();
  };

  const pick = (choice: Choice) => {
    setTyped('');
    input.current?.focus();
    if (!multiple) {
      setOpen(false);
      props.onChange([choice.value]);
    } else if (isChosen(choice))
      props.onChange(chosen.map((each) => each.value).filter((each) => each !== choice.value));
    else if (!full) props.onChange([...chosen.map((each) => each.value), choice.value]);
  };

  const remove = (value: string) => {
    props.onChange(chosen.map((each) => each.value).filter((each) => each !== value));
    input.current?.focus();
  };

  useEffect(() => {
    popup.current?.querySelector('[data-at=true]')?.scrollIntoView({ block: 'nearest' });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const last = choices.length - 1;
    if (event.key === 'ArrowDown') open ? setAt(at >= last ? 0 : at + 1) : show();
    else if (event.key === 'ArrowUp') open ? setAt(at <= 0 ? last : at - 1) : show();
    else if (event.key === 'Home' && open && !typed) setAt(0);
    else if (event.key === 'End' && open && !typed) setAt(last);
    else if (event.key === 'Enter' && open) {
      const choice = choices[at];
      if (choice) pick(choice);
    } else if (event.key === 'Escape' && open) close();
    else if (event.key === 'Backspace' && !typed && multiple && chosen.length > 0) remove(chosen.at(-1)?.value ?? '');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const single = multiple ? undefined : chosen[0];
  const optionId = (index: number) => `${listId}-${index}`;
  let index = 0;
  const option = (choice: Choice, mine: number) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the input holds the focus and the keys
    <div
      key={choice.value}
      id={optionId(mine)}
      role="option"
      aria-selected={isChosen(choice)}
      data-at={mine === at}
      class="option"
      onPointerMove={() => setAt(mine)}
      onClick={() => pick(choice)}
    >
      <span class="option-text">
        <PlainText text={{ text: choice.label }} />
        {choice.detail && (
          <span class="option-detail">
            <PlainText text={{ text: choice.detail }} />
          </span>
        )}
      </span>
    </div>
  );

  return (
    <div
      class="combobox"
      ref={field}
      data-open={open}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && field.current?.contains(event.relatedTarget)) return;
        close();
      }}
    >
      {multiple &&
        chosen.map((choice) => (
          <span class="chip" key={choice.value}>
            <PlainText text={{ text: choice.label }} />
            <button type="button" aria-label={`Remove ${choice.label}`} onClick={() => remove(choice.value)}>
              ×
            </button>
          </span>
        ))}
      <input
        ref={input}
        id={props.id}
        type="text"
        role="combobox"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={open && choices[at] ? optionId(at) : undefined}
        aria-label={props.label}
        {...props.described}
        autocomplete="off"
        spellcheck={false}
        data-autofocus={props.autoFocus}
        placeholder={single?.label ?? (chosen.length > 0 ? '' : props.placeholder)}
        class={single ? 'has-choice' : ''}
        value={open ? typed : (single?.label ?? '')}
        onInput={(event) => {
          show();
          setAt(0);
          setTyped(event.currentTarget.value);
        }}
        onClick={show}
        onKeyDown={onKeyDown}
      />
      {props.busy && <span class="spinner" role="status" aria-label="Waiting for the app" />}
      {single && props.clearable && !open && (
        <button type="button" class="clear" aria-label="Clear the choice" onClick={() => props.onChange([])}>
          ×
        </button>
      )}
      <span class="chevron" aria-hidden="true" onPointerDown={(event) => event.preventDefault()} onClick={toggle} />
      {open && (
        <div ref={popup} popover="manual" class="popup options" onPointerDown={(event) => event.preventDefault()}>
          {full && <p class="option-note">No more than {props.max} can be chosen.</p>}
          {found.state === 'loading' && (
            <p class="option-note" role="status">
              <span class="spinner" /> Searching
            </p>
          )}
          {found.state === 'failed' && <p class="option-note problem">{found.why || 'No answer from the app.'}</p>}
          {found.state === 'found' && choices.length === 0 && <p class="option-note">Nothing matches.</p>}
          <div id={listId} role="listbox" aria-multiselectable={multiple} aria-label={props.label ?? 'Choices'}>
            {groups.map((group, groupIndex) => {
              const first = index;
              index += group.choices.length;
              const options = group.choices.map((choice, offset) => option(choice, first + offset));
              if (!group.label) return options;
              return (
                // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a listbox
                <div key={groupIndex} role="group" aria-label={group.label}>
                  <div class="option-group" aria-hidden="true">
                    {group.label}
                  </div>
                  {options}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}
