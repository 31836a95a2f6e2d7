import { z } from 'zod';

// Workflow steps: https://docs.slack.dev/tools/bolt-js/tutorials/custom-steps.

/** The supported subset of Slack's parameter types: https://docs.slack.dev/reference/types. */
const PARAMETER_TYPES = {
  string: z.string(),
  boolean: z.boolean(),
  integer: z.int(),
  number: z.number(),
  'slack#/types/user_id': z.string().regex(/^[UW][A-Z0-9]+$/),
  'slack#/types/channel_id': z.string().regex(/^[CG][A-Z0-9]+$/),
  /** Seconds since 1970. */
  'slack#/types/timestamp': z.int().nonnegative(),
  /** The person who started the workflow; filled in by Slack. */
  'slack#/types/user_context': z.object({ id: z.string(), secret: z.string() }),
} as const;
export type ParameterType = keyof typeof PARAMETER_TYPES;
const TYPE_NAMES = Object.keys(PARAMETER_TYPES) as [ParameterType, ...ParameterType[]];

const parameter = z.strictObject({
  type: z.enum(TYPE_NAMES),
  name: z.string().optional(),
  title: z.string().min(1).max(255).optional(),
  description: z.string().max(255).default(''),
  hint: z.string().max(255).optional(),
  is_required: z.boolean().default(false),
});

const parameters = z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/), parameter);
export type Parameters = z.output<typeof parameters>;

export const appFunction = z.strictObject({
  title: z.string().min(1).max(255),
  description: z.string().max(255).default(''),
  input_parameters: parameters.default({}),
  output_parameters: parameters.default({}),
});
export type AppFunction = z.output<typeof appFunction>;

/** @returns the errors, a line each. */
export function validateParameters(parameters: Parameters, values: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(values).filter((name) => !(name in parameters));
  return [
    ...unknown.map((name) => `${name} is no parameter of this function`),
    ...Object.entries(parameters).flatMap(([name, { type, is_required }]) => {
      const value = values[name];
      if (value === undefined || value === null) return is_required ? [`missing required parameter: ${name}`] : [];
      return PARAMETER_TYPES[type].safeParse(value).success ? [] : [`${name} is no ${type}: ${JSON.stringify(value)}`];
    }),
  ];
}

/** The parts of a Slack app manifest that the playground uses. Other parts are ignored. */
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
    /** Workflow steps. */
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

/** Used if no manifest is given: one command, two shortcuts, every scope and event. */
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

/** Whether the app has a scope. A manifest without scopes grants all but `chat:write.public`. */
export function hasScope(manifest: AppManifest, scope: string): boolean {
  const granted = manifest.oauth_config?.scopes.bot;
  return granted === undefined ? scope !== 'chat:write.public' : granted.includes(scope);
}

/**
 * Whether the app subscribes to an event. A manifest without settings, as tests may give, subscribes to all events.
 */
export function isSubscribed(manifest: AppManifest, event: string): boolean {
  if (manifest.settings === undefined) return true;
  return manifest.settings.event_subscriptions?.bot_events.includes(event) ?? false;
}
