import type { OptionGroup, PlainOption, RequestResult, RichOption } from '../../protocol.ts';

/** One option. `value` is sent to the app and is unique in its list. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
}

export interface ChoiceGroup {
  readonly label?: string;
  readonly choices: readonly Choice[];
}

export function toChoice(option: PlainOption | RichOption): Choice {
  const choice = { value: option.value, label: option.text.text };
  return option.description ? { ...choice, detail: option.description.text } : choice;
}

/** The choices of a static select. */
export function listChoices(select: {
  readonly options?: readonly PlainOption[];
  readonly option_groups?: readonly OptionGroup[];
}): ChoiceGroup[] {
  if (select.option_groups) {
    return select.option_groups.map((group) => ({ label: group.label.text, choices: group.options.map(toChoice) }));
  }
  return [{ choices: (select.options ?? []).map(toChoice) }];
}

/** The choices in the app's response for an external select. */
export function readSuggestions(result: RequestResult): ChoiceGroup[] {
  if (result.optionGroups) {
    return result.optionGroups.map((group) => ({ label: group.label, choices: group.options.map(toChoice) }));
  }
  return [{ choices: (result.options ?? []).map(toChoice) }];
}

/** The choices that contain every typed word, without empty groups. */
export function filterChoices(groups: readonly ChoiceGroup[], typed: string): ChoiceGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (choice: Choice) => {
    const text = `${choice.label} ${choice.detail ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groups
    .map((group) => ({ ...group, choices: group.choices.filter(fits) }))
    .filter((group) => group.choices.length > 0);
}
