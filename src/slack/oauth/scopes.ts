import { z } from 'zod';

const manifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).min(1) }) }),
});

/**
 * The rights that Lull asks a workspace for.
 * @param app the Slack app's manifest, parsed
 * @throws ZodError when it lists none
 */
export function botScopes(app: unknown): string[] {
  return manifest.parse(app).oauth_config.scopes.bot;
}
