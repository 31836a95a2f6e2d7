import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../port.ts';
import { Program } from './program.ts';

const run = promisify(execFile);
const NAME = 'icinga.test';

/** What the README says Lull's API user needs, and no more. */
const PERMISSIONS = [
  'actions/schedule-downtime',
  'actions/remove-downtime',
  'objects/query/Downtime',
  'objects/query/Host',
  'objects/query/Service',
];

/** A downtime as the API shows it. */
export interface Shown {
  readonly name: string;
  readonly attrs: {
    readonly author: string;
    readonly comment: string;
    readonly start_time: number;
    readonly end_time: number;
    readonly fixed: boolean;
  };
}

export interface Icinga2ServerOptions {
  /** Hosts and services in Icinga's language. */
  readonly objects: string;
  /** An empty one, for its configuration and data. */
  readonly folder: string;
}

/** A real Icinga 2 of the test's own, and the means to look at it past Lull. */
export class Icinga2Server {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** SHA-256, of the server's certificate. */
  readonly fingerprint: string;
  readonly #program: Program;

  private constructor(url: string, ca: string, fingerprint: string, program: Program) {
    this.url = url;
    this.ca = ca;
    this.fingerprint = fingerprint;
    this.#program = program;
  }

  static async start({ objects, folder }: Icinga2ServerOptions): Promise<Icinga2Server> {
    const port = await freePort();
    const at = (name: string) => join(folder, name);
    for (const name of ['etc', 'data', 'data/certs', 'log', 'cache', 'spool', 'run']) await mkdir(at(name));
    const constants = {
      ConfigDir: at('etc'),
      DataDir: at('data'),
      LogDir: at('log'),
      CacheDir: at('cache'),
      SpoolDir: at('spool'),
      InitRunDir: at('run'),
    };
    const defines = Object.entries(constants).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    // Started by root it would become a user of its own, who cannot write here.
    const env = { ICINGA2_USER: userInfo().username, ICINGA2_GROUP: (await run('id', ['-gn'])).stdout.trim() };
    const pki = (...args: string[]) =>
      run('icinga2', ['pki', ...args, ...defines], { env: { ...process.env, ...env } });
    const cert = (kind: string) => at(`data/certs/${NAME}.${kind}`);
    await pki('new-ca');
    await pki('new-cert', '--cn', NAME, '--key', cert('key'), '--csr', cert('csr'));
    await pki('sign-csr', '--csr', cert('csr'), '--cert', cert('crt'));
    const ca = await readFile(at('data/ca/ca.crt'), 'utf8');
    await writeFile(at('data/certs/ca.crt'), ca);
    const { fingerprint256: fingerprint } = new X509Certificate(await readFile(cert('crt')));
    await writeFile(at('etc/icinga2.conf'), configuration(port, objects));

    const url = `https://127.0.0.1:${port}`;
    const command = ['icinga2', 'daemon', '-c', at('etc/icinga2.conf'), ...defines] as const;
    const program = new Program(command, async () => (await asRoot(url, 'GET', '/status')).status === 200, env);
    const server = new Icinga2Server(url, ca, fingerprint, program);
    await server.run();
    return server;
  }

  /** Starts it again, with what it had written to disk. */
  run(): Promise<void> {
    return this.#program.start();
  }

  /** As a power cut does it. */
  kill(): Promise<void> {
    return this.#program.kill();
  }

  /** As its administrator does it. */
  stop(): Promise<void> {
    return this.#program.stop();
  }

  /** Every downtime, by name. */
  async downtimes(): Promise<Shown[]> {
    const { text } = await asRoot(this.url, 'GET', '/objects/downtimes');
    const { results } = JSON.parse(text) as { results: Shown[] };
    return results.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** How many downtimes lie over each service now, by its name. */
  async downtimeDepths(): Promise<Map<string, number>> {
    const { text } = await asRoot(this.url, 'GET', '/objects/services?attrs=name&attrs=downtime_depth');
    const { results } = JSON.parse(text) as { results: { attrs: { name: string; downtime_depth: number } }[] };
    return new Map(results.map(({ attrs }) => [attrs.name, attrs.downtime_depth]));
  }

  /** As a person does it in its own interface. */
  async act(action: string, body: object): Promise<void> {
    const { status, text } = await asRoot(this.url, 'POST', `/actions/${action}`, body);
    if (status !== 200) throw new Error(text);
  }
}

function configuration(port: number, objects: string): string {
  return `
const NodeName = "${NAME}"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName {}
object Zone ZoneName {
  endpoints = [ NodeName ]
}
object ApiListener "api" {
  bind_host = "127.0.0.1"
  bind_port = ${port}
}
object ApiUser "root" {
  password = "root"
  permissions = [ "*" ]
}
object ApiUser "lull" {
  password = "s3cret"
  permissions = ${JSON.stringify(PERMISSIONS)}
}
object ApiUser "reader" {
  password = "s3cret"
  permissions = ${JSON.stringify(PERMISSIONS.filter((each) => !each.endsWith('remove-downtime') && !each.endsWith('Host')))}
}
${objects}
`;
}

function asRoot(url: string, method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { method, auth: 'root:root', rejectUnauthorized: false, headers: { accept: 'application/json' } };
    const asking = request(`${url}/v1${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body && JSON.stringify(body));
  });
}
