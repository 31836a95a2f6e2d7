import { createRoute, z } from '@hono/zod-openapi';
import { type AccountSettings, readSettings } from '../access/accounts.ts';
import { DEFAULT_ROLES } from '../access/rules.ts';
import { authorize } from '../core/permissions.ts';
import { withPreconditions } from '../http/conditional.ts';
import { type Api, body, failures, jsonResponse, type RequestContext, security } from '../http/route.ts';
import { oneOf, text, timezone } from '../http/schemas.ts';
import { configureAccount } from './commands.ts';

const fields = {
  timezone: timezone.openapi({ description: 'Of people and tools that name none.' }),
  default_channel: text('the id of a Slack channel, or null for none').nullable().openapi({
    description: 'The Slack channel that hears of every maintenance; null: none.',
    example: 'C0123456789',
  }),
  default_role: oneOf(DEFAULT_ROLES).openapi({
    description: 'What members of the workspace are who were given no role. Its admins are admins always.',
  }),
  post_check_after: z.int({ error: 'Expected a whole number of minutes, such as 5.' }).openapi({
    description:
      'How many minutes after a window the checks that it switched on again are looked at once more; 0: never.',
    example: 5,
  }),
};
const settingsOut = z.object(fields).openapi('Settings');
const settingsEditIn = z.strictObject(fields).partial().openapi('SettingsEdit');

function toSettings(settings: AccountSettings): z.infer<typeof settingsOut> {
  return {
    timezone: settings.timezone,
    default_channel: settings.defaultChannel,
    default_role: settings.defaultRole,
    post_check_after: settings.postCheckAfter,
  };
}

const common = { path: '/settings', tags: ['settings'], security };

/** What holds for the whole account. */
export function settings(api: Api): void {
  api.openapi(
    createRoute({
      ...common,
      method: 'get',
      operationId: 'getSettings',
      summary: 'What holds for the whole account; for admins',
      responses: { 200: jsonResponse('The settings.', settingsOut), ...failures },
    }),
    async (c) => {
      const actor = c.get('actor');
      authorize(actor, 'configure-account');
      return c.json(toSettings(await readSettings(c.get('ctx').database, actor.accountId)), 200);
    },
  );

  api.openapi(
    createRoute({
      ...common,
      method: 'patch',
      operationId: 'updateSettings',
      summary: 'Change what holds for the whole account; what is left out stays as it is',
      request: body(settingsEditIn),
      responses: { 200: jsonResponse('The settings.', settingsOut), ...failures },
    }),
    async (c) => {
      const asked = c.req.valid('json');
      const edited = await configureAccount(holding(c), c.get('actor'), {
        ...(asked.timezone === undefined ? {} : { timezone: asked.timezone }),
        ...(asked.default_channel === undefined ? {} : { defaultChannel: asked.default_channel }),
        ...(asked.default_role === undefined ? {} : { defaultRole: asked.default_role }),
        ...(asked.post_check_after === undefined ? {} : { postCheckAfter: asked.post_check_after }),
      });
      return c.json(toSettings(edited), 200);
    },
  );
}

function holding(c: RequestContext) {
  return withPreconditions(c, 'settings', async (tx) => ({
    answer: toSettings(await readSettings(tx, c.get('actor').accountId)),
  }));
}
