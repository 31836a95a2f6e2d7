import { readSettings } from '../../access/accounts.ts';
import { grantRole } from '../../access/commands.ts';
import { readRoles } from '../../access/repository.ts';
import { DEFAULT_ROLES } from '../../access/rules.ts';
import { addScope, editScope } from '../../catalogue/scopes/commands.ts';
import { listScopes } from '../../catalogue/scopes/repository.ts';
import { editService } from '../../catalogue/services/commands.ts';
import { getPlace } from '../../catalogue/slack/places.ts';
import type { ProviderDependencies } from '../../checks/provider-commands.ts';
import { authorize, ROLES } from '../../core/permissions.ts';
import { addFreeze, removeFreeze } from '../../freezes/commands.ts';
import { listFreezes } from '../../freezes/repository.ts';
import type { Freeze } from '../../freezes/rules.ts';
import { toCoverage } from '../../maintenance/commands/announce.ts';
import { listFreezesOn } from '../../maintenance/commands/apply-rules.ts';
import { listOpenBetween } from '../../maintenance/repository/maintenances.ts';
import { formatDuration } from '../../maintenance/rules/status.ts';
import { currentWindow } from '../../maintenance/rules/times.ts';
import { askChoice } from '../../maintenance/slack/drafts.ts';
import { errorMessage, successMessage } from '../../slack/answers.ts';
import { type Message, quote } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { formatWindow } from '../../slack/time.ts';
import { assertCanPost } from '../../subscriptions/slack/commands.ts';
import { readWhen } from '../../when/index.ts';
import { configureAccount } from '../commands.ts';
import { mentionSubject, openSettings, settingsMessage } from './overview.ts';

/** What the admins of an account set for all of it, each in a line; alone it shows how things are, and how to say it. */
export const settings = (providers: ProviderDependencies): readonly Entry[] => [
  {
    form: /^settings$/i,
    run: async (context, person, _, asked) => {
      if (asked === undefined) return showSettings(context, person);
      await openSettings({ ...context, providers }, person, asked.triggerId);
      return undefined;
    },
  },
  { form: /^settings\s+show$/i, run: (context, person) => showSettings(context, person) },
  {
    form: /^settings\s+owners\s+(.+?)\s+((?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,]*)+|none)$/i,
    marked: true,
    run: (...asked) => setOwners(...asked),
  },
  { form: /^settings\s+default-role\s+(\w+)$/i, run: (...asked) => setDefaultRole(...asked) },
  {
    form: /^settings\s+role\s+<?(?:@|!subteam\^)?([UWS][A-Z0-9]{2,})(?:\|[^>]*)?>?\s+(\w+)$/i,
    marked: true,
    run: (...asked) => setRole(...asked),
  },
  { form: /^settings\s+scope\s+add\s+(.+)$/i, run: (...asked) => newScope(...asked) },
  { form: /^settings\s+scope\s+(.+?)\s+approval\s+(on|off)$/i, run: (...asked) => setApproval(...asked) },
  { form: /^settings\s+(freeze|warn)\s+([\s\S]+)$/i, run: (...asked) => freeze(...asked) },
  { form: /^settings\s+unfreeze\s+#?(\d+)$/i, run: (...asked) => unfreeze(...asked) },
  { form: /^settings\s+channel\s+(?:<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|none)$/i, run: (...asked) => setChannel(...asked) },
  { form: /^settings\s+zone\s+(\S+)$/i, run: (...asked) => setZone(...asked) },
  { form: /^settings\s+look\s+(?:off|(\d+)(?:\s*m(?:in)?)?)$/i, run: (...asked) => setLook(...asked) },
  {
    form: /^(settings\s+(?:default-role|role|scope|owners|freeze|warn|unfreeze|channel|zone|look)\b[\s\S]*)$/i,
    run: async (context, person, [typed = '']) => notUnderstood(typed, await showSettings(context, person)),
  },
];

/** How many freezes have a button to remove them. */
const REMOVABLE = 5;

async function showSettings({ ctx }: SlackContext, person: Person): Promise<Message> {
  const { actor, timezone } = person;
  authorize(actor, 'configure-account');
  const db = ctx.database;
  const freezes = await listFreezes(db, actor.accountId, ctx.clock.now());
  const shown = settingsMessage(
    {
      settings: await readSettings(db, actor.accountId),
      grants: (await readRoles(db, actor.accountId)).grants,
      scopes: await listScopes(db, actor.accountId),
      freezes,
    },
    timezone,
  );
  if (freezes.length === 0) return shown;
  const removals = freezes
    .slice(0, REMOVABLE)
    .map(({ id }) => ({ label: `Remove freeze ${id}`, text: `settings unfreeze ${id}` }));
  const { blocks } = await askChoice(ctx, person, 'Freezes', removals);
  return { ...shown, blocks: [...shown.blocks, ...blocks.filter(({ type }) => type === 'actions')] };
}

/** How settings are said, for somebody who said one in another way. */
function notUnderstood(typed: string, { blocks }: Message): Message {
  const said = successMessage(
    `Not understood: \`${quote(typed.replace(/[`\s]+/g, ' '), 100)}\`. Nothing was changed. Below is how it is said.`,
  );
  return { ...said, blocks: [...said.blocks, ...blocks] };
}

const setDefaultRole: Run = async ({ ctx }, { actor }, [word = '']) => {
  const defaultRole = DEFAULT_ROLES.find((role) => role === word.toLowerCase());
  if (defaultRole === undefined) return noRole(word, DEFAULT_ROLES, '/maintenance settings default-role viewer');
  await configureAccount(ctx, actor, { defaultRole });
  return successMessage(`Members of the workspace are now ${inWords(defaultRole)}, where nothing else was said.`);
};

const setRole: Run = async ({ ctx, people, workspace }, { actor }, [id = '', word = '']) => {
  const subject = id.toUpperCase();
  const taken = word.toLowerCase() === 'default';
  const role = ROLES.find((each) => each === word.toLowerCase());
  if (!taken && role === undefined) {
    return noRole(word, [...ROLES, 'default'], `/maintenance settings role ${subject} approver`);
  }
  await grantRole(ctx, actor, subject, role);
  const who = mentionSubject(subject);
  const done = role === undefined ? `${who} has no role of their own any more.` : `${who} is now ${inWords(role)}.`;
  if (role === undefined || subject.startsWith('S')) return successMessage(done);
  const { actor: granted } = await people.find(workspace, subject);
  if (granted.role === role) return successMessage(done);
  return successMessage(
    granted.role === 'admin'
      ? `${who} stays an admin, as every admin of the workspace is. It counts once they are that no more.`
      : `${who} stays without rights, as guests and people of other workspaces are.`,
  );
};

const newScope: Run = async ({ ctx }, { actor }, [name = '']) => {
  const scope = await addScope(ctx, actor, { name });
  return successMessage(`Added the scope *${quote(scope.name, 200)}*.`);
};

const setApproval: Run = async (context, person, [name = '', said]) => {
  const { id, name: scope } = await getPlace(context, person, name, 'scope');
  const requiresApproval = said?.toLowerCase() === 'on';
  await editScope(context.ctx, person.actor, id, { requiresApproval });
  return successMessage(
    requiresApproval
      ? `From now on a second person approves maintenance of *${quote(scope, 200)}*. What is scheduled already stays as it is.`
      : `Maintenance of *${quote(scope, 200)}* needs no approval any more.`,
  );
};

/** Those who own a service: people, or none. */
const setOwners: Run = async (context, person, [name = '', said = '']) => {
  const service = await getPlace(context, person, name, 'service');
  const owners = [...said.matchAll(/<@([UW][A-Z0-9]+)/g)].flatMap(([, id]) => id ?? []);
  await editService(context.ctx, person.actor, service.id, { owners });
  const who = owners.length === 0 ? 'nobody' : owners.map(mentionSubject).join(', ');
  return successMessage(`*${quote(service.name, 200)}* is owned by ${who} now.`);
};

const FREEZE_EXAMPLE = '/maintenance settings freeze 24 dec 8am to 27 dec 8am: Holidays';

/** A scope or none, a time in words, a colon, a reason. */
const freeze: Run = async (context, person, [kind = '', text = ''], asked) => {
  const { ctx } = context;
  authorize(person.actor, 'add-freeze');
  const [, head = '', reason = ''] = /^([\s\S]+?):\s+([\s\S]+)$/.exec(text) ?? [];
  if (reason === '') return errorMessage('Say when, and why after a colon.', FREEZE_EXAMPLE);
  const scopes = await listScopes(ctx.database, person.actor.accountId);
  const scope = scopes
    .toSorted((a, b) => b.name.length - a.name.length)
    .find(({ name }) => head.toLowerCase().startsWith(`${name.toLowerCase()} `));
  const words = scope === undefined ? head : head.slice(scope.name.length + 1);
  const { timezone, locale } = person;
  const when = readWhen(words, { now: ctx.clock.now(), timezone, locale });
  const command = `settings ${kind.toLowerCase()} ${scope === undefined ? '' : `${scope.name} `}`;
  switch (when.outcome) {
    case 'refusal':
      return errorMessage(when.reason, FREEZE_EXAMPLE);
    case 'series':
      return errorMessage('A freeze is one window.', FREEZE_EXAMPLE);
    case 'question': {
      const choices = when.choices.map((choice) => ({
        label: choice.label,
        text: `${command}${choice.text}: ${reason}`,
      }));
      return askChoice(ctx, person, when.question, choices);
    }
    case 'window': {
      if (when.assumed.includes('duration')) return errorMessage('Say until when it lasts.', FREEZE_EXAMPLE);
      const { start, end } = when;
      const effect = kind.toLowerCase() === 'warn' ? 'warn' : 'block';
      const input = { start, end, scopeId: scope?.id ?? null, reason, effect } as const;
      const added = await addFreeze(ctx, person.actor, input, idempotencyKey(asked));
      return added === undefined ? undefined : successMessage(await addedInWords(context, person, added));
    }
  }
};

async function addedInWords({ ctx }: SlackContext, { actor, timezone }: Person, added: Freeze): Promise<string> {
  const db = ctx.database;
  let within = 0;
  for (const maintenance of await listOpenBetween(db, actor.accountId, added)) {
    const freezes = await listFreezesOn(db, actor.accountId, {
      ...currentWindow(maintenance),
      ...toCoverage(maintenance),
    });
    if (freezes.some(({ id }) => id === added.id)) within += 1;
  }
  const of = added.scope === null ? 'everything' : quote(added.scope.name, 200);
  const what = added.effect === 'block' ? 'is refused' : 'is remarked';
  const already = within === 0 ? '' : ` Scheduled in it already, and left as they are: ${within}.`;
  return `:snowflake: Freeze ${added.id} of *${of}*, ${formatWindow(added, timezone)}: what falls into it ${what}.${already}`;
}

const unfreeze: Run = async ({ ctx }, { actor }, [id]) => {
  const removed = await removeFreeze(ctx, actor, Number(id));
  return successMessage(`Removed freeze ${removed.id}, ${quote(removed.reason, 200)}.`);
};

const setChannel: Run = async (context, { actor }, [channel]) => {
  authorize(actor, 'configure-account');
  if (channel !== undefined) await assertCanPost(context, channel);
  await configureAccount(context.ctx, actor, { defaultChannel: channel ?? null });
  return successMessage(
    channel === undefined
      ? 'No channel hears of everything any more.'
      : `<#${channel}> hears of every maintenance now.`,
  );
};

const setLook: Run = async ({ ctx }, { actor }, [minutes = '0']) => {
  const { postCheckAfter } = await configureAccount(ctx, actor, { postCheckAfter: Number(minutes) });
  if (postCheckAfter === 0) return successMessage('From now on checks are not looked at again after a window.');
  return successMessage(
    `From now on checks are looked at once more ${formatDuration(postCheckAfter * 60_000)} after a window.`,
  );
};

const setZone: Run = async ({ ctx }, { actor }, [timezone = '']) => {
  await configureAccount(ctx, actor, { timezone });
  return successMessage(`People and tools that name no zone are in ${quote(timezone, 100)} now.`);
};

const NAMES: Record<(typeof ROLES)[number], string> = {
  none: 'without rights',
  viewer: 'viewer',
  operator: 'operator',
  approver: 'approver',
  admin: 'admin',
};
const inWords = (role: keyof typeof NAMES) => `*${NAMES[role]}*`;

function noRole(word: string, known: readonly string[], example: string): Message {
  return errorMessage(`There is no role ${word}; expected one of ${known.join(', ')}.`, example);
}
