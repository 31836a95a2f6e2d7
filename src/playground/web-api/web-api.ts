import { setTimeout as wait } from 'node:timers/promises';
import type { MethodFault } from '../faults.ts';
import { grants } from '../workspace/manifest.ts';
import type { World } from '../world.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { functions } from './functions.ts';
import { installation } from './installation.ts';
import { type Method, SlackFailure } from './method.ts';
import { oauth } from './oauth.ts';
import { people } from './people.ts';
import { reactions } from './reactions.ts';
import { views } from './views.ts';

export const METHODS: Record<string, Method> = {
  ...installation,
  ...oauth,
  ...chat,
  ...conversations,
  ...people,
  ...views,
  ...reactions,
  ...functions,
};

/** A call as it came over HTTP. */
export interface ApiRequest {
  method: string;
  contentType: string | undefined;
  authorization: string | undefined;
  body: string;
  query: URLSearchParams;
}

export interface ApiAnswer {
  /** HTTP status; `hang_up`: no answer at all. */
  status: number | 'hang_up';
  headers: Record<string, string>;
  body: Record<string, unknown> | string;
}

/**
 * Answers one call of the Web API, as Slack would; an inspector's entry is made of it.
 * @param first of the workspaces: answers what needs no bot token
 */
export async function answerApiCall(request: ApiRequest, first: World): Promise<ApiAnswer> {
  const input = argumentsOf(request);
  const token = input instanceof SlackFailure ? undefined : tokenOf(request, input);
  // A token opens its own workspace and no other, whatever the call names.
  const world = (token === undefined ? undefined : first.app.worldOf(token)) ?? first;
  const shown = input instanceof SlackFailure ? request.body : readable(input);
  const exchange = world.inspector.begin({
    direction: 'from_app',
    via: 'web_api',
    title: request.method,
    request: shown,
  });
  const answer = await answered(request, input, world);
  const error = typeof answer.body === 'string' ? answer.body : answer.body.error;
  exchange.end(error === undefined ? 'ok' : 'error', {
    response: answer.body,
    ...(typeof error === 'string' ? { error } : {}),
  });
  return answer;
}

async function answered(
  request: ApiRequest,
  input: Record<string, unknown> | SlackFailure,
  world: World,
): Promise<ApiAnswer> {
  const channel = input instanceof SlackFailure ? undefined : input.channel;
  const fault = world.faults.take(request.method, typeof channel === 'string' ? channel : undefined);
  if (fault?.delayMs !== undefined) await wait(fault.delayMs);
  if (fault !== undefined && fault.afterWork !== true) return faultAnswer(fault);
  let answer: ApiAnswer;
  try {
    if (input instanceof SlackFailure) throw input;
    const result = permitted(request, input, world).run(input, world);
    answer = {
      status: 200,
      headers: { 'x-oauth-scopes': (world.workspace.manifest.oauth_config?.scopes.bot ?? []).join(',') },
      body: { ok: true, ...result },
    };
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    answer =
      error.retryAfter === undefined
        ? { status: 200, headers: {}, body: { ok: false, error: error.code, ...error.rest } }
        : {
            status: 429,
            headers: { 'retry-after': String(error.retryAfter) },
            body: { ok: false, error: error.code },
          };
  }
  return fault === undefined ? answer : faultAnswer(fault);
}

function faultAnswer(fault: MethodFault): ApiAnswer {
  if (fault.status === 'hang_up') return { status: 'hang_up', headers: {}, body: 'the connection was cut' };
  if (fault.status === 429) {
    return {
      status: 429,
      headers: { 'retry-after': String(fault.retryAfter ?? 1) },
      body: { ok: false, error: fault.error ?? 'ratelimited' },
    };
  }
  if (fault.status >= 500) return { status: fault.status, headers: {}, body: fault.error ?? 'upstream error' };
  return { status: fault.status, headers: {}, body: { ok: false, error: fault.error ?? 'internal_error' } };
}

/** The method, once the token, its scopes and the tier's limit allow the call. */
function permitted(request: ApiRequest, input: Record<string, unknown>, world: World): Method {
  const found = METHODS[request.method];
  if (found === undefined) throw new SlackFailure('unknown_method', { req_method: request.method });
  if (found.token === 'none') return found;
  const token = tokenOf(request, input);
  if (token === undefined) throw new SlackFailure('not_authed');
  const { installation, app, workspace } = world;
  if (installation.formerTokens.has(token)) throw new SlackFailure('account_inactive');
  const ofBot = token === installation.botToken || world.workflows.takes(token);
  if (!ofBot && token !== app.appToken) throw new SlackFailure('invalid_auth');
  const kind = ofBot ? 'bot' : 'app';
  // That a workspace removed the app is nothing to the app-level token.
  const { revoked } = installation;
  if (revoked !== undefined && (ofBot || revoked !== 'account_inactive')) throw new SlackFailure(revoked);
  if (found.token !== 'either' && found.token !== kind) throw new SlackFailure('not_allowed_token_type');
  if (found.scopes.length > 0 && !found.scopes.some((scope) => grants(workspace.manifest, scope))) {
    throw new SlackFailure('missing_scope', {
      needed: found.scopes.join(','),
      provided: (workspace.manifest.oauth_config?.scopes.bot ?? []).join(','),
    });
  }
  if (found.tier !== undefined) {
    const seconds = world.limits.call(request.method);
    if (seconds > 0) throw new SlackFailure('ratelimited', {}, seconds);
  }
  return found;
}

function tokenOf(request: ApiRequest, input: Record<string, unknown>): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.authorization ?? '')?.[1];
  const inBody = input.token;
  return bearer ?? (typeof inBody === 'string' && inBody !== '' ? inBody : undefined);
}

function argumentsOf(request: ApiRequest): Record<string, unknown> | SlackFailure {
  const query = Object.fromEntries(request.query);
  const type = request.contentType?.split(';')[0]?.trim().toLowerCase();
  if (request.body === '') return query;
  if (type === undefined) return new SlackFailure('missing_post_type');
  if (type === 'application/x-www-form-urlencoded') {
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body)) };
  }
  if (type === 'application/json') {
    try {
      const parsed: unknown = JSON.parse(request.body);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...query, ...parsed };
      return new SlackFailure('json_not_object');
    } catch {
      return new SlackFailure('invalid_json');
    }
  }
  return new SlackFailure('invalid_post_type');
}

/** The arguments with nested JSON opened, for the inspector. */
function readable(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      if (typeof value !== 'string' || !/^[[{]/.test(value)) return [key, value];
      try {
        return [key, JSON.parse(value)];
      } catch {
        return [key, value];
      }
    }),
  );
}
