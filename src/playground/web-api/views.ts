import { checkHome, checkModal } from '../block-kit/check.ts';
import { type KeptView, slackView, type ViewOutcome } from '../views/views.ts';
import type { World } from '../world.ts';
import { type Method, method, nested, SlackFailure, text } from './method.ts';

const view = nested;

function modal(value: unknown) {
  const checked = checkModal(value);
  if (!checked.ok) throw SlackFailure.because('invalid_arguments', checked.errors);
  return checked.value;
}

function answer(world: World, outcome: ViewOutcome<KeptView>): Record<string, unknown> {
  if (!outcome.ok) throw new SlackFailure(outcome.error);
  return { view: slackView(world.workspace, outcome.view) };
}

function exchange(world: World, triggerId: string) {
  const trigger = world.triggers.exchange(triggerId);
  if (!trigger.ok) throw new SlackFailure(trigger.error);
  return trigger.origin;
}

const open = method({
  tier: 4,
  input: { trigger_id: text, view },
  run(args, world) {
    const checked = modal(args.view);
    const origin = exchange(world, args.trigger_id);
    return answer(world, world.views.open(origin.person, checked, origin.channel));
  },
});

const push = method({
  tier: 4,
  input: { trigger_id: text, view },
  run(args, world) {
    const checked = modal(args.view);
    const origin = exchange(world, args.trigger_id);
    if (origin.view === undefined) throw new SlackFailure('not_found');
    return answer(world, world.views.push(origin.view, checked));
  },
});

const update = method({
  tier: 4,
  input: { view_id: text.optional(), external_id: text.optional(), hash: text.optional(), view },
  run(args, world) {
    const checked = modal(args.view);
    if (args.view_id !== undefined) return answer(world, world.views.update({ id: args.view_id }, checked, args.hash));
    if (args.external_id === undefined) {
      throw SlackFailure.because('invalid_arguments', ['missing required field: view_id']);
    }
    return answer(world, world.views.update({ externalId: args.external_id }, checked, args.hash));
  },
});

const publish = method({
  tier: 4,
  input: { user_id: text, hash: text.optional(), view },
  run(args, world) {
    const person = world.workspace.person(args.user_id);
    if (person === undefined || person.kind !== 'person') throw new SlackFailure('user_not_found');
    if (world.workspace.manifest.features.app_home?.home_tab_enabled !== true) throw new SlackFailure('not_enabled');
    const checked = checkHome(args.view);
    if (!checked.ok) throw SlackFailure.because('invalid_arguments', checked.errors);
    return answer(world, world.views.publish(person.id, checked.value, args.hash));
  },
});

export const views: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
