import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from '../message-text.ts';
import type { Random } from './random.ts';
import { SERVICES, type Site } from './site.ts';

const SLACK_ANSWER_MS = 2_000;
/** How long a tool sends a request again that was not answered. */
const GIVE_UP_MS = 150_000;
/** Windows that people and tools work with: the latest. */
const IN_REACH = 5;

/** People who type, press and reply, and tools that send requests, until it is stopped. */
export class Traffic {
  readonly #site: Site;
  readonly #windows: { readonly id: number; readonly name: string }[] = [];
  readonly #running: Promise<void>[] = [];
  /** People to whom an answer may still come. */
  readonly #unanswered = new Set<string>();
  #stopped = false;
  #count = 0;

  private constructor(site: Site) {
    this.#site = site;
  }

  static start(site: Site, random: Random): Traffic {
    const traffic = new Traffic(site);
    for (const person of ['ana', 'jonas'] as const) {
      const own = random.fork();
      traffic.#repeat(own, () => traffic.#actInSlack(person, own));
    }
    for (let tools = 0; tools < 2; tools++) {
      const own = random.fork();
      traffic.#repeat(own, () => traffic.#actOverHttp(own));
    }
    return traffic;
  }

  /** Resolves when every request was answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  #repeat(random: Random, act: () => Promise<void>): void {
    const run = async () => {
      while (!this.#stopped) {
        await act();
        await sleep(random.between(10, 200));
      }
    };
    this.#running.push(run());
  }

  #recent(random: Random): { readonly id: number; readonly name: string } | undefined {
    return this.#windows.length === 0 ? undefined : random.pick(this.#windows.slice(-IN_REACH));
  }

  // Tools

  async #actOverHttp(random: Random): Promise<void> {
    const window = this.#recent(random);
    if (window === undefined || random.chance(0.4)) return this.#scheduleOverHttp(random);
    const { ledger } = this.#site;
    const { id: maintenanceId } = window;
    const to = random.pick(['comment', 'comment', 'extend', 'finish', 'cancel', 'start'] as const);
    if (to === 'comment') {
      const text = this.#name('Word');
      const comment = { maintenanceId, acknowledged: false };
      ledger.comments.set(text, comment);
      const status = await this.#post(random, `/maintenances/${maintenanceId}/comments`, { comment: text });
      comment.acknowledged = status === 201;
      return;
    }
    const body = to === 'extend' ? { minutes: 1 } : {};
    const status = await this.#post(random, `/maintenances/${maintenanceId}/${to}`, body);
    if (status === 200 && to !== 'start') ledger.changes.push({ maintenanceId, to });
  }

  async #scheduleOverHttp(random: Random): Promise<void> {
    const site = this.#site;
    const name = this.#name('Job');
    const start = site.now() + random.between(500, 4_000);
    const window = { acknowledged: false };
    site.ledger.windows.set(name, window);
    const body = site.describeWindow(name, random.pick(SERVICES), start, start + random.between(1_500, 6_000));
    const answer = await this.#send(random, '/maintenances', body);
    window.acknowledged = answer?.status === 201;
    if (answer?.status === 201) this.#windows.push({ id: Number(answer.body.id), name });
  }

  async #post(random: Random, path: string, body: unknown): Promise<number | undefined> {
    return (await this.#send(random, path, body))?.status;
  }

  /** Sends a request with a key, and again until it is answered, as a careful tool does. */
  async #send(random: Random, path: string, body: unknown) {
    const headers = { 'idempotency-key': `${random.between(0, 1e9)}-${random.between(0, 1e9)}` };
    const until = performance.now() + GIVE_UP_MS;
    while (performance.now() < until) {
      const { lull } = random.pick(this.#site.instances);
      const answer = await lull.api('POST', path, body, headers).catch(() => undefined);
      const inHand = answer?.status === 409 && String(answer.body.type).includes('request-in-progress');
      if (answer !== undefined && answer.status < 500 && answer.status !== 429 && !inHand) return answer;
      await sleep(random.between(50, 200));
    }
    return undefined;
  }

  // People

  async #actInSlack(who: 'ana' | 'jonas', random: Random): Promise<void> {
    const { ledger, playground } = this.#site;
    const person = playground.as(who);
    const window = this.#recent(random);
    if (window === undefined) return;
    const { id, name } = window;
    switch (random.pick(['comment', 'reply', 'reply', 'start', 'finish', 'extend', 'form', 'home'] as const)) {
      case 'comment': {
        const text = this.#name('Typed');
        const comment = { maintenanceId: id, acknowledged: false };
        ledger.comments.set(text, comment);
        // After one that was not answered in time, an answer may be about that one.
        const certain = !this.#unanswered.has(who);
        const answer = await this.#ask(who, `comment ${id} ${text}`);
        comment.acknowledged = certain && answer.includes(`Added to maintenance ${id}`);
        return;
      }
      case 'reply': {
        const live = person.messages('#ops').find((message) => textOf(message).includes(name));
        if (live === undefined || (live.threadTs !== undefined && live.threadTs !== live.ts)) return;
        const text = this.#name('Reply');
        // Whoever is in Slack, a reply must become a comment, also when Lull is down while it is written.
        ledger.comments.set(text, { maintenanceId: id, acknowledged: true });
        person.say('#ops', text, { thread: live });
        return;
      }
      case 'form':
        return this.#commentInForm(who, id);
      case 'home':
        person.openHome();
        return;
      case 'start':
        await this.#ask(who, `start ${id}`);
        return;
      case 'finish':
        await this.#ask(who, `finish ${id}`);
        return;
      case 'extend':
        await this.#ask(who, `extend ${id} 1m`);
        return;
    }
  }

  /** @returns the answer; empty when none came */
  async #ask(who: 'ana' | 'jonas', line: string): Promise<string> {
    const { ledger, playground } = this.#site;
    const person = playground.as(who);
    const before = person.ephemerals('#ops').length;
    await person.command('#ops', `/maintenance ${line}`);
    for (const until = performance.now() + SLACK_ANSWER_MS; performance.now() < until; await sleep(20)) {
      const [answer] = person.ephemerals('#ops').slice(before);
      if (answer !== undefined) return textOf(answer);
    }
    ledger.unanswered++;
    this.#unanswered.add(who);
    return '';
  }

  /** Presses Comment, fills in the form and submits it. A form that closes says that the comment is kept. */
  async #commentInForm(who: 'ana' | 'jonas', maintenanceId: number): Promise<void> {
    const { ledger, playground } = this.#site;
    const person = playground.as(who);
    const name = this.#windows.find(({ id }) => id === maintenanceId)?.name ?? '';
    const live = person.messages('#ops').find((message) => textOf(message).includes(name));
    if (live === undefined) return;
    const text = this.#name('Filled');
    try {
      await person.press(live, 'maintenance.comment');
      const opened = await person.waitFor('the form', () => person.view(), SLACK_ANSWER_MS);
      if (opened === undefined) return;
      const comment = { maintenanceId, acknowledged: false };
      await person.fill({ comment: text });
      ledger.comments.set(text, comment);
      comment.acknowledged = (await person.submit()).submitted === 'closed';
    } catch {
      ledger.unanswered++; // the button is gone, or no form opened
    }
    if (person.view() !== undefined) await person.close({ all: true }).catch(() => undefined);
  }

  #name(kind: string): string {
    this.#count++;
    return `${kind} ${this.#count} end`;
  }
}
