import type { ProviderDependencies } from '../../checks/provider-commands.ts';
import { authorize, authorizeForm } from '../../core/permissions.ts';
import { removeFreeze } from '../../freezes/commands.ts';
import { quote, successMessage } from '../../slack/blocks.ts';
import { messageDialog } from '../../slack/context.ts';
import type { Listeners, ViewPress } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import { formMetadata, REMOVE_ACTION } from '../../slack/record-form.ts';
import { sharedForms } from '../../texts/slack-forms.ts';
import { settingsMessages } from '../../texts/slack-messages.ts';
import { FORM_KINDS, FORMS, type FormKind, formId, getNoun, openForm, saveForm } from './changes.ts';
import { ADD_KINDS, REMOVE_FREEZE_ACTION, readOrigin, redrawSettings } from './overview.ts';

/** Reacts to what admins press, choose, fill in and remove in the settings. */
export function listenToSettings(on: Listeners, providers: ProviderDependencies): void {
  const context = { ...on.context, providers };
  const { client, ctx } = context;

  const open = async (kind: FormKind, person: Person, { view, triggerId }: ViewPress, id?: string) => {
    authorizeForm(person.actor, 'configure-account');
    const form = await openForm(context, person, kind, id, readOrigin(view));
    await client.views.push({ trigger_id: triggerId, view: form });
  };
  for (const kind of ADD_KINDS) on.inView(`${formId(kind)}.add`, (person, press) => open(kind, person, press));
  for (const kind of FORM_KINDS) {
    // A freeze is only added and removed.
    if (kind !== 'freeze') on.inView(formId(kind), (person, press) => open(kind, person, press, press.value));
    on.submission(formId(kind), (person, view) => saveForm(context, person, kind, view));
  }

  on.inView(REMOVE_ACTION, async (person, { view }) => {
    const kind = FORM_KINDS.find((each) => formId(each) === view.callback_id);
    const { id, origin } = formMetadata.parse(JSON.parse(view.private_metadata));
    if (kind === undefined || id === undefined) return;
    authorize(person.actor, 'configure-account');
    const removed = await FORMS[kind].remove?.(ctx, person.actor, id);
    if (removed === undefined) return;
    const message = successMessage(settingsMessages.removed(getNoun(kind), quote(removed.name, 200)));
    await client.views.update({ view_id: view.id, view: messageDialog(message, sharedForms.removed) });
    await redrawSettings(context, person, origin);
  });

  on.inView(REMOVE_FREEZE_ACTION, async (person, { view, value }) => {
    await removeFreeze(ctx, person.actor, Number(value));
    await redrawSettings(context, person, readOrigin(view));
  });
}
