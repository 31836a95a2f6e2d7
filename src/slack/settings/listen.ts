import type { App, BlockAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { addCheck } from '../../actions/add-check.ts';
import { addFreeze } from '../../actions/add-freeze.ts';
import { addScope } from '../../actions/add-scope.ts';
import { addService } from '../../actions/add-service.ts';
import { configureAccount } from '../../actions/configure-account.ts';
import { editCheck } from '../../actions/edit-check.ts';
import { editScope } from '../../actions/edit-scope.ts';
import { editService } from '../../actions/edit-service.ts';
import { grantRole } from '../../actions/grant-role.ts';
import { removeCheck } from '../../actions/remove-check.ts';
import { removeFreeze } from '../../actions/remove-freeze.ts';
import { removeProvider } from '../../actions/remove-provider.ts';
import { removeScope } from '../../actions/remove-scope.ts';
import { removeService } from '../../actions/remove-service.ts';
import { mustBeAllowed } from '../../domain/permissions.ts';
import { settingsOf } from '../../store/accounts.ts';
import { listProviders } from '../../store/providers.ts';
import { firstTime, forgetRequest } from '../../store/receipts.ts';
import { mustBeAbleToPost } from '../commands/channels.ts';
import { answering, type Reply } from '../context.ts';
import { dialog } from '../dialog.ts';
import type { Listening } from '../listeners.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import type { Person } from '../people.ts';
import { submissions } from '../submitted.ts';
import { defaultsForm, readDefaultsForm, readRoleForm, roleForm } from './account-forms.ts';
import {
  addCheckForm,
  readAddCheckForm,
  readCheckForm,
  readScopeForm,
  readServiceForm,
  scopeForm,
  serviceForm,
} from './catalogue-forms.ts';
import { formOf } from './find.ts';
import { formMetadata, KIND_WORDS, type Origin, type Removed, removed } from './form.ts';
import { freezeForm, readFreezeForm } from './freeze-form.ts';
import { FORMS, SETTINGS } from './ids.ts';
import { listenToProviders } from './listen-providers.ts';
import { redrawSettings } from './open.ts';
import { overviewMetadata } from './overview.ts';

/** Something pressed or chosen in the settings, which opens a form on top of them. */
export type OnOpen = (
  actionId: string,
  draw: (person: Person, origin: Origin, chosen: string) => Promise<ModalView>,
) => void;
/** A submitted form, with the id of what it changes. */
export type OnForm = (
  callbackId: string,
  work: (person: Person, view: ViewOutput, id: string | undefined) => Promise<void>,
) => void;

/** Hears what admins press, choose, fill in and remove in the settings. */
export function listenToSettings(app: App, { context, track }: Listening): void {
  const { client, ground, log, people, workspace } = context;
  const db = ground.database;
  const onSubmit = submissions(app, { context, track });

  onOpen(SETTINGS.defaults, async ({ actor }, origin) => defaultsForm(await settingsOf(db, actor.accountId), origin));
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
  for (const kind of ['scope', 'service', 'check'] as const) {
    onOpen(SETTINGS[kind], (person, origin, chosen) => formOf(context, person, { kind, id: chosen }, origin));
  }

  listenToProviders(context, onOpen, onForm);
  onForm(FORMS.defaults, async ({ actor }, view) => {
    mustBeAllowed(actor, 'configure-account');
    const edit = readDefaultsForm(view.state.values);
    if (edit.defaultChannel != null) await mustBeAbleToPost(context, edit.defaultChannel);
    await configureAccount(ground, actor, edit);
  });
  onForm(FORMS.role, async ({ actor }, view) => {
    const { subject, role } = readRoleForm(view.state.values);
    await grantRole(ground, actor, subject, role);
  });
  onForm(FORMS.scope, async ({ actor }, view, id) => {
    const { reminders, requiresApproval, ...values } = readScopeForm(view.state.values);
    const scope = id === undefined ? await addScope(ground, actor, values) : { id: Number(id) };
    await editScope(ground, actor, scope.id, { ...values, reminders, requiresApproval });
  });
  onForm(FORMS.service, async ({ actor }, view, id) => {
    const { checks, ...values } = readServiceForm(view.state.values);
    const service = id === undefined ? await addService(ground, actor, values) : { id: Number(id) };
    await editService(ground, actor, service.id, { ...values, checks });
  });
  onForm(FORMS.freeze, async ({ actor }, view) => {
    await addFreeze(ground, actor, readFreezeForm(view.state.values));
  });
  onForm(FORMS.check, async ({ actor }, view, id) => {
    if (id === undefined) await addCheck(ground, actor, readAddCheckForm(view.state.values));
    else await editCheck(ground, actor, id, readCheckForm(view.state.values));
  });

  app.action<BlockAction>({ type: 'block_actions', action_id: SETTINGS.remove }, async ({ ack, body, action }) => {
    await ack();
    const { view } = body;
    if (view === undefined || action.type !== 'button') return;
    track(
      answering(log, onTop(body.trigger_id), async () => {
        const person = await people.find(workspace, body.user.id);
        const what = removed.parse(JSON.parse(action.value ?? ''));
        const name = await remove(person, what);
        const said = answer(`The ${KIND_WORDS[what.kind]} *${quote(name, 200)}* was removed.`);
        await client.views.update({ view_id: view.id, view: dialog(said, 'Removed') });
        await redrawSettings(context, person, formMetadata.parse(JSON.parse(view.private_metadata)).origin);
      }),
    );
  });

  app.action<BlockAction>(
    { type: 'block_actions', action_id: SETTINGS.removeFreeze },
    async ({ ack, body, action }) => {
      await ack();
      const { view } = body;
      if (view === undefined || action.type !== 'button') return;
      track(
        answering(log, onTop(body.trigger_id), async () => {
          const person = await people.find(workspace, body.user.id);
          await removeFreeze(ground, person.actor, Number(action.value));
          const { generation } = overviewMetadata.parse(JSON.parse(view.private_metadata));
          await redrawSettings(context, person, { view: view.id, generation });
        }),
      );
    },
  );

  async function remove({ actor }: Person, { kind, id }: Removed): Promise<string> {
    switch (kind) {
      case 'scope':
        return (await removeScope(ground, actor, Number(id))).name;
      case 'service':
        return (await removeService(ground, actor, Number(id))).name;
      case 'check':
        return (await removeCheck(ground, actor, id)).name;
      case 'provider':
        return (await removeProvider(ground, actor, id)).name;
    }
  }

  /** Something pressed or chosen in the settings, which opens a form on top of them. */
  function onOpen(
    actionId: string,
    draw: (person: Person, origin: Origin, chosen: string) => Promise<ModalView>,
  ): void {
    app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const { view } = body;
      if (view === undefined) return;
      track(
        answering(log, onTop(body.trigger_id), async () => {
          const person = await people.find(workspace, body.user.id);
          mustBeAllowed(person.actor, 'configure-account');
          const { generation } = overviewMetadata.parse(JSON.parse(view.private_metadata));
          const drawn = await draw(person, { view: view.id, generation }, chosenIn(action));
          await client.views.push({ trigger_id: body.trigger_id, view: drawn });
        }),
      );
    });
  }

  /** A submitted form, which is acted upon once, however often it is sent; the settings below it show what changed. */
  function onForm(
    callbackId: string,
    work: (person: Person, view: ViewOutput, id: string | undefined) => Promise<void>,
  ): void {
    onSubmit(callbackId, async (person, view) => {
      const { id, origin } = formMetadata.parse(JSON.parse(view.private_metadata));
      const { accountId } = person.actor;
      const key = `view:${view.id}`;
      if (!(await firstTime(db, accountId, key, ground.clock.now()))) return undefined;
      try {
        await work(person, view, id);
      } catch (error) {
        await forgetRequest(db, accountId, key);
        throw error;
      }
      return { after: () => redrawSettings(context, person, origin) };
    });
  }

  /** Answers in a dialog on top of what is open. */
  function onTop(triggerId: string): Reply {
    return async (message) => {
      try {
        await client.views.push({ trigger_id: triggerId, view: dialog(message, 'Not done') });
      } catch (error) {
        log.warn({ error }, 'an answer could not be shown in Slack');
      }
    };
  }
}

const chosen = z.object({ selected_option: z.object({ value: z.string() }) });

function chosenIn(action: unknown): string {
  return chosen.safeParse(action).data?.selected_option.value ?? '';
}
