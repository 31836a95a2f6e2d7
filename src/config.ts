import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { readSecretHosts, readSecrets, SECRET_HOSTS, SECRET_PREFIX } from './checks/secrets.ts';
import { editDistance } from './core/edit-distance.ts';
import { isZone } from './core/time.ts';
import { NOTHING_ALLOWED, NOTHING_FOR_TENANTS, parseAllowedAddresses } from './platform/outbound/addresses.ts';
import { parseQuotas } from './platform/quotas.ts';

/** One workspace, by its bot token; or any that installs Lull by OAuth. */
type SlackWorkspaces =
  | { readonly botToken: string; readonly oauth?: undefined }
  | {
      readonly oauth: { readonly clientId: string; readonly clientSecret: string; readonly stateSecret: string };
      readonly botToken?: undefined;
    };

/** A socket that Lull opens, HTTP requests that it receives, or the playground in Slack's place. */
export type SlackConfig =
  | ({ readonly mode: 'socket'; readonly appToken: string; readonly apiUrl: string } & SlackWorkspaces)
  | ({ readonly mode: 'http'; readonly signingSecret: string; readonly apiUrl: string } & SlackWorkspaces)
  | { readonly mode: 'playground'; readonly port: number };

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A wrong variable, and a sentence with its value, what was expected, and what to do. */
export type Problem = { readonly variable: string; readonly sentence: string };

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

const slackApi = 'https://slack.com/api/';

/** The variables whose values are never shown in errors, except for the prefix of a token. */
const SECRETS = /_(TOKEN|KEY|SECRET)$/;
const BASIC_INFORMATION = '(from "Basic Information" of your app on api.slack.com)';
const RANDOM = 'random characters without spaces, such as the output of "openssl rand -base64 32"';

/** The messages say what was expected and what to do; they follow the variable and its value. */
const variables = z.object({
  LULL_HOST: matching(
    /^[\w.:-]{1,253}$/,
    'an address of this machine to listen on, such as 0.0.0.0 for all, or 127.0.0.1 for programs on it alone',
  ).optional(),
  PORT: count(65_535, 'a port from 0 to 65535, such as 3000 (0 takes any free one)').default(3000),
  LULL_PLAYGROUND: z
    .enum(['0', '1'], '1 for the playground on the database of DATABASE_URL; otherwise leave it out')
    .optional(),
  LULL_PLAYGROUND_PORT: count(65_535, 'a port from 0 to 65535; leave it out for the one after PORT').optional(),
  DATABASE_URL: url(
    /^postgres(ql)?:$/,
    'the address of a PostgreSQL database, such as postgresql://user:password@host:5432/lull; leave it out for the embedded one',
  ).optional(),
  LULL_DATA_DIR: z.string().default('./.lull'),
  LULL_PUBLIC_URL: url(
    /^https?:$/,
    'the address that people reach Lull at, such as https://lull.example.com',
  ).optional(),
  LULL_ADMIN_TOKEN: characters(16, 'at least 16 characters without spaces; leave it out to have one made').optional(),
  LULL_ENCRYPTION_KEY: matching(
    /^[\x21-\x2b\x2d-\x7e]{32,}(,[\x21-\x2b\x2d-\x7e]{32,})*$/,
    `at least 32 ${RANDOM}; several are separated by commas, the new one first; leave it out to have one made`,
  )
    .transform((keys): [string, ...string[]] => {
      const [first = '', ...others] = keys.split(',');
      return [first, ...others];
    })
    .optional(),
  LULL_DEFAULT_TIMEZONE: z
    .string()
    .refine(isZone, 'the name of an IANA time zone, such as Europe/Berlin or America/New_York')
    .default('UTC'),
  LULL_DEFAULT_CHANNEL: matching(
    /^#?[\p{L}\p{N}_-]{1,80}$/u,
    'the name or the id of one channel, such as #maintenance or C0123456789',
  )
    .transform((channel) => channel.replace(/^#/, ''))
    .optional(),
  LULL_ALLOWED_ADDRESSES: z
    .string()
    .transform((list, context) => {
      const read = parseAllowedAddresses(list);
      if ('allowed' in read) return read.allowed;
      const example = 'addresses, ranges and names of hosts, separated by commas, such as 10.0.0.0/8,icinga.internal';
      context.addIssue({ code: 'custom', message: `${example}; ${JSON.stringify(read.wrong)} is none of them` });
      return z.NEVER;
    })
    .optional(),
  LULL_SECRET_HOSTS: z
    .string()
    .transform((list, context) => {
      const read = readSecretHosts(list);
      if ('hosts' in read) return read.hosts;
      const example = 'names of secrets and hosts, separated by commas, such as NODEPING=api.nodeping.com';
      context.addIssue({ code: 'custom', message: `${example}; ${JSON.stringify(read.wrong)} is none` });
      return z.NEVER;
    })
    .optional(),
  LULL_RATE_LIMIT: count(1_000_000, 'a whole number of requests a minute, such as 600; 0 for no limit').default(600),
  LULL_QUOTAS: z
    .string()
    .transform((text, context) => {
      const quotas = parseQuotas(text);
      if (quotas !== undefined) return quotas;
      const message =
        'numbers by names, separated by commas, such as webhooks=50,series=500; of providers, webhooks, tokens, calendars, series and subscriptions';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .default({}),
  LULL_PROXIES: count(10, 'how many proxies stand before Lull, from 0 to 10').default(0),
  LULL_CORS_ORIGINS: z
    .string()
    .transform((origins) => origins.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every((each) => each === '*' || (URL.canParse(each) && new URL(each).origin === each)),
      'origins without a path, separated by commas, such as https://status.example.com; or * for all',
    )
    .default([]),
  LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
  SLACK_BOT_TOKEN: token('xoxb-', 'a bot token (from "OAuth & Permissions" of your app on api.slack.com)'),
  SLACK_APP_TOKEN: token('xapp-', `an app-level token ${BASIC_INFORMATION}`),
  SLACK_SIGNING_SECRET: characters(8, `the signing secret ${BASIC_INFORMATION}`).optional(),
  SLACK_CLIENT_ID: matching(/^\d+\.\d+$/, `the client id ${BASIC_INFORMATION}, such as 123.456`).optional(),
  SLACK_CLIENT_SECRET: characters(8, `the client secret ${BASIC_INFORMATION}`).optional(),
  SLACK_STATE_SECRET: characters(16, `at least 16 ${RANDOM}; the same for all instances`).optional(),
  SLACK_API_URL: url(/^https?:$/, `the address of a Slack Web API; leave it out for ${slackApi}`).optional(),
});

/** Values are trimmed, and an empty variable counts as absent. @returns the configuration, or every problem at once */
export function readConfig(environment: Environment): ConfigResult {
  const given = Object.fromEntries(
    Object.keys(variables.shape).flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const parsed = variables.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => {
      const variable = String(issue.path[0]);
      return { variable, sentence: `${variable} is ${redact(variable, given[variable])}. Expected: ${issue.message}.` };
    }),
    ...incomplete(new Set(Object.keys(given)), given.LULL_PLAYGROUND === '1'),
    ...misspelled(environment),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: toConfig(parsed.data, environment) };
}

export type Config = ReturnType<typeof toConfig>;

function toConfig(read: z.infer<typeof variables>, environment: Environment) {
  const slack = toSlackConfig(read);
  const hasTenants = slack.mode !== 'playground' && slack.oauth !== undefined;
  return {
    port: read.PORT,
    /** Anybody who reaches the playground is its admin, so only programs on this machine do. */
    host: read.LULL_HOST ?? (slack.mode === 'playground' ? '127.0.0.1' : '0.0.0.0'),
    /** Without a slash at the end. Undefined: localhost, at the port it got. */
    publicUrl: read.LULL_PUBLIC_URL?.replace(/\/+$/, ''),
    dataDir: resolve(read.LULL_DATA_DIR),
    /** Undefined: the embedded PostgreSQL. */
    databaseUrl: read.DATABASE_URL,
    /** Undefined: the one in the data folder. */
    adminToken: read.LULL_ADMIN_TOKEN,
    /** The first seals secrets in the database; the others only open them. Undefined: the one in the data folder. */
    encryptionKeys: read.LULL_ENCRYPTION_KEY,
    defaultTimezone: read.LULL_DEFAULT_TIMEZONE,
    defaultChannel: read.LULL_DEFAULT_CHANNEL,
    secrets: hasTenants ? undefined : readSecrets(environment, read.LULL_SECRET_HOSTS ?? new Map()),
    /** Of monitoring systems and webhooks; none with OAuth, where tenants set them. */
    allowedAddresses: hasTenants ? NOTHING_FOR_TENANTS : (read.LULL_ALLOWED_ADDRESSES ?? NOTHING_ALLOWED),
    rateLimit: read.LULL_RATE_LIMIT,
    quotas: read.LULL_QUOTAS,
    proxies: read.LULL_PROXIES,
    corsOrigins: read.LULL_CORS_ORIGINS,
    logLevel: read.LOG_LEVEL,
    /** Never to be logged. */
    knownSecrets: listSecrets(environment),
    slack,
    unknownVariables: listForeign(environment)
      .filter((name) => OWN_PREFIX.test(name))
      .sort(),
  };
}

/** From the environment and, for absent variables, from a `.env` file, which may be missing. */
export function loadConfig(file = '.env', environment: Environment = process.env): ConfigResult {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      const sentence = `The file ${resolve(file)} cannot be read (${String(error)}). Make it readable for the user who starts Lull.`;
      return { ok: false, problems: [{ variable: '.env', sentence }] };
    }
  }
  return readConfig({ ...parseEnv(text), ...environment });
}

function count(max: number, expected: string) {
  return z
    .string()
    .refine((value) => /^\d{1,7}$/.test(value) && Number(value) <= max, expected)
    .transform(Number);
}

function matching(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected);
}

function characters(least: number, expected: string) {
  return matching(new RegExp(`^[\\x21-\\x7e]{${least},}$`), expected);
}

function url(protocol: RegExp, expected: string) {
  return z.string().refine((value) => URL.canParse(value) && protocol.test(new URL(value).protocol), expected);
}

function token(prefix: string, kind: string) {
  return matching(new RegExp(`^${prefix}[\\x21-\\x7e]*$`), `${kind}, which begins with ${prefix}`).optional();
}

const MIN_SECRET_CHARS = 8;

/** The values of the variables that hold secrets, each key of several on its own. */
function listSecrets(environment: Environment): readonly string[] {
  return Object.entries(environment)
    .filter(([name]) => OWN_PREFIX.test(name) && (SECRETS.test(name) || name.startsWith(SECRET_PREFIX)))
    .filter(([name]) => name !== SECRET_HOSTS)
    .flatMap(([, value = '']) => [value, ...value.split(',')])
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

/** Every variable that Lull reads, except secrets, whose names people choose. */
export const VARIABLES: readonly string[] = Object.keys(variables.shape);
/** Shorter names are too similar to the variables of other tools. */
const MIN_CHECKED_CHARS = 10;

const OWN_PREFIX = /^(SLACK|LULL)_/i;

/** Variables whose name is probably a misspelling of one that is not set. */
function misspelled(environment: Environment): readonly Problem[] {
  const missing = VARIABLES.filter((name) => name.length >= MIN_CHECKED_CHARS && !isSet(environment, name));
  return listForeign(environment).flatMap((variable): Problem[] => {
    const most = OWN_PREFIX.test(variable) ? 2 : 1;
    const [nearest] = missing
      .map((name) => ({ name, distance: editDistance(variable.toUpperCase(), name) }))
      .filter(({ distance }) => distance <= most)
      .sort((a, b) => a.distance - b.distance);
    if (nearest === undefined) return [];
    const sentence = `${variable} is not a variable of Lull. Did you mean ${nearest.name}? Rename or remove it.`;
    return [{ variable, sentence }];
  });
}

function listForeign(environment: Environment): string[] {
  return Object.keys(environment).filter(
    (name) => !VARIABLES.includes(name) && !name.startsWith(SECRET_PREFIX) && isSet(environment, name),
  );
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name]?.trim() ?? '') !== '';
}

/** Variables that are missing for the others, or contradict them. */
function incomplete(given: ReadonlySet<string>, isPlayground: boolean): readonly Problem[] {
  const has = (name: string) => given.has(name);
  const problems: Problem[] = [];
  const misses = (variable: string, because: string) =>
    problems.push({ variable, sentence: `${variable} is not set. ${because}` });

  const oauth = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_STATE_SECRET'];
  const named = oauth.find(has);
  if (named !== undefined && has('SLACK_BOT_TOKEN')) {
    const sentence = `SLACK_BOT_TOKEN is set beside ${named}. Expected: SLACK_BOT_TOKEN for one workspace, or ${oauth.join(', ')} for all that install Lull. Leave one of them out.`;
    return [{ variable: 'SLACK_BOT_TOKEN', sentence }];
  }
  if (named !== undefined) {
    for (const missing of oauth.filter((name) => !has(name))) {
      misses(missing, `Expected beside ${named}: all of ${oauth.join(', ')}, for workspaces that install Lull.`);
    }
    if (!has('LULL_PUBLIC_URL')) {
      misses('LULL_PUBLIC_URL', `Expected beside ${named}: the https address that Slack sends people back to.`);
    }
  }
  const whose = named ?? (has('SLACK_BOT_TOKEN') ? 'SLACK_BOT_TOKEN' : undefined);
  if (whose !== undefined && !has('SLACK_APP_TOKEN') && !has('SLACK_SIGNING_SECRET')) {
    const choice = 'SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for requests over HTTP';
    misses('SLACK_APP_TOKEN', `Expected beside ${whose}: ${choice}.`);
  }
  if (whose !== undefined && isPlayground) {
    const sentence = `LULL_PLAYGROUND is 1 and ${whose} is set. Leave LULL_PLAYGROUND out to connect to Slack, or every SLACK_ variable for the playground.`;
    problems.push({ variable: 'LULL_PLAYGROUND', sentence });
  }
  const alone = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_API_URL'].find(has);
  if (alone !== undefined && whose === undefined) {
    const advice = 'Leave every SLACK_ variable out for the playground.';
    misses('SLACK_BOT_TOKEN', `Expected beside ${alone}: the bot token of your Slack app. ${advice}`);
  }
  if (has('DATABASE_URL') && whose === undefined && alone === undefined && !isPlayground) {
    misses(
      'SLACK_BOT_TOKEN',
      `Expected with DATABASE_URL: SLACK_BOT_TOKEN and either SLACK_APP_TOKEN or SLACK_SIGNING_SECRET; or, for many workspaces, ${oauth.join(', ')} in place of SLACK_BOT_TOKEN. For the playground leave DATABASE_URL out, or set LULL_PLAYGROUND=1 with a database of its own.`,
    );
  }
  return problems;
}

function toSlackConfig(read: z.infer<typeof variables>): SlackConfig {
  const apiUrl = (read.SLACK_API_URL ?? slackApi).replace(/\/*$/, '/');
  const workspaces = toWorkspaces(read);
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = read;
  if (workspaces !== undefined && appToken !== undefined) return { mode: 'socket', appToken, apiUrl, ...workspaces };
  if (workspaces !== undefined && signingSecret !== undefined) {
    return { mode: 'http', signingSecret, apiUrl, ...workspaces };
  }
  const next = read.PORT === 0 || read.PORT === 65_535 ? 0 : read.PORT + 1;
  return { mode: 'playground', port: read.LULL_PLAYGROUND_PORT ?? next };
}

function toWorkspaces(read: z.infer<typeof variables>): SlackWorkspaces | undefined {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret, SLACK_STATE_SECRET: stateSecret } = read;
  if (read.SLACK_BOT_TOKEN !== undefined) return { botToken: read.SLACK_BOT_TOKEN };
  if (clientId === undefined || clientSecret === undefined || stateSecret === undefined) return undefined;
  return { oauth: { clientId, clientSecret, stateSecret } };
}

/** A value without secrets and passwords, for an error. */
function redact(variable: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  if (SECRETS.test(variable)) {
    const kind = /^(xox[a-z]|xapp)-/.exec(value)?.[0] ?? '';
    return `"${kind}***" (${value.length} characters)`;
  }
  return JSON.stringify(value.replace(/:(?!\/\/).*@/, ':***@').replace(/(password=)[^&]*/i, '$1***'));
}
