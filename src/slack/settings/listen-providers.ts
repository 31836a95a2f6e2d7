import type { ModalView } from '@slack/types';
import { addProvider, type DescribedKind } from '../../actions/add-provider.ts';
import { editProvider, noSuchProvider } from '../../actions/edit-provider.ts';
import { Refusal } from '../../domain/refusal.ts';
import { findProvider } from '../../store/providers.ts';
import type { SlackContext } from '../context.ts';
import { heldBy } from '../modals/form.ts';
import type { Person } from '../people.ts';
import type { Origin } from './form.ts';
import { FORMS, SETTINGS } from './ids.ts';
import type { OnForm, OnOpen } from './listen.ts';
import { readFields } from './provider-fields.ts';
import { connectForm, providerForm } from './provider-forms.ts';

/** Hears how monitoring systems are connected and changed. */
export function listenToProviders(context: SlackContext, onOpen: OnOpen, onForm: OnForm): void {
  const { ground, providers } = context;
  onOpen(SETTINGS.connect, async (_, origin, kind) => connectForm(kindOf(context, kind), origin));
  onOpen(SETTINGS.provider, (person, origin, name) => changed(context, person, name, origin));

  onForm(FORMS.connect, async ({ actor }, view, id = '') => {
    const kind = kindOf(context, id);
    const held = heldBy(view.state.values);
    const settings = readFields('settings', kind.settings, held);
    const credentials = readFields('credentials', kind.credentials, held);
    const problems = [...settings.problems, ...credentials.problems];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const name = held.get('name')?.value?.trim() ?? '';
    const input = { name, kind: id, settings: settings.values, credentials: credentials.values, enabled: true };
    await addProvider(ground, actor, input, providers);
  });
  onForm(FORMS.provider, async ({ actor }, view, name = '') => {
    const provider = await findProvider(ground.database, actor.accountId, name);
    if (provider === undefined) throw noSuchProvider(name);
    const kind = kindOf(context, provider.kind);
    const held = heldBy(view.state.values);
    const settings = readFields('settings', kind.settings, held);
    const credentials = readFields('credentials', kind.credentials, held);
    const problems = [...settings.problems, ...credentials.problems];
    if (problems.length > 0) throw Refusal.invalid(problems);
    const given = Object.keys(credentials.values).length > 0;
    const enabled = (held.get('enabled')?.selected_options ?? []).length > 0;
    const edit = { settings: settings.values, enabled, ...(given ? { credentials: credentials.values } : {}) };
    await editProvider(ground, actor, name, edit, providers);
  });
}

function kindOf({ providers }: SlackContext, name: string): DescribedKind {
  const kind = providers.configuration.described().find((each) => each.kind === name);
  if (kind === undefined) throw new Refusal('not-found', `There is no kind of monitoring systems named ${name}.`);
  return kind;
}

async function changed(context: SlackContext, { actor }: Person, name: string, origin: Origin): Promise<ModalView> {
  const provider = await findProvider(context.ground.database, actor.accountId, name);
  if (provider === undefined) throw noSuchProvider(name);
  return providerForm(provider, kindOf(context, provider.kind), origin);
}
