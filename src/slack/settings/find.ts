import type { ModalView } from '@slack/types';
import { noSuchProvider } from '../../actions/edit-provider.ts';
import { noSuchScope } from '../../actions/edit-scope.ts';
import { noSuchService } from '../../actions/edit-service.ts';
import { noSuchCheck } from '../../actions/remove-check.ts';
import { seenOf } from '../../actions/unchanged.ts';
import type { Fields } from '../../domain/difference.ts';
import { settingsOf } from '../../store/accounts.ts';
import { findCheck, listChecks } from '../../store/checks.ts';
import type { Queries } from '../../store/database.ts';
import { newestEvent } from '../../store/history.ts';
import { findProvider, sealedCredentials } from '../../store/providers.ts';
import { findScope } from '../../store/scopes.ts';
import { findService, listServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import type { Person } from '../people.ts';
import { defaultsForm } from './account-forms.ts';
import { checkForm, scopeForm, serviceForm } from './catalogue-forms.ts';
import { heldAtFirst, valuesOf } from './fields.ts';
import { formMetadata, type Opened, type Origin, type Removed } from './form.ts';
import { providerForm } from './provider-forms.ts';
import { kindOf } from './provider-kind.ts';

/** What is changed in a form: what holds for all of the account, or one thing by its id. */
export type Edited = Removed | { readonly kind: 'defaults'; readonly id: string };

/** A form as it is drawn. */
interface Drawn {
  readonly view: ModalView;
  /** What it is, in its fields, and in what no form shows. */
  readonly fields: Fields;
}

/**
 * The form of it, without what it carries along.
 * @throws Refusal of kind `not-found` when somebody removed it meanwhile
 */
export async function draw(
  context: SlackContext,
  db: Queries,
  accountId: number,
  edited: Edited,
  origin: Origin,
): Promise<Drawn> {
  const drawn = (view: ModalView, unseen: Fields = {}): Drawn => ({
    view,
    fields: { ...valuesOf(heldAtFirst(view.blocks)), ...unseen },
  });
  const { kind, id } = edited;
  switch (kind) {
    case 'defaults':
      return drawn(defaultsForm(await settingsOf(db, accountId), origin));
    case 'scope': {
      const scope = await findScope(db, accountId, Number(id));
      if (scope === null) throw noSuchScope(Number(id));
      return drawn(scopeForm(scope, origin));
    }
    case 'service': {
      const service = await findService(db, accountId, Number(id));
      if (service === null) throw noSuchService(Number(id));
      return drawn(serviceForm(service, await listChecks(db, accountId, { ids: service.checks }), origin));
    }
    case 'check': {
      const check = await findCheck(db, accountId, id);
      if (check === null) throw noSuchCheck(id);
      return drawn(checkForm(check, await listServices(db, accountId, { ids: check.services }), origin));
    }
    case 'provider': {
      const provider = await findProvider(db, accountId, id);
      if (provider === undefined) throw noSuchProvider(id);
      const credentials = await sealedCredentials(db, accountId, id);
      return drawn(providerForm(provider, kindOf(context, provider.kind), origin), { credentials });
    }
  }
}

/**
 * The form to change something, as it is now. It carries along what it shows.
 * @throws Refusal of kind `not-found` when somebody removed it meanwhile
 */
export async function formOf(
  context: SlackContext,
  { actor: { accountId } }: Person,
  edited: Edited,
  origin: Origin,
): Promise<ModalView> {
  const { database } = context.ground;
  // Before it is looked at, so that no change falls between the two.
  const event = await newestEvent(database, accountId);
  const { view, fields } = await draw(context, database, accountId, edited, origin);
  return carrying(view, { seen: seenOf(fields), event, generation: 0 });
}

/** The form with what it showed, and when. */
export function carrying(view: ModalView, opened: Opened): ModalView {
  const { origin, id } = formMetadata.parse(JSON.parse(view.private_metadata ?? ''));
  return { ...view, private_metadata: JSON.stringify({ origin, id, opened }) };
}
