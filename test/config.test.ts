import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Config, type Environment, loadConfig, readConfig, VARIABLES } from '../src/config.ts';
import { NOTHING_FOR_TENANTS } from '../src/platform/outbound/addresses.ts';
import { temporaryFolder } from './folder.ts';

function config(environment: Environment): Config {
  const result = readConfig(environment);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.sentence).join('\n'));
  return result.config;
}

function problems(environment: Environment): readonly string[] {
  const result = readConfig(environment);
  return result.ok ? [] : result.problems.map((problem) => problem.sentence);
}

const bot = 'xoxb-1-abc';
const app = 'xapp-1-abc';
const secret = '8f742231b10e8888abcd99yyyzzz85a5';

describe('the configuration', () => {
  it('requires nothing: embedded PostgreSQL, the playground, UTC', () => {
    expect(config({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: undefined,
      dataDir: resolve('.lull'),
      databaseUrl: undefined,
      adminToken: undefined,
      encryptionKeys: undefined,
      defaultTimezone: 'UTC',
      defaultChannel: undefined,
      secrets: new Map(),
      allowedAddresses: { ranges: [], hosts: new Set() },
      rateLimit: 600,
      quotas: {},
      proxies: 0,
      corsOrigins: [],
      logLevel: 'info',
      knownSecrets: [],
      slack: { mode: 'playground', port: 3001 },
      unknownVariables: [],
    });
  });

  it('treats an empty variable as missing, and trims white space', () => {
    expect(config({ PORT: '', SLACK_BOT_TOKEN: ' ', DATABASE_URL: '' })).toEqual(config({}));
    expect(config({ PORT: ' 8080\n' }).port).toBe(8080);
  });

  it('reads each variable', () => {
    const read = config({
      PORT: '80',
      DATABASE_URL: 'postgresql://lull:pw@db/lull',
      LULL_PLAYGROUND: '1',
      LULL_DATA_DIR: '/var/lib/lull',
      LULL_PUBLIC_URL: 'https://lull.example.com/base/',
      LULL_ADMIN_TOKEN: 'a-token-of-16-or-more',
      LULL_ENCRYPTION_KEY: `${'new'.repeat(11)},${'old'.repeat(11)}`,
      LULL_DEFAULT_TIMEZONE: 'Europe/Berlin',
      LULL_DEFAULT_CHANNEL: '#maintenance',
      LULL_RATE_LIMIT: '0',
      LULL_QUOTAS: 'webhooks=50, series=500',
      LULL_PROXIES: '2',
      LULL_CORS_ORIGINS: 'https://status.example.com, http://localhost:8080',
      LOG_LEVEL: 'debug',
    });
    expect(read).toMatchObject({
      port: 80,
      databaseUrl: 'postgresql://lull:pw@db/lull',
      dataDir: '/var/lib/lull',
      publicUrl: 'https://lull.example.com/base',
      adminToken: 'a-token-of-16-or-more',
      encryptionKeys: ['new'.repeat(11), 'old'.repeat(11)],
      defaultTimezone: 'Europe/Berlin',
      defaultChannel: 'maintenance',
      rateLimit: 0,
      quotas: { webhooks: 50, series: 500 },
      proxies: 2,
      corsOrigins: ['https://status.example.com', 'http://localhost:8080'],
      logLevel: 'debug',
    });
  });

  it('uses Socket Mode with an app token, HTTP with a signing secret, and Socket Mode with both', () => {
    const apiUrl = 'https://slack.com/api/';
    expect(config({ SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app }).slack).toEqual({
      mode: 'socket',
      botToken: bot,
      appToken: app,
      apiUrl,
    });
    expect(config({ SLACK_BOT_TOKEN: bot, SLACK_SIGNING_SECRET: secret }).slack).toEqual({
      mode: 'http',
      botToken: bot,
      signingSecret: secret,
      apiUrl,
    });
    const both = { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret };
    expect(config(both).slack.mode).toBe('socket');
  });

  it('accepts another Web API URL, with or without a trailing slash', () => {
    for (const SLACK_API_URL of ['http://127.0.0.1:9/api', 'http://127.0.0.1:9/api/']) {
      const { slack } = config({ SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_API_URL });
      expect(slack).toMatchObject({ apiUrl: 'http://127.0.0.1:9/api/' });
    }
  });

  it('listens for programs on this machine alone in the playground, on all addresses otherwise, and where it is told', () => {
    const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
    expect(config({}).host).toBe('127.0.0.1');
    expect(config(slack).host).toBe('0.0.0.0');
    expect(config({ ...slack, LULL_HOST: '::1' }).host).toBe('::1');
    expect(problems({ LULL_HOST: 'http://a/' })).toHaveLength(1);
  });

  it('puts the playground on the port after PORT, a given port, or any free port', () => {
    expect(config({ PORT: '8080' }).slack).toEqual({ mode: 'playground', port: 8081 });
    expect(config({ LULL_PLAYGROUND_PORT: '9' }).slack).toEqual({ mode: 'playground', port: 9 });
    expect(config({ PORT: '0' }).slack).toEqual({ mode: 'playground', port: 0 });
    expect(config({ PORT: '65535' }).slack).toEqual({ mode: 'playground', port: 0 });
  });

  it('reports all invalid variables together, in their order', () => {
    expect(
      problems({ PORT: 'http', LOG_LEVEL: 'loud', LULL_DEFAULT_TIMEZONE: 'Berlin', SLACK_BOT_TOKEN: bot }),
    ).toEqual([
      'PORT is "http". Expected: a port from 0 to 65535, such as 3000 (0 takes any free one).',
      'LULL_DEFAULT_TIMEZONE is "Berlin". Expected: the name of an IANA time zone, such as Europe/Berlin or America/New_York.',
      'LOG_LEVEL is "loud". Expected: one of trace, debug, info, warn, error, fatal, silent.',
      'SLACK_APP_TOKEN is not set. Expected beside SLACK_BOT_TOKEN: SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for requests over HTTP.',
    ]);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['LULL_PLAYGROUND_PORT', 'x'],
    ['DATABASE_URL', 'mysql://db/lull'],
    ['DATABASE_URL', 'db/lull'],
    ['LULL_PUBLIC_URL', 'lull.example.com'],
    ['LULL_ADMIN_TOKEN', 'short'],
    ['LULL_RATE_LIMIT', 'many'],
    ['LULL_QUOTAS', 'dogs=4'],
    ['LULL_QUOTAS', 'webhooks=many'],
    ['LULL_PROXIES', '11'],
    ['LULL_CORS_ORIGINS', 'https://status.example.com/page'],
    ['LULL_CORS_ORIGINS', 'status.example.com'],
    ['LULL_ENCRYPTION_KEY', 'hunter2hunter2'],
    ['LULL_ENCRYPTION_KEY', `${'new'.repeat(11)},old`],
    ['LULL_ADMIN_TOKEN', 'with spaces in it, sixteen'],
    ['LULL_DEFAULT_TIMEZONE', '+02:00'],
    ['LULL_DEFAULT_CHANNEL', 'two channels'],
    ['LULL_ALLOWED_ADDRESSES', '10.0.0.0/33'],
    ['SLACK_API_URL', 'slack.com/api'],
  ])('refuses %s=%s', (variable, value) => {
    const own = problems({ [variable]: value }).filter((sentence) => sentence.startsWith(`${variable} is `));
    expect(own).toHaveLength(1);
  });

  it('names the invalid one of the allowed addresses', () => {
    expect(problems({ LULL_ALLOWED_ADDRESSES: '10.0.0.0/8,http://icinga' })).toEqual([
      'LULL_ALLOWED_ADDRESSES is "10.0.0.0/8,http://icinga". Expected: addresses, ranges and names of hosts, separated by commas, such as 10.0.0.0/8,icinga.internal; "http://icinga" is none of them.',
    ]);
    expect(config({ LULL_ALLOWED_ADDRESSES: '10.0.0.0/8,localhost' }).allowedAddresses.hosts).toEqual(
      new Set(['localhost']),
    );
  });

  it('names the variable missing next to the given ones', () => {
    for (const alone of [{ SLACK_APP_TOKEN: app }, { SLACK_SIGNING_SECRET: secret }, { SLACK_API_URL: 'http://a/' }]) {
      expect(problems(alone)).toEqual([
        `SLACK_BOT_TOKEN is not set. Expected beside ${Object.keys(alone)[0]}: the bot token of your Slack app. ` +
          'Leave every SLACK_ variable out for the playground.',
      ]);
    }
  });

  describe('with an external database', () => {
    const DATABASE_URL = 'postgresql://lull:pw@db/lull';

    it('names what is missing instead of starting the playground', () => {
      const sentence =
        'SLACK_BOT_TOKEN is not set. Expected with DATABASE_URL: SLACK_BOT_TOKEN and either SLACK_APP_TOKEN or SLACK_SIGNING_SECRET; ' +
        'or, for many workspaces, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_STATE_SECRET in place of SLACK_BOT_TOKEN. ' +
        'For the playground leave DATABASE_URL out, or set LULL_PLAYGROUND=1 with a database of its own.';
      expect(problems({ DATABASE_URL })).toEqual([sentence]);
      expect(problems({ DATABASE_URL, SLACK_BOT_TOKEN: '', LULL_PLAYGROUND: '0' })).toEqual([sentence]);
      expect(problems({ DATABASE_URL, SLACK_BOT_TOKEN: bot })).toEqual([expect.stringMatching(/^SLACK_APP_TOKEN is/)]);
      expect(problems({ DATABASE_URL, SLACK_APP_TOKEN: app })).toEqual([expect.stringMatching(/^SLACK_BOT_TOKEN is/)]);
    });

    it('starts the playground if requested, and otherwise requires Slack', () => {
      expect(config({ DATABASE_URL, LULL_PLAYGROUND: '1' }).slack.mode).toBe('playground');
      const slack = { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app };
      expect(config({ DATABASE_URL, ...slack }).slack.mode).toBe('socket');
      expect(problems({ ...slack, LULL_PLAYGROUND: '1' })).toEqual([
        expect.stringMatching(/^LULL_PLAYGROUND is 1 and SLACK_BOT_TOKEN is set\. /),
      ]);
    });
  });

  describe('with an unknown variable', () => {
    it.each([
      ['SLACK_BOT_TOKN', 'SLACK_BOT_TOKEN'],
      ['SLACK_BOT_TOEKN', 'SLACK_BOT_TOKEN'],
      ['SLACK_BOTTOKEN', 'SLACK_BOT_TOKEN'],
      ['SLAK_APP_TOKEN', 'SLACK_APP_TOKEN'],
      ['slack_signing_secret', 'SLACK_SIGNING_SECRET'],
      ['LULL_DEFAULT_CHANEL', 'LULL_DEFAULT_CHANNEL'],
      ['LULL_DEFAULT_TIME_ZONE', 'LULL_DEFAULT_TIMEZONE'],
      ['LULL_PLAYGROUD', 'LULL_PLAYGROUND'],
      ['DATABSE_URL', 'DATABASE_URL'],
    ])('refuses %s, and asks whether %s was meant', (variable, known) => {
      const sentence = `${variable} is not a variable of Lull. Did you mean ${known}? Rename or remove it.`;
      expect(problems({ [variable]: 'x' })).toContain(sentence);
    });

    it('accepts names that are not likely misspellings', () => {
      const environment = {
        SLACK_BOT_TOKEN: bot,
        SLACK_APP_TOKEN: app,
        SLACK_BOT_TOKEN_2: 'x',
        SLACK_CHANNEL: '#ops',
        LULL_SERVICE_HOST: '10.0.0.1',
        LULL_RATE_LIMT: '',
        LULL_SECRET_HOST: 's',
        DATABASE_SSL: 'true',
        PROT: '1',
      };
      expect(config(environment).unknownVariables).toEqual(['LULL_SERVICE_HOST', 'SLACK_BOT_TOKEN_2', 'SLACK_CHANNEL']);
    });
  });

  describe('for many workspaces', () => {
    const oauth = {
      SLACK_CLIENT_ID: '123.456',
      SLACK_CLIENT_SECRET: 'a-client-secret',
      SLACK_STATE_SECRET: 'a-state-secret-of-ours',
    };
    const whole = { ...oauth, SLACK_APP_TOKEN: app, LULL_PUBLIC_URL: 'https://lull.example.com' };

    it('needs the secrets of the app instead of a bot token', () => {
      const read = { clientId: '123.456', clientSecret: 'a-client-secret', stateSecret: 'a-state-secret-of-ours' };
      expect(config(whole).slack).toMatchObject({ mode: 'socket', appToken: app, oauth: read });
      const http = { ...whole, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: secret };
      expect(config(http).slack).toMatchObject({ mode: 'http', signingSecret: secret, oauth: read });
    });

    it.each(['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_STATE_SECRET', 'LULL_PUBLIC_URL', 'SLACK_APP_TOKEN'])(
      'reports a missing %s',
      (variable) => {
        expect(problems({ ...whole, [variable]: '' })).toEqual([
          expect.stringMatching(new RegExp(`^${variable} is not set\\. Expected beside SLACK_CLIENT_`)),
        ]);
      },
    );

    it('refuses an additional bot token, whose workspace would be ambiguous', () => {
      expect(problems({ ...whole, SLACK_BOT_TOKEN: bot })).toEqual([
        expect.stringMatching(/^SLACK_BOT_TOKEN is set beside SLACK_CLIENT_ID\. .* Leave one of them out\.$/),
      ]);
    });

    it.each([
      ['SLACK_CLIENT_ID', 'A0123456789'],
      ['SLACK_CLIENT_SECRET', 'with a space'],
      ['SLACK_STATE_SECRET', 'short'],
    ])('refuses %s=%s', (variable, value) => {
      const [sentence, ...others] = problems({ ...whole, [variable]: value });
      expect(sentence).toMatch(new RegExp(`^${variable} is "`));
      expect(others).toEqual([]);
      if (variable !== 'SLACK_CLIENT_ID') expect(sentence).not.toContain(value);
    });
  });

  it('detects swapped tokens', () => {
    const sentences = problems({ SLACK_BOT_TOKEN: app, SLACK_APP_TOKEN: bot });
    expect(sentences).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN is "xapp-\*\*\*" \(10 characters\)\. Expected: .* begins with xoxb-\.$/),
      expect.stringMatching(/^SLACK_APP_TOKEN is "xoxb-\*\*\*" \(10 characters\)\. Expected: .* begins with xapp-\.$/),
    ]);
  });

  it('never shows a secret or a password', () => {
    const said = [
      problems({ SLACK_BOT_TOKEN: 'hunter2', SLACK_APP_TOKEN: 'hunter2', SLACK_SIGNING_SECRET: 'hunter2' }),
      problems({ LULL_ADMIN_TOKEN: 'hunter2' }),
      problems({ DATABASE_URL: 'mysql://lull:hunter2@db/lull' }),
      problems({ DATABASE_URL: 'mysql://lull:hunter2@x@db/lull' }),
      problems({ DATABASE_URL: 'lull:hunter2@db/lull' }),
      problems({ DATABASE_URL: 'mysql://db/lull?password=hunter2' }),
    ].flat();
    expect(said).toHaveLength(12);
    expect(said.join('\n')).not.toContain('hunter2');
  });

  it('reads from a .env file what the environment does not set', async () => {
    const file = join(await temporaryFolder(), '.env');
    await writeFile(file, '# comment\nPORT=1\nLOG_LEVEL="warn"\nLULL_DEFAULT_TIMEZONE=Asia/Tokyo\n');
    const result = loadConfig(file, { PORT: '2', LOG_LEVEL: '' });
    expect(result).toMatchObject({ ok: true, config: { port: 2, logLevel: 'info', defaultTimezone: 'Asia/Tokyo' } });
  });

  it('works without a .env file', async () => {
    expect(loadConfig(join(await temporaryFolder(), '.env'), {})).toEqual({ ok: true, config: config({}) });
  });

  it('reports a .env file that cannot be read', async () => {
    const result = loadConfig(await temporaryFolder(), {}); // a folder is no file
    expect(result).toMatchObject({ ok: false, problems: [{ variable: '.env' }] });
  });
});

describe('secrets of monitoring systems', () => {
  it('are variables bound to hosts', () => {
    const given = { LULL_SECRET_A: 'a', LULL_SECRET_B: ' b ', LULL_SECRET_C: 'c', HOME: '/root' };
    const LULL_SECRET_HOSTS = 'A=API.example.com, B=10.0.0.1,B=[::1],A=b.internal.,';
    expect(config({ ...given, LULL_SECRET_HOSTS }).secrets).toEqual(
      new Map([
        ['LULL_SECRET_A', { value: 'a', hosts: new Set(['api.example.com', 'b.internal']) }],
        ['LULL_SECRET_B', { value: ' b ', hosts: new Set(['10.0.0.1', '[::1]']) }],
        ['LULL_SECRET_C', { value: 'c', hosts: new Set() }],
      ]),
    );
  });

  it.each([
    'api.example.com',
    'A=',
    'A=https://api.example.com',
    'A=api.example.com/path',
    'A=api.example.com:443',
    'A=u@api.example.com',
    'A=[::1',
    'A=*.example.com x',
    'A B=api.example.com',
  ])('cannot be bound with %s', (list) => {
    expect(problems({ LULL_SECRET_HOSTS: `B=b.example.com,${list}` })).toEqual([
      `LULL_SECRET_HOSTS is "B=b.example.com,${list}". Expected: names of secrets and hosts, separated by commas, such as NODEPING=api.nodeping.com; ${JSON.stringify(list)} is none.`,
    ]);
  });

  it('and private addresses are not available to workspaces that install Lull', () => {
    const read = config({
      SLACK_CLIENT_ID: '1.2',
      SLACK_CLIENT_SECRET: secret,
      SLACK_STATE_SECRET: secret,
      SLACK_SIGNING_SECRET: secret,
      LULL_PUBLIC_URL: 'https://lull.example.com',
      LULL_SECRET_A: 'a',
      LULL_SECRET_HOSTS: 'A=api.example.com',
      LULL_ALLOWED_ADDRESSES: '10.0.0.0/8,localhost',
    });
    expect(read.secrets).toBeUndefined();
    expect(read.allowedAddresses).toEqual(NOTHING_FOR_TENANTS);
  });
});

describe('.env.example', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');

  it('has exactly the known variables, with valid values', () => {
    const given = parseEnv(example.replace(/^#(?=[A-Z])/gm, ''));
    expect(readConfig(given)).toMatchObject({ ok: true });
    // Secrets have names that people choose.
    const named = Object.keys(given).filter((name) => !/^LULL_SECRET_(?!HOSTS$)/.test(name));
    expect(named.sort()).toEqual(VARIABLES.toSorted());
  });

  it('changes nothing when copied unchanged', () => {
    expect(parseEnv(example)).toEqual({});
  });
});
