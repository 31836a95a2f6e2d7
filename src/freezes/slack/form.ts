import { choiceField, type FormField, fillFields, readFields, searchField, textField } from '../../slack/fields.ts';
import { OPTIONS, ReplyError } from '../../slack/form.ts';
import type { FilledForm, RecordForm } from '../../slack/record-form.ts';
import { freezeForms as texts } from '../../texts/slack-forms.ts';
import { addFreeze } from '../commands.ts';

function instantField(name: string, label: string): FormField<undefined, Date> {
  return {
    ...{ name, label, element: { type: 'datetimepicker', action_id: 'value' } },
    write: () => ({}),
    read({ selected_date_time: seconds }) {
      if (seconds == null) throw new ReplyError([{ field: name, message: texts.timeRequired }]);
      return new Date(seconds * 1000);
    },
  };
}

/** @param zone the IANA zone of the person: Slack shows the pickers in it */
const freezeFields = (zone: string) => ({
  scopeId: searchField('scope', { ...texts.scope, actionId: OPTIONS.scopes }),
  start: instantField('start', texts.start(zone)),
  end: instantField('end', texts.end(zone)),
  reason: textField('reason', { ...texts.reason, maxChars: 1000 }),
  effect: choiceField('effect', 'radio_buttons', texts.effects, texts.effect),
});

export function fillFreezeForm(zone: string): FilledForm {
  const values = { scopeId: null, start: undefined, end: undefined, reason: '', effect: 'block' } as const;
  return { title: texts.add, items: fillFields(freezeFields(zone), values) };
}

export const freezeForm: RecordForm = {
  adds: true,
  fill: async (_context, _db, { timezone }) => fillFreezeForm(timezone),
  async save(_, { actor, timezone }, { inputs, ctx }) {
    await addFreeze(ctx, actor, readFields(freezeFields(timezone), inputs, 'all'));
  },
};
