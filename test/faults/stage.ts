import type { Message } from '../../src/playground/protocol.ts';
import type { Playground } from '../../src/playground/server.ts';
import { textOf } from '../e2e/installation.ts';

type Api = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

/** Real milliseconds until a failed or abandoned job is retried, even on a slow machine. */
export const PATIENCE = 20_000;

/** Helpers of the fault tests: windows on the service `api`, and their messages in Slack. */
export function createScenario({ playground, api }: { readonly playground: Playground; readonly api: Api }) {
  const ana = playground.as('ana');
  const findAnnouncements = (name: string, channel: string) =>
    ana
      .messages(channel)
      .filter((message) => message.threadTs === undefined || message.threadTs === message.ts)
      .filter((message) => textOf(message).includes(name));

  return {
    ana,
    /** Schedules over HTTP, which works without Slack. Returns the id. */
    async schedule(name: string, start: Date, minutes = 60): Promise<number> {
      const services = await api('GET', '/api/v1/services');
      const { items } = services.body as { items: { id: number; name: string }[] };
      const created = await api('POST', '/api/v1/maintenances', {
        name,
        service: items.find((service) => service.name === 'api')?.id,
        scheduled_start_date: start.toISOString(),
        scheduled_end_date: new Date(start.getTime() + minutes * 60_000).toISOString(),
      });
      if (created.status !== 201) throw new Error(JSON.stringify(created.body));
      return (created.body as { id: number }).id;
    },
    /** The announcements of a window in a channel; more than one is an error. */
    findAnnouncements: findAnnouncements,
    /** Waits until the announcement of a window contains `words`, and returns it. */
    waitForAnnouncement(name: string, words = 'Scheduled', channel = '#ops'): Promise<Message> {
      return ana.waitFor(
        `the announcement of ${name} in ${channel} to say ${words}`,
        () => findAnnouncements(name, channel).find((message) => textOf(message).includes(words)),
        PATIENCE,
      );
    },
    /** Waits until the thread contains `words`, and returns its texts in order without reminders. */
    async waitForThread(message: Message, words: string): Promise<string[]> {
      const texts = () => {
        const all = ana.thread(message).map((reply) => reply.text);
        return all.filter((text) => !/^:bell: \*.+\* (?:starts|ends) /.test(text));
      };
      await ana.waitFor(`the thread to say ${words}`, () => texts().some((text) => text.includes(words)), PATIENCE);
      return texts();
    },
    /** Names of the enabled checks of `api`. */
    async listEnabledChecks(): Promise<string[]> {
      const { body } = await api('GET', '/api/v1/checks');
      const { items } = body as { items: { name: string; enabled: boolean }[] };
      return items.filter(({ name, enabled }) => name.startsWith('api ') && enabled).map(({ name }) => name);
    },
    /** Fills in the form to schedule, which must be open or opening. */
    async fillForm(name: string, start: Date): Promise<void> {
      const form = await ana.waitFor('the form', () => ana.view());
      const suggested = await ana.suggest(form, 'options.services', 'api');
      const [option] = 'options' in suggested ? suggested.options : [];
      const seconds = Math.floor(start.getTime() / 1000);
      await ana.fill({
        name,
        services: [option?.value ?? ''],
        scheduled_start_date: seconds,
        scheduled_end_date: seconds + 3600,
      });
    },
    /** Sends a command and returns its ephemeral answer. */
    async runCommand(line: string, person: 'ana' | 'jonas' = 'ana'): Promise<string> {
      const driver = playground.as(person);
      const before = driver.ephemerals('#ops').length;
      await driver.command('#ops', line);
      return textOf(await driver.waitFor(`an answer to ${line}`, () => driver.ephemerals('#ops').slice(before).at(-1)));
    },
  };
}
