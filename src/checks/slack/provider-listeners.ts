import { FORMS, type OnForm, type OnOpen, SETTINGS } from '../../slack/record-form.ts';
import { ReplyError } from '../../slack/reply-error.ts';
import { providerNotFound } from '../errors.ts';
import { addProvider, editProvider } from '../provider-commands.ts';
import { findProvider } from '../provider-repository.ts';
import { connectForm, findKind, type ProviderFormContext, readFields } from './provider-forms.ts';

/** Hears how monitoring systems are connected and changed. */
export function listenToProviders(context: ProviderFormContext, onOpen: OnOpen, onForm: OnForm): void {
  const { providers } = context;
  onOpen(SETTINGS.connect, async (_, origin, kind) => connectForm(findKind(context, kind), origin));

  onForm(FORMS.connect, async ({ actor }, { id = '', held, ctx }) => {
    const kind = findKind(context, id);
    const settings = readFields('settings', kind.settings, held);
    const credentials = readFields('credentials', kind.credentials, held);
    const problems = [...settings.problems, ...credentials.problems];
    if (problems.length > 0) throw new ReplyError(problems);
    const name = held.get('name')?.value?.trim() ?? '';
    const input = { name, kind: id, settings: settings.values, credentials: credentials.values, enabled: true };
    await addProvider(ctx, actor, input, providers);
  });
  onForm(
    FORMS.provider,
    async ({ actor }, { id: name = '', held, ctx }) => {
      const provider = await findProvider(ctx.database, actor.accountId, name);
      if (provider === undefined) throw providerNotFound({ name });
      const kind = findKind(context, provider.kind);
      const settings = readFields('settings', kind.settings, held);
      const credentials = readFields('credentials', kind.credentials, held);
      const problems = [...settings.problems, ...credentials.problems];
      if (problems.length > 0) throw new ReplyError(problems);
      const given = Object.keys(credentials.values).length > 0;
      const changed = [...held.keys()].some((field) => field.startsWith('settings.'));
      const kept = Object.entries(provider.settings).filter(([field]) => !held.has(`settings.${field}`));
      const enabled = held.get('enabled')?.selected_options;
      const edit = {
        ...(changed ? { settings: { ...Object.fromEntries(kept), ...settings.values } } : {}),
        ...(enabled == null ? {} : { enabled: enabled.length > 0 }),
        ...(given ? { credentials: credentials.values } : {}),
      };
      await editProvider(ctx, actor, name, edit, providers);
    },
    'provider',
  );
}
