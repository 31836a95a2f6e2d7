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
import { addFreeze, countFrozen, removeFreeze, sealCalendar } from '../../freezes/commands.ts';
import { listFreezes } from '../../freezes/repository.ts';
import type { RequestedTimes } from '../../freezes/rules/times.ts';
import { describeTimes, freezeSubject } from '../../freezes/slack/messages.ts';
import { askChoice } from '../../maintenance/slack/drafts.ts';
import { errorMessage, type Message, quote, successMessage } from '../../slack/blocks.ts';
import { type Entry, idempotencyKey, type Run } from '../../slack/command.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { assertCanPost } from '../../subscriptions/slack.ts';
import { settingsMessages } from '../../texts/slack-messages.ts';
import { readWhen } from '../../when/index.ts';
import { configureAccount } from '../commands.ts';
import { mentionSubject, openSettings, postCheckDelay, settingsMessage } from './overview.ts';

const texts = settingsMessages.commands;

const MAX_REMOVABLE = 5;

async function showSettings({ ctx }: SlackContext, person: Person): Promise<Message> {
  const { actor, timezone } = person;
  authorize(actor, 'configure-account');
  const { database } = ctx;
  const freezes = await listFreezes(database, actor.accountId, ctx.clock.now());
  const settings = await readSettings(database, actor.accountId);
  const { grants } = await readRoles(database, actor.accountId);
  const scopes = await listScopes(database, actor.accountId);
  const message = settingsMessage({ settings, grants, scopes, freezes }, timezone);
  if (freezes.length === 0) return message;
  const removals = freezes
    .slice(0, MAX_REMOVABLE)
    .map(({ id }) => ({ label: texts.removeFreeze(id), text: `settings unfreeze ${id}` }));
  const { blocks } = await askChoice(ctx, person, texts.freezesTitle, removals);
  return { ...message, blocks: [...message.blocks, ...blocks.filter(({ type }) => type === 'actions')] };
}

const explainSettings: Run = async (context, person, [typed = '']) => {
  const { blocks } = await showSettings(context, person);
  const message = successMessage(texts.notUnderstood(quote(typed.replace(/[`\s]+/g, ' '), 100)));
  return { ...message, blocks: [...message.blocks, ...blocks] };
};

function roleUnknown(word: string, known: readonly string[], example: string): Message {
  return errorMessage(texts.roleUnknown(word, known), `/maintenance settings ${example}`);
}

const setDefaultRole: Run = async ({ ctx }, { actor }, [word = '']) => {
  const defaultRole = DEFAULT_ROLES.find((role) => role === word.toLowerCase());
  if (defaultRole === undefined) return roleUnknown(word, DEFAULT_ROLES, 'default-role viewer');
  await configureAccount(ctx, actor, { defaultRole });
  return successMessage(texts.defaultRoleChanged(defaultRole));
};

const setRole: Run = async ({ ctx, people, workspace }, { actor }, [id = '', word = '']) => {
  const subject = id.toUpperCase();
  const role = ROLES.find((each) => each === word.toLowerCase());
  if (role === undefined && word.toLowerCase() !== 'default') {
    return roleUnknown(word, [...ROLES, 'default'], `role ${subject} approver`);
  }
  await grantRole(ctx, actor, subject, role);
  const mention = mentionSubject(subject);
  if (role === undefined) return successMessage(texts.roleRemoved(mention));
  const effective = subject.startsWith('S') ? role : (await people.find(workspace, subject)).actor.role;
  if (effective === role) return successMessage(texts.roleGranted(mention, role));
  return successMessage(effective === 'admin' ? texts.staysAdmin(mention) : texts.staysWithoutRights(mention));
};

const addScopeCommand: Run = async ({ ctx }, { actor }, [name = '']) =>
  successMessage(texts.scopeAdded(quote((await addScope(ctx, actor, { name })).name, 200)));

const setApproval: Run = async (context, person, [name = '', word]) => {
  authorize(person.actor, 'edit-scope');
  const scope = await getPlace(context, person, name, 'scope');
  const requiresApproval = word?.toLowerCase() === 'on';
  await editScope(context.ctx, person.actor, scope.id, { requiresApproval });
  return successMessage(texts.approvalChanged(quote(scope.name, 200), requiresApproval));
};

const setOwners: Run = async (context, person, [name = '', mentions = '']) => {
  authorize(person.actor, 'edit-service');
  const service = await getPlace(context, person, name, 'service');
  const owners = [...mentions.matchAll(/<@([UW][A-Z0-9]+)/g)].flatMap(([, id]) => id ?? []);
  await editService(context.ctx, person.actor, service.id, { owners });
  return successMessage(texts.ownersChanged(quote(service.name, 200), owners.map(mentionSubject)));
};

const FREEZE_EXAMPLE = '/maintenance settings freeze 24 dec 8am to 27 dec 8am: Holidays';

/** A scope or none, a time in words, a colon, a reason. */
const freeze =
  ({ vault }: ProviderDependencies): Run =>
  async (context, person, [word = '', text = ''], request) => {
    const { ctx } = context;
    const { actor, timezone, locale } = person;
    authorize(actor, 'add-freeze');
    const [, head = '', reason = ''] = /^([\s\S]+?):\s+([\s\S]+)$/.exec(text) ?? [];
    if (reason === '') return errorMessage(texts.freezeReasonRequired, FREEZE_EXAMPLE);
    const scope = (await listScopes(ctx.database, actor.accountId))
      .toSorted((one, other) => other.name.length - one.name.length)
      .find(({ name }) => head.toLowerCase().startsWith(`${name.toLowerCase()} `));
    const words = scope === undefined ? head : head.slice(scope.name.length + 1);
    const effect = word.toLowerCase() === 'warn' ? 'warn' : 'block';
    const add = async (times: RequestedTimes & { readonly sealedUrl?: string }) => {
      const made = { ...times, scopeId: scope?.id ?? null, reason, effect } as const;
      const added = await addFreeze(ctx, actor, made, idempotencyKey(request));
      if (added === undefined) return undefined;
      const affected = await countFrozen(ctx, actor, added);
      const window = describeTimes(added, timezone);
      return successMessage(texts.freezeAdded(added.id, freezeSubject(added), window, effect, affected));
    };
    const [, url] = /^<?(https?:\/\/[^\s|>]+)(?:\|[^>]*)?>?$/i.exec(words.trim()) ?? [];
    if (url !== undefined) return add(sealCalendar(actor, url, vault));
    const when = readWhen(words, { now: ctx.clock.now(), timezone, locale });
    if (when.outcome === 'refusal') return errorMessage(when.reason, FREEZE_EXAMPLE);
    if (when.outcome === 'question') {
      const command = `settings ${word.toLowerCase()} ${scope === undefined ? '' : `${scope.name} `}`;
      const choices = when.choices.map((choice) => ({ ...choice, text: `${command}${choice.text}: ${reason}` }));
      return askChoice(ctx, person, when.question, choices);
    }
    if (when.assumed.includes('duration')) return errorMessage(texts.freezeEndRequired, FREEZE_EXAMPLE);
    const times =
      when.outcome === 'series'
        ? { cron: when.cron, timezone: when.timezone, durationMinutes: when.durationMinutes }
        : { start: when.start, end: when.end };
    return add(times);
  };

const unfreeze: Run = async ({ ctx }, { actor }, [id]) => {
  const removed = await removeFreeze(ctx, actor, Number(id));
  return successMessage(texts.freezeRemoved(removed.id, quote(removed.reason, 200)));
};

const setChannel: Run = async (context, { actor }, [channel]) => {
  authorize(actor, 'configure-account');
  if (channel !== undefined) await assertCanPost(context, channel);
  await configureAccount(context.ctx, actor, { defaultChannel: channel ?? null });
  return successMessage(texts.channelChanged(channel));
};

const setPostCheck: Run = async ({ ctx }, { actor }, [minutes = '0']) => {
  const edited = await configureAccount(ctx, actor, { postCheckAfter: Number(minutes) });
  return successMessage(texts.postCheckChanged(postCheckDelay(edited)));
};

const setZone: Run = async ({ ctx }, { actor }, [timezone = '']) => {
  await configureAccount(ctx, actor, { timezone });
  return successMessage(texts.zoneChanged(quote(timezone, 100)));
};

/** How admins change the settings in words. */
export const settings = (providers: ProviderDependencies): readonly Entry[] => [
  {
    form: /^settings$/i,
    run: async (context, person, _, request) => {
      if (request === undefined) return showSettings(context, person);
      await openSettings({ ...context, providers }, person, request.triggerId);
      return undefined;
    },
  },
  { form: /^settings\s+show$/i, run: showSettings },
  {
    form: /^settings\s+owners\s+(.{1,400}?)\s+((?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,]*)+|none)$/i,
    marked: true,
    run: setOwners,
  },
  { form: /^settings\s+default-role\s+(\w+)$/i, run: setDefaultRole },
  {
    form: /^settings\s+role\s+<?(?:@|!subteam\^)?([UWS][A-Z0-9]{2,})(?:\|[^>]*)?>?\s+(\w+)$/i,
    marked: true,
    run: setRole,
  },
  { form: /^settings\s+scope\s+add\s+(.+)$/i, run: addScopeCommand },
  { form: /^settings\s+scope\s+(.+?)\s+approval\s+(on|off)$/i, run: setApproval },
  { form: /^settings\s+(freeze|warn)\s+([\s\S]+)$/i, run: freeze(providers) },
  { form: /^settings\s+unfreeze\s+#?(\d+)$/i, run: unfreeze },
  { form: /^settings\s+channel\s+(?:<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|none)$/i, run: setChannel },
  { form: /^settings\s+zone\s+(\S+)$/i, run: setZone },
  { form: /^settings\s+look\s+(?:off|(\d+)(?:\s*m(?:in)?)?)$/i, run: setPostCheck },
  {
    form: /^(settings\s+(?:default-role|role|scope|owners|freeze|warn|unfreeze|channel|zone|look)\b[\s\S]*)$/i,
    run: explainSettings,
  },
];
