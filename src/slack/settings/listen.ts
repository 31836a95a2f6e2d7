import type { App, BlockAction } from '@slack/bolt';
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
import { listProviders } from '../../store/providers.ts';
import { firstTime, forgetRequest } from '../../store/receipts.ts';
import { mustBeAbleToPost } from '../commands/channels.ts';
import { answering, type Reply } from '../context.ts';
import { dialog } from '../dialog.ts';
import type { Listening } from '../listening.ts';
import { answer } from '../messages/answers.ts';
import { quote } from '../messages/blocks.ts';
import { heldBy } from '../modals/form.ts';
import type { Person } from '../people.ts';
import { submissions } from '../submitted.ts';
import { readDefaultsForm, readRoleForm, roleForm } from './account-forms.ts';
import {
  addCheckForm,
  readAddCheckForm,
  readCheckForm,
  readScopeForm,
  readServiceForm,
  scopeForm,
  serviceForm,
} from './catalogue-forms.ts';
import { Changing } from './changing.ts';
import { type Edited, formOf } from './find.ts';
import { formMetadata, KIND_WORDS, type Origin, type Removed, removed } from './form.ts';
import { freezeForm, readFreezeForm } from './freeze-form.ts';
import { FORMS, SETTINGS } from './ids.ts';
import { listenToProviders } from './listen-providers.ts';
import type { Filled } from './listening.ts';
import { redrawSettings } from './open.ts';
import { overviewMetadata } from './overview.ts';

/** Hears what admins press, choose, fill in and remove in the settings. */
export function listenToSettings(app: App, { context, track }: Listening): void {
  const { client, ground, log, people, workspace } = context;
  const db = ground.database;
  const onSubmit = submissions(app, { context, track });

  onOpen(SETTINGS.defaults, (person, origin) => formOf(context, person, { kind: 'defaults', id: '' }, origin));
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
    onOpen(SETTINGS[kind], (person, origin, chosen) => formOf(context, person, { kind, id: chosen }, origin));
  }

  listenToProviders(context, onOpen, onForm);
  onForm(
    FORMS.defaults,
    async ({ actor }, { held, ground: asSeen }) => {
      mustBeAllowed(actor, 'configure-account');
      const edit = readDefaultsForm(held);
      if (edit.defaultChannel != null) await mustBeAbleToPost(context, edit.defaultChannel);
      await configureAccount(asSeen, actor, edit);
    },
    'defaults',
  );
  onForm(FORMS.role, async ({ actor }, { held }) => {
    const { subject, role } = readRoleForm(held);
    await grantRole(ground, actor, subject, role);
  });
  onForm(
    FORMS.scope,
    async ({ actor }, { id, held, ground: asSeen }) => {
      const edit = readScopeForm(held);
      const scope = id === undefined ? await addScope(ground, actor, { ...edit, name: edit.name ?? '' }) : undefined;
      await editScope(asSeen, actor, scope?.id ?? Number(id), edit);
    },
    'scope',
  );
  onForm(
    FORMS.service,
    async ({ actor }, { id, held, ground: asSeen }) => {
      const { checks, ...edit } = readServiceForm(held);
      const added = { ...edit, name: edit.name ?? '', scopeId: edit.scopeId ?? null };
      const service = id === undefined ? await addService(ground, actor, added) : undefined;
      await editService(asSeen, actor, service?.id ?? Number(id), { ...edit, checks });
    },
    'service',
  );
  onForm(FORMS.freeze, async ({ actor }, { held }) => {
    await addFreeze(ground, actor, readFreezeForm(held));
  });
  onForm(
    FORMS.check,
    async ({ actor }, { id, held, ground: asSeen }) => {
      if (id === undefined) await addCheck(ground, actor, readAddCheckForm(held));
      else await editCheck(asSeen, actor, id, readCheckForm(held));
    },
    'check',
  );

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
    work: (person: Person, filled: Filled) => Promise<void>,
    kind?: Edited['kind'],
  ): void {
    onSubmit(callbackId, async (person, view) => {
      const { id, origin, opened } = formMetadata.parse(JSON.parse(view.private_metadata));
      const { accountId } = person.actor;
      const key = `view:${view.id}`;
      if (!(await firstTime(db, accountId, key, ground.clock.now()))) return undefined;
      const held = heldBy(view.state.values);
      const changing =
        kind === undefined || opened === undefined
          ? undefined
          : new Changing(context, person, { kind, id: id ?? '' }, { opened, origin, held });
      const after = () => redrawSettings(context, person, origin);
      try {
        await work(person, { id, held: changing?.changed() ?? held, ground: changing?.ground() ?? ground });
        return { after };
      } catch (error) {
        await forgetRequest(db, accountId, key);
        const show = await changing?.insteadOf(error);
        if (show === undefined) throw error;
        return { show, after };
      }
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
