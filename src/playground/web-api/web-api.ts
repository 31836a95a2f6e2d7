import { setTimeout as wait } from 'node:timers/promises';
import type { Team } from '../team.ts';
import { hasScope } from '../workspace/manifest.ts';
import { installation } from './apps.ts';
import { chat, reactions } from './chat.ts';
import { conversations } from './conversations.ts';
import type { MethodFault } from './faults.ts';
import { functions, views } from './interactivity.ts';
import { type Method, SlackError } from './method.ts';
import { oauth } from './oauth.ts';
import { people } from './users.ts';

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

/** A call of the Web API over HTTP. */
export interface ApiRequest {
  method: string;
  contentType: string | undefined;
  authorization: string | undefined;
  body: string;
  query: URLSearchParams;
}

export interface ApiAnswer {
  /** HTTP status; `hang_up` closes the connection without a response. */
  status: number | 'hang_up';
  headers: Record<string, string>;
  body: Record<string, unknown> | string;
}

/**
 * Answers one call of the Web API, and records it in the inspector.
 * @param first the workspace that answers calls without a bot token
 */
export async function answerApiCall(request: ApiRequest, first: Team): Promise<ApiAnswer> {
  const input = parseArguments(request);
  const token = input instanceof SlackError ? undefined : readToken(request, input);
  // A token works only in its own workspace, whatever the arguments are.
  const team = (token === undefined ? undefined : first.app.findTeamByToken(token)) ?? first;
  const shown = input instanceof SlackError ? request.body : expandJson(input);
  const exchange = team.inspector.begin({
    direction: 'from_app',
    via: 'web_api',
    title: request.method,
    request: shown,
  });
  const answer = await runCall(request, input, team);
  const error = typeof answer.body === 'string' ? answer.body : answer.body.error;
  exchange.end(error === undefined ? 'ok' : 'error', {
    response: answer.body,
    ...(typeof error === 'string' ? { error } : {}),
  });
  return answer;
}

async function runCall(
  request: ApiRequest,
  input: Record<string, unknown> | SlackError,
  team: Team,
): Promise<ApiAnswer> {
  const channel = input instanceof SlackError ? undefined : input.channel;
  const fault = team.faults.take(request.method, typeof channel === 'string' ? channel : undefined);
  const isLate = fault?.status === 'late';
  if (fault?.afterWork !== true) {
    await delay(fault);
    if (fault !== undefined && !isLate) return toFaultAnswer(fault);
  }
  let answer: ApiAnswer;
  try {
    if (input instanceof SlackError) throw input;
    const result = authorize(request, input, team).run(input, team);
    answer = {
      status: 200,
      headers: { 'x-oauth-scopes': (team.workspace.manifest.oauth_config?.scopes.bot ?? []).join(',') },
      body: { ok: true, ...result },
    };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    answer =
      error.retryAfter === undefined
        ? { status: 200, headers: {}, body: { ok: false, error: error.code, ...error.rest } }
        : {
            status: 429,
            headers: { 'retry-after': String(error.retryAfter) },
            body: { ok: false, error: error.code },
          };
  }
  if (fault?.afterWork === true) await delay(fault);
  return fault === undefined || isLate ? answer : toFaultAnswer(fault);
}

async function delay(fault: MethodFault | undefined): Promise<void> {
  if (fault?.delayMs !== undefined) await wait(fault.delayMs);
}

function toFaultAnswer(fault: MethodFault): ApiAnswer {
  if (fault.status === 'hang_up') return { status: 'hang_up', headers: {}, body: 'the connection was cut' };
  if (fault.status === 'garbled') return { status: 200, headers: {}, body: '{"ok":true,"ts":"17' };
  if (fault.status === 429) {
    return {
      status: 429,
      headers: { 'retry-after': String(fault.retryAfter ?? 1) },
      body: { ok: false, error: fault.error ?? 'ratelimited' },
    };
  }
  if (fault.status !== 'late' && fault.status >= 500)
    return { status: fault.status, headers: {}, body: fault.error ?? 'upstream error' };
  return { status: 200, headers: {}, body: { ok: false, error: fault.error ?? 'internal_error' } };
}

/** The method, if the token, its scopes and the rate limit allow the call. */
function authorize(request: ApiRequest, input: Record<string, unknown>, team: Team): Method {
  const found = METHODS[request.method];
  if (found === undefined) throw new SlackError('unknown_method', { req_method: request.method });
  if (found.token === 'none') return found;
  const token = readToken(request, input);
  if (token === undefined) throw new SlackError('not_authed');
  const { installation, app, workspace } = team;
  if (installation.formerTokens.has(token)) throw new SlackError('account_inactive');
  const ofBot = token === installation.botToken || team.workflows.hasToken(token);
  if (!ofBot && token !== app.appToken) throw new SlackError('invalid_auth');
  const kind = ofBot ? 'bot' : 'app';
  // The app-level token does not depend on an installation.
  const { revoked } = installation;
  if (revoked !== undefined && (ofBot || revoked !== 'account_inactive')) throw new SlackError(revoked);
  if (found.token !== 'either' && found.token !== kind) throw new SlackError('not_allowed_token_type');
  if (found.scopes.length > 0 && !found.scopes.some((scope) => hasScope(workspace.manifest, scope))) {
    throw new SlackError('missing_scope', {
      needed: found.scopes.join(','),
      provided: (workspace.manifest.oauth_config?.scopes.bot ?? []).join(','),
    });
  }
  if (found.tier !== undefined) {
    const seconds = team.limits.call(request.method);
    if (seconds > 0) throw new SlackError('ratelimited', {}, seconds);
  }
  return found;
}

function readToken(request: ApiRequest, input: Record<string, unknown>): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.authorization ?? '')?.[1];
  const inBody = input.token;
  return bearer ?? (typeof inBody === 'string' && inBody !== '' ? inBody : undefined);
}

function parseArguments(request: ApiRequest): Record<string, unknown> | SlackError {
  const query = Object.fromEntries(request.query);
  const type = request.contentType?.split(';')[0]?.trim().toLowerCase();
  if (request.body === '') return query;
  if (type === undefined) return new SlackError('missing_post_type');
  if (type === 'application/x-www-form-urlencoded') {
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body)) };
  }
  if (type === 'application/json') {
    try {
      const parsed: unknown = JSON.parse(request.body);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...query, ...parsed };
      return new SlackError('json_not_object');
    } catch {
      return new SlackError('invalid_json');
    }
  }
  return new SlackError('invalid_post_type');
}

/** Parses nested JSON in the arguments, for the inspector. */
function expandJson(input: Record<string, unknown>): Record<string, unknown> {
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
