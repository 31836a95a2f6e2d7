/** @jsxImportSource preact */
import { useRef } from 'preact/hooks';
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { type Choice, type ChoiceGroup, choiceOf, matching, offeredChoices } from '../blocks/choice.ts';
import { type Surface, useSurface, useWorkspace, type Workspace } from '../blocks/surface.ts';
import { Combobox } from './Combobox.tsx';
import { listOf, useElement } from './useElement.ts';

export type AnySelect = Extract<
  InteractiveElement,
  {
    type: `${'' | 'multi_'}${'static' | 'external' | 'users' | 'conversations' | 'channels'}_select` | 'static_select';
  }
>;

interface Source {
  /** Whether everything that can be found is known to the page. */
  readonly local: boolean;
  readonly find: (typed: string) => Promise<readonly ChoiceGroup[]> | readonly ChoiceGroup[];
  readonly known: readonly Choice[];
  readonly placeholder: string;
}

function listed(choices: readonly Choice[], placeholder: string): Source {
  return { local: true, find: (typed) => matching([{ choices }], typed), known: choices, placeholder };
}

function external(
  select: AnySelect & { type: 'external_select' | 'multi_external_select' },
  blockId: string,
  surface: Surface,
): Source {
  const actionId = select.action_id ?? '';
  const least = select.min_query_length ?? 3;
  const initial =
    'initial_options' in select ? select.initial_options : 'initial_option' in select ? [select.initial_option] : [];
  const seen = [...(surface.options[`${blockId}/${actionId}`] ?? []), ...(initial ?? [])];
  return {
    local: false,
    find: (typed) =>
      typed.length < least
        ? Promise.reject(new Error(`Type ${least} ${least === 1 ? 'letter' : 'letters'} or more to search.`))
        : surface.suggest(blockId, actionId, typed),
    known: seen.filter((option) => option !== undefined).map(choiceOf),
    placeholder: 'Search',
  };
}

function sourceOf(select: AnySelect, blockId: string, surface: Surface, workspace: Workspace): Source {
  switch (select.type) {
    case 'static_select':
    case 'multi_static_select': {
      const groups = offeredChoices(select);
      const known = groups.flatMap((group) => group.choices);
      return { local: true, find: (typed) => matching(groups, typed), known, placeholder: 'Choose' };
    }
    case 'external_select':
    case 'multi_external_select':
      return external(select, blockId, surface);
    case 'users_select':
    case 'multi_users_select':
      return listed(workspace.people, 'Choose a person');
    case 'channels_select':
    case 'multi_channels_select':
      return listed(
        workspace.conversations.filter((each) => each.kind === 'public'),
        'Choose a channel',
      );
    case 'conversations_select':
    case 'multi_conversations_select': {
      const kinds = select.filter?.include;
      const offered = workspace.conversations.filter((each) => !kinds || kinds.includes(each.kind));
      return { ...listed(offered, 'Choose a conversation'), known: workspace.conversations };
    }
  }
}

export function Select({ element, block }: { readonly element: AnySelect; readonly block: PlacedBlock }) {
  const held = useElement(element, block);
  const surface = useSurface();
  const workspace = useWorkspace();
  const source = sourceOf(element, block.block_id, surface, workspace);
  const multiple = element.type.startsWith('multi_');
  // What was offered here before, so that a choice made from a search keeps its name after the next search.
  const seen = useRef(new Map<string, Choice>());
  const find = async (typed: string) => {
    const groups = await source.find(typed);
    for (const choice of groups.flatMap((group) => group.choices)) seen.current.set(choice.value, choice);
    return groups;
  };
  const chosen = listOf(held.value).map(
    (value) =>
      seen.current.get(value) ?? source.known.find((choice) => choice.value === value) ?? { value, label: value },
  );
  return (
    <Combobox
      id={held.id}
      chosen={chosen}
      multiple={multiple}
      {...('max_selected_items' in element && element.max_selected_items ? { max: element.max_selected_items } : {})}
      placeholder={element.placeholder?.text ?? source.placeholder}
      find={source.local ? source.find : find}
      onChange={(values) => held.change(multiple ? values : (values[0] ?? null))}
      busy={held.busy}
      autoFocus={element.focus_on_load ?? false}
      clearable={block.type === 'input' && block.optional === true}
      described={held.described}
      {...(held.label ? { label: held.label } : {})}
    />
  );
}
