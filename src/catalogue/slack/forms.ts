import { type Check, listChecks } from '../../checks/repository.ts';
import { DEFAULT_REMINDERS_MINUTES, sortReminders } from '../../maintenance/rules/reminders.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { SLACK_LIMITS } from '../../slack/blocks.ts';
import {
  choiceField,
  type FormField,
  fillFields,
  flagField,
  nameField,
  readFields,
  searchField,
  searchManyField,
  textField,
  usersField,
} from '../../slack/fields.ts';
import { checkOption, OPTIONS, option, plain } from '../../slack/form.ts';
import type { FilledForm, RecordForm } from '../../slack/record-form.ts';
import { catalogueForms, sharedForms } from '../../texts/slack-forms.ts';
import { scopeNotFound, serviceNotFound } from '../errors.ts';
import { removeScope, saveScope } from '../scopes/commands.ts';
import { findScope, type ScopeSettings } from '../scopes/repository.ts';
import { removeService, saveService } from '../services/commands.ts';
import { findService, type ServiceSettings } from '../services/repository.ts';

const { scope: scopeTexts, service: serviceTexts } = catalogueForms;

const COMMON_FIELDS = {
  description: textField('description', { ...catalogueForms.description, multiline: true, optional: true }),
  visibility: choiceField('visibility', 'radio_buttons', catalogueForms.visibilities, catalogueForms.visibility),
};

/** The reminders that people choose from (minutes), besides those that were set over HTTP. */
const USUAL_REMINDERS_MINUTES = [10_080, 4320, 2880, 1440, 720, 240, 120, 60, 30, 15];
const reminderOption = (minutes: number) => option(String(minutes), formatDuration(minutes * 60_000));

/** @param reminders offered besides the usual ones (minutes) */
function remindersField(reminders: readonly number[]): FormField<readonly number[]> {
  const { placeholder, ...more } = scopeTexts.reminders;
  const options = sortReminders([...USUAL_REMINDERS_MINUTES, ...reminders]).slice(0, SLACK_LIMITS.options);
  return {
    ...{ name: 'reminders', optional: true, ...more },
    element: {
      ...{ type: 'multi_static_select', action_id: 'value', placeholder: plain(placeholder) },
      options: options.map(reminderOption),
    },
    write: (minutes) => ({ selected_options: sortReminders(minutes).map(reminderOption) }),
    read: ({ selected_options: chosen }) => (chosen ?? []).map(({ value }) => Number(value)),
  };
}

const scopeFields = (reminders: readonly number[] = []) => ({
  name: nameField(scopeTexts.namePlaceholder),
  ...COMMON_FIELDS,
  reminders: remindersField(reminders),
  requiresApproval: flagField('requires_approval', 'approval', scopeTexts.approval),
});

const NEW = { name: '', description: '', visibility: 'public' } as const;
const NEW_SCOPE = { ...NEW, reminders: DEFAULT_REMINDERS_MINUTES, requiresApproval: false };

export function fillScopeForm(scope: ScopeSettings | undefined): FilledForm {
  const values = scope ?? NEW_SCOPE;
  const items = fillFields(scopeFields(values.reminders), values);
  if (scope === undefined) return { title: scopeTexts.add, items };
  return { title: scopeTexts.change, items, removable: { noun: sharedForms.nouns.scope, name: scope.name } };
}

const toId = (id: string | undefined) => (id === undefined ? undefined : Number(id));

export const scopeForm: RecordForm = {
  async fill(_, db, { actor }, id) {
    if (id === undefined) return fillScopeForm(undefined);
    const scope = await findScope(db, actor.accountId, Number(id));
    if (scope === null) throw scopeNotFound({ id: Number(id) });
    return fillScopeForm(scope);
  },
  async save(_, { actor }, { id, inputs, ctx }) {
    await saveScope(ctx, actor, { id: toId(id), edit: readFields(scopeFields(), inputs) });
  },
  remove: (ctx, actor, id) => removeScope(ctx, actor, Number(id)),
};

const SERVICE_FIELDS = {
  name: nameField(serviceTexts.namePlaceholder),
  scope: searchField('scope', { ...serviceTexts.scope, actionId: OPTIONS.scopes }),
  owners: usersField('owners', serviceTexts.owners),
  checks: searchManyField('checks', { ...serviceTexts.checks, actionId: OPTIONS.checks, toOption: checkOption }),
  ...COMMON_FIELDS,
};

/** @param checks those of the service */
export function fillServiceForm(service: ServiceSettings | undefined, checks: readonly Check[]): FilledForm {
  const items = fillFields(SERVICE_FIELDS, { ...NEW, scope: null, owners: [], ...service, checks });
  if (service === undefined) return { title: serviceTexts.add, items };
  return { title: serviceTexts.change, items, removable: { noun: sharedForms.nouns.service, name: service.name } };
}

export const serviceForm: RecordForm = {
  async fill(_, db, { actor: { accountId } }, id) {
    if (id === undefined) return fillServiceForm(undefined, []);
    const service = await findService(db, accountId, Number(id));
    if (service === null) throw serviceNotFound({ id: Number(id) });
    return fillServiceForm(service, await listChecks(db, accountId, { ids: service.checks }));
  },
  async save(_, { actor }, { id, inputs, ctx }) {
    const { scope: scopeId, ...edit } = readFields(SERVICE_FIELDS, inputs);
    await saveService(ctx, actor, { id: toId(id), edit: { ...edit, scopeId } });
  },
  remove: (ctx, actor, id) => removeService(ctx, actor, Number(id)),
};
