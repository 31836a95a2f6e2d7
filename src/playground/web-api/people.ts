import { slackUser } from '../workspace/slack-objects.ts';
import { secondsOf } from '../workspace/timestamps.ts';
import { count, flag, type Method, method, page, SlackFailure, text } from './method.ts';

const info = method({
  scopes: ['users:read'],
  tier: 4,
  input: { user: text, include_locale: flag.optional() },
  run(args, world) {
    const person = world.workspace.person(args.user);
    if (person === undefined) throw new SlackFailure('user_not_found');
    return { user: slackUser(world.workspace, person, { locale: args.include_locale === true }) };
  },
});

const list = method({
  scopes: ['users:read'],
  tier: 2,
  input: { include_locale: flag.optional(), limit: count.optional(), cursor: text.optional() },
  run(args, world) {
    const { items, metadata } = page(world.workspace.people(), args.cursor, args.limit ?? 1000);
    const now = world.workspace.now();
    return {
      members: items.map((person) => slackUser(world.workspace, person, { locale: args.include_locale === true })),
      cache_ts: secondsOf(now),
      response_metadata: metadata,
    };
  },
});

const groups = method({
  scopes: ['usergroups:read'],
  tier: 2,
  input: { include_users: flag.optional(), include_disabled: flag.optional() },
  run: (args, world) => ({
    usergroups: world.workspace.groups().map(({ users, ...group }) => ({
      ...group,
      is_usergroup: true,
      date_delete: 0,
      user_count: users.length,
      ...(args.include_users === true ? { users } : {}),
    })),
  }),
});

const groupMembers = method({
  scopes: ['usergroups:read'],
  tier: 2,
  input: { usergroup: text },
  run(args, world) {
    const group = world.workspace.groups().find((each) => each.id === args.usergroup);
    if (group === undefined) throw new SlackFailure('no_such_subteam');
    return { users: group.users };
  },
});

export const people: Record<string, Method> = {
  'users.info': info,
  'users.list': list,
  'usergroups.list': groups,
  'usergroups.users.list': groupMembers,
};
