import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { Slack } from '../../src/app/slack.ts';
import type { ActionContext } from '../../src/platform/transactions.ts';
import { startPlayground } from '../../src/playground/server.ts';
import { connected } from '../checks/providers/connected.ts';
import { silent } from '../world.ts';

/** Connects Lull to a workspace of its own, without the jobs and the scheduler, which send statements of their own. */
export async function connectPlayground(ctx: ActionContext) {
  const manifest = parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  const playground = await startPlayground({ port: 0, manifest, messageRate: false, tierLimits: false });
  const providers = connected(ctx.database);
  const { apiUrl, botToken, appToken } = playground;
  const slack = new Slack({
    ctx,
    credentials: { mode: 'socket', apiUrl, botToken, appToken },
    vault: providers.vault,
    services: { list: async () => [], providers },
    publicUrl: playground.url,
    log: silent,
    defaults: { timezone: 'UTC', defaultChannel: undefined },
    missed: () => {},
  });
  const workspace = await slack.connect();
  if (workspace === undefined) throw new Error('Slack connects to no workspace');
  return {
    playground,
    account: workspace.account,
    async close() {
      await slack.stop();
      await playground.close();
    },
  };
}
