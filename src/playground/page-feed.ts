import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PlaygroundClock } from './clock.ts';
import { Impossible } from './interactions/payload.ts';
import { perform } from './page-requests.ts';
import { PersonDriver } from './person.ts';
import {
  type Change,
  type ClockState,
  type PageRequest,
  pageMessage,
  type RequestResult,
  type ServerMessage,
} from './protocol.ts';
import { seenApp, seenChannel, seenHome, seenMessage, seenModal, seenPeople, sees, snapshot } from './seen.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/state.ts';
import type { Happening } from './workspace/workspace.ts';
import type { World } from './world.ts';

const CLOCK_LOOK_MS = 2_000;

interface Viewer {
  socket: WebSocket;
  person: PersonDriver | undefined;
}

/** The live stream to the pages in browsers: a snapshot of what their person sees, then every change to it. */
export class PageFeed {
  readonly #world: World;
  readonly #clock: PlaygroundClock | undefined;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  readonly #viewers = new Set<Viewer>();
  readonly #stops: (() => void)[];
  readonly #look: NodeJS.Timeout;
  /** What the pages were told last, and when in real time. */
  #told: { now: number; nextEvent: string | undefined; at: number } | undefined;

  constructor(world: World, clock: PlaygroundClock | undefined) {
    this.#world = world;
    this.#clock = clock;
    this.#stops = [
      world.workspace.listen((happening) => this.#happened(happening)),
      world.views.listen((what, person) => this.#viewChanged(what, person)),
      world.inspector.listen((exchange) => {
        for (const viewer of this.#viewers) this.#change(viewer, { type: 'exchange', exchange });
      }),
    ];
    this.#look = setInterval(() => void this.#lookAtClock(), CLOCK_LOOK_MS);
    this.#look.unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#opened(opened));
  }

  /** The app connected, or is gone. */
  appChanged(): void {
    for (const viewer of this.#viewers) this.#change(viewer, { type: 'app', app: seenApp(this.#world) });
  }

  /** Tell everyone something that stands in no message. */
  notice(text: string): void {
    for (const viewer of this.#viewers) this.#change(viewer, { type: 'notice', text });
  }

  async clockMoved(): Promise<void> {
    await this.#lookAtClock();
  }

  #opened(socket: WebSocket): void {
    const viewer: Viewer = { socket, person: undefined };
    this.#viewers.add(viewer);
    socket.on('close', () => this.#viewers.delete(viewer));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => void this.#heard(viewer, String(data)));
    this.#send(viewer, {
      type: 'welcome',
      people: seenPeople(this.#world),
      team: { id: this.#world.workspace.team.id, name: this.#world.workspace.team.name },
    });
  }

  async #heard(viewer: Viewer, data: string): Promise<void> {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      viewer.socket.close(1007, 'not JSON');
      return;
    }
    const message = pageMessage.safeParse(value);
    if (!message.success) {
      const [issue] = message.error.issues;
      const id = typeof value === 'object' && value !== null && 'id' in value ? Number(value.id) : 0;
      this.#send(viewer, {
        type: 'reply',
        id,
        ok: false,
        error: `${issue?.path.map(String).join('.')}: ${issue?.message}`,
      });
      return;
    }
    const { id, request } = message.data;
    try {
      const result = await this.#answer(viewer, request);
      this.#send(viewer, { type: 'reply', id, ok: true, result });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this.#send(viewer, { type: 'reply', id, ok: false, error: said });
    }
  }

  async #answer(viewer: Viewer, request: PageRequest): Promise<RequestResult> {
    if (request.type === 'choose_person') {
      const person = this.#world.workspace.person(request.person);
      if (person === undefined || person.kind !== 'person')
        throw new Impossible(`Nobody has the id ${request.person}.`);
      viewer.person = new PersonDriver(this.#world, person.id);
      const clock = await this.#clockState();
      this.#send(viewer, { type: 'snapshot', snapshot: { ...snapshot(this.#world, person), clock } });
      return {};
    }
    if (viewer.person === undefined) throw new Impossible('Choose a person first.');
    const result = await perform(viewer.person, request, this.#clock);
    if (request.type === 'move_clock' || request.type === 'move_clock_to_next_event') await this.clockMoved();
    return result;
  }

  async #clockState(): Promise<ClockState | null> {
    if (this.#clock === undefined) return null;
    const next = await this.#clock.nextEvent();
    return { now: this.#clock.now().toISOString(), ...(next === undefined ? {} : { nextEvent: next.toISOString() }) };
  }

  /** Tell the pages of the clock when it jumped, or something else comes next. */
  async #lookAtClock(): Promise<void> {
    if (this.#clock === undefined || this.#viewers.size === 0) return;
    let clock: ClockState | null;
    try {
      clock = await this.#clockState();
    } catch {
      // Whoever knows what comes next could not say; asked again in a moment.
      return;
    }
    if (clock === null) return;
    const now = Date.parse(clock.now);
    const at = performance.now();
    const expected = this.#told === undefined ? Number.NaN : this.#told.now + (at - this.#told.at);
    if (this.#told?.nextEvent === clock.nextEvent && Math.abs(now - expected) < 1000) return;
    this.#told = { now, nextEvent: clock.nextEvent, at };
    for (const viewer of this.#viewers) this.#change(viewer, { type: 'clock', clock });
  }

  // What changed

  #happened(happening: Happening): void {
    switch (happening.type) {
      case 'message_posted':
        this.#tellMessage(happening.message);
        this.#tellChannel(happening.message.channel);
        return;
      case 'message_changed':
      case 'reaction':
        this.#tellMessage(happening.message);
        return;
      case 'message_deleted': {
        const { message } = happening;
        this.#each((viewer, person) => {
          if (!sees(this.#world, person, message)) return;
          this.#change(viewer, { type: 'message_gone', channel: message.channel, ts: message.ts });
        });
        this.#tellChannel(message.channel);
        return;
      }
      case 'channel_seen': {
        const { channel, user } = happening;
        this.#each((viewer, person) => {
          if (person.id === user) this.#tellOneChannel(viewer, person, channel);
        });
        return;
      }
      case 'member_joined': {
        const { channel, user } = happening;
        this.#tellChannel(channel.id);
        // Someone who now can read it has none of its messages yet.
        this.#each((viewer, person) => {
          if (person.id !== user) return;
          for (const message of this.#world.workspace.messages(channel.id)) this.#tellOne(viewer, person, message);
        });
        return;
      }
      case 'people_changed':
        for (const viewer of this.#viewers) this.#change(viewer, { type: 'people', people: seenPeople(this.#world) });
        return;
      default:
        this.#tellChannel(happening.channel.id);
    }
  }

  #viewChanged(what: 'modal' | 'home', personId: string): void {
    this.#each((viewer, person) => {
      if (person.id !== personId) return;
      this.#change(
        viewer,
        what === 'modal'
          ? { type: 'modal', modal: seenModal(this.#world, person) }
          : { type: 'home', home: seenHome(this.#world, person) },
      );
    });
  }

  #tellMessage(message: StoredMessage): void {
    this.#each((viewer, person) => this.#tellOne(viewer, person, message));
  }

  #tellOne(viewer: Viewer, person: StoredPerson, message: StoredMessage): void {
    if (!sees(this.#world, person, message)) return;
    this.#change(viewer, { type: 'message', message: seenMessage(this.#world, person, message) });
  }

  #tellChannel(id: string): void {
    const channel = this.#world.workspace.channel(id);
    if (channel === undefined) return;
    this.#each((viewer, person) => this.#tellOneChannel(viewer, person, channel));
  }

  #tellOneChannel(viewer: Viewer, person: StoredPerson, channel: StoredChannel): void {
    this.#change(
      viewer,
      this.#world.workspace.canRead(channel, person.id)
        ? { type: 'channel', channel: seenChannel(this.#world, person, channel) }
        : { type: 'channel_gone', channel: channel.id },
    );
  }

  #each(tell: (viewer: Viewer, person: StoredPerson) => void): void {
    for (const viewer of this.#viewers) {
      const person = viewer.person === undefined ? undefined : this.#world.workspace.person(viewer.person.id);
      if (person !== undefined) tell(viewer, person);
    }
  }

  #change(viewer: Viewer, change: Change): void {
    if (viewer.person !== undefined) this.#send(viewer, { type: 'change', change });
  }

  #send(viewer: Viewer, message: ServerMessage): void {
    if (viewer.socket.readyState === viewer.socket.OPEN) viewer.socket.send(JSON.stringify(message));
  }

  close(): Promise<void> {
    clearInterval(this.#look);
    for (const stop of this.#stops) stop();
    for (const viewer of this.#viewers) viewer.socket.terminate();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
