import { toSlackUser } from '../workspace/slack-objects.ts';
import { toSeconds } from '../workspace/timestamps.ts';
import { count, defineMethod, flag, type Method, paginate, SlackError, text } from './method.ts';

const userInfo = defineMethod({
  scopes: ['users:read'],
  tier: 4,
  input: { user: text, include_locale: flag.optional() },
  run(args, team) {
    const person = team.workspace.person(args.user);
    if (person === undefined) throw new SlackError('user_not_found');
    return { user: toSlackUser(team.workspace, person, { locale: args.include_locale === true }) };
  },
});

const listUsers = defineMethod({
  scopes: ['users:read'],
  tier: 2,
  input: { include_locale: flag.optional(), limit: count.optional(), cursor: text.optional() },
  run(args, team) {
    const { items, metadata } = paginate(team.workspace.people(), args.cursor, args.limit ?? 1000);
    const now = team.workspace.now();
    return {
      members: items.map((person) => toSlackUser(team.workspace, person, { locale: args.include_locale === true })),
      cache_ts: toSeconds(now),
      response_metadata: metadata,
    };
  },
});

const listGroups = defineMethod({
  scopes: ['usergroups:read'],
  tier: 2,
  input: { include_users: flag.optional(), include_disabled: flag.optional() },
  run: (args, team) => ({
    usergroups: team.workspace.groups().map(({ users, ...group }) => ({
      ...group,
      is_usergroup: true,
      date_delete: 0,
      user_count: users.length,
      ...(args.include_users === true ? { users } : {}),
    })),
  }),
});

const listGroupMembers = defineMethod({
  scopes: ['usergroups:read'],
  tier: 2,
  input: { usergroup: text },
  run(args, team) {
    const group = team.workspace.groups().find((each) => each.id === args.usergroup);
    if (group === undefined) throw new SlackError('no_such_subteam');
    return { users: group.users };
  },
});

export const people: Record<string, Method> = {
  'users.info': userInfo,
  'users.list': listUsers,
  'usergroups.list': listGroups,
  'usergroups.users.list': listGroupMembers,
};
