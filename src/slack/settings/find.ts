import type { ModalView } from '@slack/types';
import { noSuchScope } from '../../actions/edit-scope.ts';
import { noSuchService } from '../../actions/edit-service.ts';
import { noSuchCheck } from '../../actions/remove-check.ts';
import { findCheck, listChecks } from '../../store/checks.ts';
import { findScope } from '../../store/scopes.ts';
import { findService, listServices } from '../../store/services.ts';
import type { SlackContext } from '../context.ts';
import type { Person } from '../people.ts';
import { checkForm, scopeForm, serviceForm } from './catalogue-forms.ts';
import type { Origin } from './form.ts';

/**
 * The form to change something of the catalogue, as it is now.
 * @throws Refusal of kind `not-found` when somebody removed it meanwhile
 */
export async function formOf(
  { ground }: SlackContext,
  { actor }: Person,
  { kind, id }: { readonly kind: 'scope' | 'service' | 'check'; readonly id: string },
  origin: Origin,
): Promise<ModalView> {
  const db = ground.database;
  const { accountId } = actor;
  switch (kind) {
    case 'scope': {
      const scope = await findScope(db, accountId, Number(id));
      if (scope === null) throw noSuchScope(Number(id));
      return scopeForm(scope, origin);
    }
    case 'service': {
      const service = await findService(db, accountId, Number(id));
      if (service === null) throw noSuchService(Number(id));
      return serviceForm(service, await listChecks(db, accountId, { ids: service.checks }), origin);
    }
    case 'check': {
      const check = await findCheck(db, accountId, id);
      if (check === null) throw noSuchCheck(id);
      return checkForm(check, await listServices(db, accountId, { ids: check.services }), origin);
    }
  }
}
