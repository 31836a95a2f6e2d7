/** @jsxImportSource preact */
import { useRef } from 'preact/hooks';
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { type Surface, useSurface, useWorkspace, type Workspace } from '../contexts.ts';
import { type ChoiceSource, Combobox } from './Combobox.tsx';
import { type Choice, listChoices, toChoice } from './choices.ts';
import { toList, useElement } from './useElement.ts';

export type AnySelect = Extract<
  InteractiveElement,
  {
    type: `${'' | 'multi_'}${'static' | 'external' | 'users' | 'conversations' | 'channels'}_select` | 'static_select';
  }
>;

interface Source {
  readonly choices: ChoiceSource;
  /** Used to show chosen values by their labels. */
  readonly known: readonly Choice[];
  readonly placeholder: string;
}

function createListSource(choices: readonly Choice[], placeholder: string, known = choices): Source {
  return { choices: { groups: [{ choices }] }, known, placeholder };
}

type ExternalSelect = Extract<AnySelect, { type: 'external_select' | 'multi_external_select' }>;

function createExternalSource(select: ExternalSelect, blockId: string, surface: Surface): Source {
  const actionId = select.action_id ?? '';
  const minLength = select.min_query_length ?? 3;
  const initial = select.type === 'external_select' ? [select.initial_option] : (select.initial_options ?? []);
  const options = [...(surface.options[`${blockId}/${actionId}`] ?? []), ...initial];
  const search = (typed: string) =>
    typed.length < minLength
      ? Promise.reject(new Error(`Type ${minLength} ${minLength === 1 ? 'letter' : 'letters'} or more to search.`))
      : surface.suggest(blockId, actionId, typed);
  return {
    choices: { search },
    known: options.filter((option) => option !== undefined).map(toChoice),
    placeholder: 'Search',
  };
}

function createSource(select: AnySelect, blockId: string, surface: Surface, workspace: Workspace): Source {
  switch (select.type) {
    case 'static_select':
    case 'multi_static_select': {
      const groups = listChoices(select);
      return { choices: { groups }, known: groups.flatMap((group) => group.choices), placeholder: 'Choose' };
    }
    case 'external_select':
    case 'multi_external_select':
      return createExternalSource(select, blockId, surface);
    case 'users_select':
    case 'multi_users_select':
      return createListSource(workspace.people, 'Choose a person');
    case 'channels_select':
    case 'multi_channels_select': {
      const offered = workspace.conversations.filter((each) => each.kind === 'public');
      return createListSource(offered, 'Choose a channel');
    }
    case 'conversations_select':
    case 'multi_conversations_select': {
      const kinds = select.filter?.include;
      const offered = workspace.conversations.filter((each) => !kinds || kinds.includes(each.kind));
      return createListSource(offered, 'Choose a conversation', workspace.conversations);
    }
  }
}

/** A select of any kind: static or external options, people, conversations or channels. */
export function Select({ element, block }: { readonly element: AnySelect; readonly block: PlacedBlock }) {
  const handle = useElement(element, block);
  const surface = useSurface();
  const workspace = useWorkspace();
  const source = createSource(element, block.block_id, surface, workspace);
  const multiple = element.type.startsWith('multi_');
  // Earlier results are kept, so that a chosen value keeps its label after the next search.
  const found = useRef(new Map<string, Choice>());
  const { search } = source.choices;
  const remembering = async (typed: string) => {
    const groups = (await search?.(typed)) ?? [];
    for (const choice of groups.flatMap((group) => group.choices)) found.current.set(choice.value, choice);
    return groups;
  };
  const toKnownChoice = (value: string): Choice =>
    found.current.get(value) ?? source.known.find((choice) => choice.value === value) ?? { value, label: value };
  return (
    <Combobox
      id={handle.id}
      chosen={toList(handle.value).map(toKnownChoice)}
      multiple={multiple}
      {...('max_selected_items' in element && element.max_selected_items ? { max: element.max_selected_items } : {})}
      placeholder={element.placeholder?.text ?? source.placeholder}
      source={search ? { search: remembering } : source.choices}
      onChange={(values) => handle.change(multiple ? values : (values[0] ?? null))}
      busy={handle.busy}
      autoFocus={element.focus_on_load ?? false}
      clearable={block.type === 'input' && block.optional === true}
      described={handle.described}
      {...(handle.label ? { label: handle.label } : {})}
    />
  );
}
