import type { DescribedKind } from '../../actions/add-provider.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { SlackContext } from '../context.ts';

/** @throws Refusal of kind `not-found` */
export function kindOf({ providers }: Pick<SlackContext, 'providers'>, name: string): DescribedKind {
  const kind = providers.configuration.described().find((each) => each.kind === name);
  if (kind === undefined) throw new Refusal('not-found', `There is no kind of monitoring systems named ${name}.`);
  return kind;
}
