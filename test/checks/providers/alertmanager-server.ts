import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../port.ts';
import { Program } from './program.ts';

/** A silence as the API shows it. */
export interface Shown {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly matchers: readonly { name: string; value: string; isRegex: boolean; isEqual: boolean }[];
}

/** A real Alertmanager of the test's own, and the means to look at it past Lull. */
export class AlertmanagerServer {
  readonly url: string;
  readonly #program: Program;

  private constructor(url: string, program: Program) {
    this.url = url;
    this.#program = program;
  }

  /** @param folder an empty one, for its data */
  static async start(folder: string): Promise<AlertmanagerServer> {
    const config = join(folder, 'alertmanager.yml');
    await writeFile(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = new Program(
      [
        'prometheus-alertmanager',
        `--config.file=${config}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      async () => (await fetch(`${url}/-/ready`)).ok,
    );
    const server = new AlertmanagerServer(url, program);
    await server.run();
    return server;
  }

  /** Starts it again, with what it had written to disk. */
  run(): Promise<void> {
    return this.#program.start();
  }

  /** As a power cut does it. It forgets what it has not written to disk, which it does every quarter of an hour. */
  kill(): Promise<void> {
    return this.#program.kill();
  }

  /** As its administrator does it: everything is written to disk. */
  stop(): Promise<void> {
    return this.#program.stop();
  }

  async shown(): Promise<Shown[]> {
    const answer = await fetch(`${this.url}/api/v2/silences`);
    return (await answer.json()) as Shown[];
  }

  /** Those that silence something now, by id. */
  async active(): Promise<Shown[]> {
    const active = (await this.shown()).filter(({ status }) => status.state === 'active');
    return active.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** As a person does it in its own interface. */
  async put(silence: object): Promise<string> {
    const answer = await fetch(`${this.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ startsAt: new Date(0), createdBy: 'Jonas', comment: 'by hand', ...silence }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { silenceID: string }).silenceID;
  }

  /** As a person does it in its own interface. */
  async expire(id: string): Promise<void> {
    const answer = await fetch(`${this.url}/api/v2/silence/${id}`, { method: 'DELETE' });
    if (!answer.ok) throw new Error(await answer.text());
  }
}
