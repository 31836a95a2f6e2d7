import { z } from 'zod';
import { appFunction } from './functions.ts';

/** The parts of a Slack app manifest that decide what the workspace offers and sends. Other parts are let through. */
export const appManifest = z
  .looseObject({
    display_information: z.looseObject({ name: z.string().min(1), description: z.string().default('') }),
    features: z
      .looseObject({
        app_home: z.looseObject({ home_tab_enabled: z.boolean().default(false) }).optional(),
        bot_user: z.looseObject({ display_name: z.string().min(1) }).optional(),
        slash_commands: z
          .array(
            z.looseObject({
              command: z.string().startsWith('/'),
              description: z.string().default(''),
              usage_hint: z.string().default(''),
              should_escape: z.boolean().default(false),
            }),
          )
          .default([]),
        shortcuts: z
          .array(
            z.looseObject({
              name: z.string().min(1).max(24),
              type: z.enum(['global', 'message']),
              callback_id: z.string().min(1).max(255),
              description: z.string().max(150).default(''),
            }),
          )
          .default([]),
      })
      .prefault({}),
    oauth_config: z
      .looseObject({
        scopes: z.looseObject({ bot: z.array(z.string()).default([]) }),
        redirect_urls: z.array(z.url()).default([]),
      })
      .optional(),
    settings: z
      .looseObject({
        event_subscriptions: z.looseObject({ bot_events: z.array(z.string()).default([]) }).optional(),
        org_deploy_enabled: z.boolean().default(false),
        token_rotation_enabled: z.boolean().default(false),
        function_runtime: z.enum(['remote', 'slack']).optional(),
      })
      .optional(),
    /** The steps that the app offers to workflows. */
    functions: z.record(z.string().min(1).max(100), appFunction).default({}),
  })
  .superRefine(({ functions, settings }, problems) => {
    if (Object.keys(functions).length === 0) return;
    const needed = [
      ...(settings?.function_runtime === 'remote' ? [] : ['settings.function_runtime: remote']),
      ...(settings?.org_deploy_enabled === true ? [] : ['settings.org_deploy_enabled: true']),
      ...(settings?.event_subscriptions?.bot_events.includes('function_executed')
        ? []
        : ['the event function_executed']),
    ];
    for (const each of needed) problems.addIssue({ code: 'custom', message: `An app with functions needs ${each}.` });
  });

export type AppManifest = z.output<typeof appManifest>;
export type AppManifestInput = z.input<typeof appManifest>;

/** What stands in for the app's own manifest where none is given: one command, two shortcuts, every scope and event. */
export const DEFAULT_MANIFEST: AppManifestInput = {
  display_information: { name: 'Lull', description: 'Planned maintenance that announces itself' },
  features: {
    app_home: { home_tab_enabled: true },
    bot_user: { display_name: 'Lull' },
    slash_commands: [
      {
        command: '/maintenance',
        description: 'Plan maintenance',
        usage_hint: '[services] [when] [for how long]: [name]',
        should_escape: true,
      },
    ],
    shortcuts: [
      {
        type: 'global',
        name: 'Schedule maintenance',
        callback_id: 'schedule_maintenance',
        description: 'Plan a maintenance window',
      },
      {
        type: 'message',
        name: 'Schedule maintenance',
        callback_id: 'schedule_from_message',
        description: 'Plan a maintenance window from this message',
      },
    ],
  },
};

/** Whether the app may do what needs `scope`; a manifest that lists no scopes grants all but `chat:write.public`. */
export function grants(manifest: AppManifest, scope: string): boolean {
  const granted = manifest.oauth_config?.scopes.bot;
  return granted === undefined ? scope !== 'chat:write.public' : granted.includes(scope);
}

/**
 * Whether the app is told of events of that name: those its manifest lists. One without any settings, as a test may
 * give, is told of all.
 */
export function subscribes(manifest: AppManifest, event: string): boolean {
  if (manifest.settings === undefined) return true;
  return manifest.settings.event_subscriptions?.bot_events.includes(event) ?? false;
}
