import { z } from '@hono/zod-openapi';
import { readSettings, type Settings } from '../access/accounts.ts';
import { DEFAULT_ROLES } from '../access/rules.ts';
import { failingChannel, toFailingChannel } from '../delivery/http.ts';
import { withPreconditions } from '../http/conditional.ts';
import { type Api, type NamedOptions, operation } from '../http/route.ts';
import { fromBody, outputMapper } from '../http/rows.ts';
import { boolean, oneOf, text, timezone } from '../http/schemas.ts';
import { channelFieldTexts, settingsFieldTexts } from '../texts/openapi.ts';
import { configureAccount } from './commands.ts';

const fields = {
  timezone: timezone.describe(settingsFieldTexts.timezone),
  default_channel: text('the id of a Slack channel, or null for none')
    .nullable()
    .openapi({ description: settingsFieldTexts.defaultChannel, example: 'C0123456789' }),
  default_role: oneOf(DEFAULT_ROLES).describe(settingsFieldTexts.defaultRole),
  post_check_after: z
    .int({ error: 'Expected a whole number of minutes, such as 5.' })
    .openapi({ description: settingsFieldTexts.postCheckAfter, example: 5 }),
  anonymous_reads: boolean.describe(settingsFieldTexts.anonymousReads),
};
const failingChannels = z.array(failingChannel).describe(channelFieldTexts.failingChannels);
const settingsOut = z.object({ ...fields, failing_channels: failingChannels }).openapi('Settings');
const settingsEditIn = z.strictObject(fields).partial().openapi('SettingsEdit');

const toSettings = outputMapper(settingsOut, ({ failingChannels }: Settings) => ({
  failing_channels: failingChannels.map(toFailingChannel),
}));

export function settings(api: Api): void {
  const present = { permission: 'configure-account', output: settingsOut } as const satisfies NamedOptions;
  operation(api, 'getSettings', 'get /settings', present, async ({ db, accountId, reader }) =>
    toSettings(await readSettings(db, accountId), reader),
  );

  const edit = { ...present, body: settingsEditIn } as const satisfies NamedOptions;
  operation(api, 'updateSettings', 'patch /settings', edit, async ({ c, actor, accountId, reader, body }) => {
    const ctx = withPreconditions(c, 'settings', async (tx) => ({
      answer: toSettings(await readSettings(tx, accountId), reader),
    }));
    return toSettings(await configureAccount(ctx, actor, fromBody(body)), reader);
  });
}
