import type { ModalView } from '@slack/types';
import type { DescribedKind } from '../../actions/add-provider.ts';
import type { StoredProvider } from '../../store/providers.ts';
import { quote, section } from '../messages/blocks.ts';
import { input, option } from '../modals/form.ts';
import { form, nameInput, type Origin, removeButton } from './form.ts';
import { FORMS } from './ids.ts';
import { fieldInputs } from './provider-fields.ts';

const SECRETS = 'Credentials are sealed and not shown again.';

const SWITCHED = option('enabled', 'Windows switch its checks');

/** Connects a monitoring system of this kind. */
export function connectForm(kind: DescribedKind, origin: Origin): ModalView {
  return form(FORMS.connect, 'Connect', { origin, id: kind.kind }, [
    section(`*${quote(kind.title, 100)}*${writtenFrom(kind)}`),
    nameInput('', kind.kind),
    ...fieldInputs('settings', kind.settings, {}),
    section(SECRETS),
    ...fieldInputs('credentials', kind.credentials, {}),
  ]);
}

/** What was never tried against the live service says so. */
function writtenFrom({ writtenFrom: documents }: DescribedKind): string {
  return documents.length === 0 ? '' : '\nWritten from its documentation, and not tried against the live service yet.';
}

/** Changes how a monitoring system is connected. */
export function providerForm(provider: StoredProvider, kind: DescribedKind, origin: Origin): ModalView {
  const { name, settings, enabled } = provider;
  return form(FORMS.provider, 'Change', { origin, id: name }, [
    section(`*${quote(name, 100)}*  ${quote(kind.title, 100)}`),
    ...fieldInputs('settings', kind.settings, settings),
    input(
      'enabled',
      'Use',
      {
        type: 'checkboxes',
        action_id: 'value',
        options: [SWITCHED],
        ...(enabled ? { initial_options: [SWITCHED] } : {}),
      },
      { optional: true, hint: 'Without, what Lull switched off there goes on again, and is left alone.' },
    ),
    section(`${SECRETS} Left empty, they stay as they are.`),
    ...fieldInputs('credentials', kind.credentials, {}, { stays: true }),
    removeButton({ kind: 'provider', id: name }, name),
  ]);
}
