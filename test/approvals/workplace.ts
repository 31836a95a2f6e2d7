import { expect } from 'vitest';
import { grantRole } from '../../src/access/commands.ts';
import { createApiToken } from '../../src/access/token-commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService } from '../../src/catalogue/services/commands.ts';
import { addCheck } from '../../src/checks/commands.ts';
import type { Actor, Role } from '../../src/core/permissions.ts';
import type { Message } from '../../src/playground/protocol.ts';
import { PLAYGROUND_TEAM } from '../../src/playground/workspace/workspace-file.ts';
import { formOf, type Values } from '../compat/prodmanager/client.ts';
import { ADMIN_TOKEN, startTestServer } from '../http/served.ts';
import { connectPlayground } from '../slack/playground.ts';

/** What people there may do. Each owns a token, that of the operator limited to one scope. */
const ROLES = { ana: 'admin', jonas: 'approver', yuki: 'operator' } as const satisfies Record<string, Role>;
export type Name = keyof typeof ROLES;
export const NAMES = Object.keys(ROLES) as Name[];

/** What calls Lull over HTTP. */
export interface Tool extends Pick<Actor, 'id' | 'owner' | 'scopes'> {
  readonly text: string;
}

/** Lull in a workspace: people reach it through Slack and tools over HTTP, on one database and one clock. Jobs do not run. */
export async function workplace() {
  const server = await startTestServer();
  const { ctx, lull, account } = server;
  await ctx.database.account.update({ where: { id: account.id }, data: { slackTeamId: PLAYGROUND_TEAM.id } });
  const { playground, ...slack } = await connectPlayground(ctx);

  const boss: Actor = { ...server.person('admin', playground.as('ana').id), name: 'Ana' };
  const scopes: number[] = [];
  for (const name of ['production', 'sandbox', 'lab']) scopes.push((await addScope(ctx, boss, { name })).id);
  const services: number[] = [];
  const checks: string[] = [];
  for (const [index, name] of ['web', 'db', 'box', 'bench'].entries()) {
    const { id } = await addService(ctx, boss, { name, scopeId: scopes[[0, 0, 1, 2][index] ?? 0] ?? null });
    services.push(id);
    const values = { provider: 'builtin', externalId: `ID${index}`, enabled: true, tags: [name] };
    checks.push((await addCheck(ctx, boss, { ...values, name, services: [id] })).id);
  }
  await editScope(ctx, boss, scopes[0] ?? 0, { requiresApproval: true });

  const tools: Tool[] = [{ id: 'operator', text: ADMIN_TOKEN }];
  for (const name of NAMES) {
    const { id } = playground.as(name);
    await server.describe(id);
    await grantRole(ctx, lull, id, ROLES[name]);
    const limits = name === 'yuki' ? [scopes[1] ?? 0] : null;
    const rights = name === 'ana' ? 'admin' : 'write';
    const owner: Actor = { ...boss, id, role: ROLES[name] };
    const { text } = await createApiToken(ctx, owner, { name: `tool of ${name}`, rights, scopes: limits });
    const token = await ctx.database.apiToken.findFirstOrThrow({ orderBy: { id: 'desc' } });
    tools.push({ id: `token:${token.id}`, text, owner: id, ...(limits && { scopes: limits }) });
  }

  /** What somebody is answered in #ops after `act`. */
  const answerTo = async (name: Name, what: string, act: () => Promise<unknown>): Promise<Message> => {
    const person = playground.as(name);
    const before = person.ephemerals('#ops').length;
    await act();
    return person.waitFor(`an answer to ${what}`, () => person.ephemerals('#ops')[before]);
  };
  const buttonIn = ({ blocks }: Message, actionId: string) => JSON.stringify(blocks).includes(`"${actionId}"`);

  return {
    ...server,
    ...{ boss, scopes, services, checks, tools },
    /** Has somebody type a command, and waits for the answer. */
    type: (name: Name, line: string) =>
      answerTo(name, line, () => playground.as(name).command('#ops', `/maintenance ${line}`)),
    /** Has somebody plan a window in words, and schedule it where Lull offers that. */
    async plan(name: Name, sentence: string): Promise<void> {
      const person = playground.as(name);
      const preview = await this.type(name, sentence);
      if (!buttonIn(preview, 'draft.schedule')) return;
      await person.press(preview, 'draft.schedule');
      await person.waitFor(`the answer to ${sentence}`, () => {
        const now = person.ephemerals('#ops').find(({ ts }) => ts === preview.ts);
        return now === undefined || !buttonIn(now, 'draft.schedule');
      });
    },
    /** Has somebody open the form of a window, fill it in and submit it. */
    async editInForm(name: Name, id: number, values: Parameters<ReturnType<typeof playground.as>['fill']>[0]) {
      const person = playground.as(name);
      const before = person.ephemerals('#ops').length;
      await person.command('#ops', `/maintenance edit ${id}`);
      await person.waitFor('the form, or why there is none', () => person.view() ?? person.ephemerals('#ops')[before]);
      const form = person.view();
      if (form === undefined) return;
      for (const field of Object.keys(values)) await person.suggest(form, field, '');
      await person.fill(values);
      await person.submit();
      await person.close({ all: true }).catch(() => {});
    },
    /** Has a tool send a request, and expects anything but a fault. @returns the text of a success */
    async send(tool: Tool, method: string, path: string, body?: object | { readonly form: Values }) {
      const isForm = body !== undefined && 'form' in body;
      const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const headers = { authorization: `Bearer ${tool.text}`, ...(body && { 'content-type': type }) };
      const content = body && (isForm ? formOf(body.form as Values) : JSON.stringify(body));
      const { status, text } = await server.send(method, path, {
        headers,
        ...(content !== undefined && { body: content }),
      });
      expect(status, text).toBeLessThan(500);
      return status < 400 ? text : undefined;
    },
    async close() {
      await slack.close();
      await server.close();
    },
  };
}
export type Workplace = Awaited<ReturnType<typeof workplace>>;
