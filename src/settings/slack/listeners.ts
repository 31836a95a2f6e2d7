import type { ModalView } from '@slack/types';
import { grantRole } from '../../access/commands.ts';
import { addScope, editScope, removeScope } from '../../catalogue/scopes/commands.ts';
import { addService, editService, removeService } from '../../catalogue/services/commands.ts';
import {
  addCheckForm,
  readAddCheckForm,
  readCheckForm,
  readScopeForm,
  readServiceForm,
  scopeForm,
  serviceForm,
} from '../../catalogue/slack/forms.ts';
import { addCheck, editCheck, removeCheck } from '../../checks/commands.ts';
import { type ProviderMeans, removeProvider } from '../../checks/provider-commands.ts';
import { listProviders } from '../../checks/provider-repository.ts';
import type { ProviderFormContext } from '../../checks/slack/provider-forms.ts';
import { listenToProviders } from '../../checks/slack/provider-listeners.ts';
import { authorize } from '../../core/permissions.ts';
import { addFreeze, removeFreeze } from '../../freezes/commands.ts';
import { freezeForm, readFreezeForm } from '../../freezes/slack/form.ts';
import { claimKey, releaseKey } from '../../platform/idempotency.ts';
import { successMessage } from '../../slack/answers.ts';
import { quote } from '../../slack/blocks.ts';
import { messageDialog } from '../../slack/dialog.ts';
import { readInput } from '../../slack/form.ts';
import type { Listeners } from '../../slack/listeners.ts';
import type { Person } from '../../slack/people.ts';
import {
  type EditedSubject,
  FORMS,
  formMetadata,
  KIND_WORDS,
  type Origin,
  type RemovedSubject,
  readRemoveButton,
  SETTINGS,
  type SubmittedForm,
} from '../../slack/record-form.ts';
import { assertCanPost } from '../../subscriptions/slack/commands.ts';
import { configureAccount } from '../commands.ts';
import { readDefaultsForm, readRoleForm, roleForm } from './account-forms.ts';
import { findForm, PendingChange } from './changes.ts';
import { overviewMetadata, redrawSettings } from './overview.ts';

/** Reacts to what admins press, choose, fill in and remove in the settings. */
export function listenToSettings(on: Listeners, providers: ProviderMeans): void {
  const context: ProviderFormContext = { ...on.context, providers };
  const { client, ctx } = context;
  const db = ctx.database;

  onOpen(SETTINGS.defaults, (person, origin) => findForm(context, person, { kind: 'defaults', id: '' }, origin));
  onOpen(SETTINGS.role, async (_, origin) => roleForm(origin));
  onOpen(SETTINGS.addScope, async (_, origin) => scopeForm(undefined, origin));
  onOpen(SETTINGS.addService, async (_, origin) => serviceForm(undefined, [], origin));
  onOpen(SETTINGS.addCheck, async ({ actor }, origin) => {
    const providers = await listProviders(db, actor.accountId);
    return addCheckForm(
      providers.map(({ name }) => name),
      origin,
    );
  });
  onOpen(SETTINGS.addFreeze, async ({ timezone }, origin) => freezeForm(timezone, origin));
  for (const kind of ['scope', 'service', 'check', 'provider'] as const) {
    onOpen(SETTINGS[kind], (person, origin, chosen) => findForm(context, person, { kind, id: chosen }, origin));
  }

  listenToProviders(context, onOpen, onForm);
  onForm(
    FORMS.defaults,
    async ({ actor }, { held, ctx: asSeen }) => {
      authorize(actor, 'configure-account');
      const edit = readDefaultsForm(held);
      if (edit.defaultChannel != null) await assertCanPost(context, edit.defaultChannel);
      await configureAccount(asSeen, actor, edit);
    },
    'defaults',
  );
  onForm(FORMS.role, async ({ actor }, { held }) => {
    const { subject, role } = readRoleForm(held);
    await grantRole(ctx, actor, subject, role);
  });
  onForm(
    FORMS.scope,
    async ({ actor }, { id, held, ctx: asSeen }) => {
      const edit = readScopeForm(held);
      const scope = id === undefined ? await addScope(ctx, actor, { ...edit, name: edit.name ?? '' }) : undefined;
      await editScope(asSeen, actor, scope?.id ?? Number(id), edit);
    },
    'scope',
  );
  onForm(
    FORMS.service,
    async ({ actor }, { id, held, ctx: asSeen }) => {
      const { checks, ...edit } = readServiceForm(held);
      const added = { ...edit, name: edit.name ?? '', scopeId: edit.scopeId ?? null };
      const service = id === undefined ? await addService(ctx, actor, added) : undefined;
      await editService(asSeen, actor, service?.id ?? Number(id), { ...edit, checks });
    },
    'service',
  );
  onForm(FORMS.freeze, async ({ actor }, { held }) => {
    await addFreeze(ctx, actor, readFreezeForm(held));
  });
  onForm(
    FORMS.check,
    async ({ actor }, { id, held, ctx: asSeen }) => {
      if (id === undefined) await addCheck(ctx, actor, readAddCheckForm(held));
      else await editCheck(asSeen, actor, id, readCheckForm(held));
    },
    'check',
  );

  on.inView(SETTINGS.remove, async (person, { view, value }) => {
    const subject = readRemoveButton.parse(JSON.parse(value));
    const name = await remove(person, subject);
    const removed = successMessage(`The ${KIND_WORDS[subject.kind]} *${quote(name, 200)}* was removed.`);
    await client.views.update({ view_id: view.id, view: messageDialog(removed, 'Removed') });
    await redrawSettings(context, person, formMetadata.parse(JSON.parse(view.private_metadata)).origin);
  });
  on.inView(SETTINGS.removeFreeze, async (person, { view, value }) => {
    await removeFreeze(ctx, person.actor, Number(value));
    const { generation } = overviewMetadata.parse(JSON.parse(view.private_metadata));
    await redrawSettings(context, person, { view: view.id, generation });
  });

  async function remove({ actor }: Person, { kind, id }: RemovedSubject): Promise<string> {
    switch (kind) {
      case 'scope':
        return (await removeScope(ctx, actor, Number(id))).name;
      case 'service':
        return (await removeService(ctx, actor, Number(id))).name;
      case 'check':
        return (await removeCheck(ctx, actor, id)).name;
      case 'provider':
        return (await removeProvider(ctx, actor, id)).name;
    }
  }

  /** Something pressed or chosen in the settings, which opens a form on top of them. */
  function onOpen(
    actionId: string,
    draw: (person: Person, origin: Origin, chosen: string) => Promise<ModalView>,
  ): void {
    on.inView(actionId, async (person, { view, value, triggerId }) => {
      authorize(person.actor, 'configure-account');
      const { generation } = overviewMetadata.parse(JSON.parse(view.private_metadata));
      const drawn = await draw(person, { view: view.id, generation }, value);
      await client.views.push({ trigger_id: triggerId, view: drawn });
    });
  }

  /** A submitted form, which is acted upon once, however often it is sent; the settings below it show what changed. */
  function onForm(
    callbackId: string,
    work: (person: Person, filled: SubmittedForm) => Promise<void>,
    kind?: EditedSubject['kind'],
  ): void {
    on.submission(callbackId, async (person, view) => {
      const { id, origin, opened } = formMetadata.parse(JSON.parse(view.private_metadata));
      const { accountId } = person.actor;
      const key = `view:${view.id}`;
      if (!(await claimKey(db, accountId, key, ctx.clock.now()))) return undefined;
      const held = readInput(view.state.values);
      const changing =
        kind === undefined || opened === undefined
          ? undefined
          : new PendingChange(context, person, { kind, id: id ?? '' }, { opened, origin, held });
      const after = () => redrawSettings(context, person, origin);
      try {
        await work(person, { id, held: changing?.changed() ?? held, ctx: changing?.ctx() ?? ctx });
        return { after };
      } catch (error) {
        await releaseKey(db, accountId, key);
        const show = await changing?.insteadOf(error);
        if (show === undefined) throw error;
        return { show, after };
      }
    });
  }
}
