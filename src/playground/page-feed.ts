import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PlaygroundClock } from './clock.ts';
import { performRequest } from './page-requests.ts';
import { PersonDriver } from './person-driver.ts';
import {
  type Change,
  type ClockState,
  type PageRequest,
  pageMessage,
  type RequestResult,
  type ServerMessage,
} from './protocol.ts';
import {
  canSee,
  snapshotApp,
  snapshotChannel,
  snapshotHome,
  snapshotMessage,
  snapshotModal,
  snapshotPeople,
  takeSnapshot,
} from './snapshot.ts';
import type { Team } from './team.ts';
import { UserError } from './user-error.ts';
import type { WorkspaceEvent } from './workspace/workspace.ts';
import type { StoredChannel, StoredMessage, StoredPerson } from './workspace/workspace-file.ts';

const CLOCK_POLL_MS = 2_000;

interface Viewer {
  socket: WebSocket;
  person: PersonDriver | undefined;
}

/** Streams to each open page: a snapshot of what its person sees, then every change. */
export class PageFeed {
  readonly #team: Team;
  readonly #clock: PlaygroundClock | undefined;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  readonly #viewers = new Set<Viewer>();
  readonly #unsubscribes: (() => void)[];
  readonly #clockTimer: NodeJS.Timeout;
  /** The clock state sent last, with the real time it was sent. */
  #lastSent: { now: number; nextEvent: string | undefined; at: number } | undefined;

  constructor(team: Team, clock: PlaygroundClock | undefined) {
    this.#team = team;
    this.#clock = clock;
    this.#unsubscribes = [
      team.workspace.listen((event) => this.#publish(event)),
      team.views.listen((kind, person) => this.#publishView(kind, person)),
      team.inspector.listen((exchange) => {
        for (const viewer of this.#viewers) this.#sendChange(viewer, { type: 'exchange', exchange });
      }),
    ];
    this.#clockTimer = setInterval(() => void this.publishClock(), CLOCK_POLL_MS);
    this.#clockTimer.unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#accept(opened));
  }

  /** Call when the app has connected or disconnected. */
  publishApp(): void {
    for (const viewer of this.#viewers) this.#sendChange(viewer, { type: 'app', app: snapshotApp(this.#team) });
  }

  publishNotice(text: string): void {
    for (const viewer of this.#viewers) this.#sendChange(viewer, { type: 'notice', text });
  }

  #accept(socket: WebSocket): void {
    const viewer: Viewer = { socket, person: undefined };
    this.#viewers.add(viewer);
    socket.on('close', () => this.#viewers.delete(viewer));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => void this.#receive(viewer, String(data)));
    this.#send(viewer, {
      type: 'welcome',
      people: snapshotPeople(this.#team),
      team: { id: this.#team.workspace.team.id, name: this.#team.workspace.team.name },
    });
  }

  async #receive(viewer: Viewer, data: string): Promise<void> {
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
      const message = error instanceof Error ? error.message : String(error);
      this.#send(viewer, { type: 'reply', id, ok: false, error: message });
    }
  }

  async #answer(viewer: Viewer, request: PageRequest): Promise<RequestResult> {
    if (request.type === 'choose_person') {
      const person = this.#team.workspace.person(request.person);
      if (person === undefined || person.kind !== 'person') throw new UserError(`Nobody has the id ${request.person}.`);
      viewer.person = new PersonDriver(this.#team, person.id);
      const clock = await this.#clockState();
      this.#send(viewer, { type: 'snapshot', snapshot: { ...takeSnapshot(this.#team, person), clock } });
      return {};
    }
    if (viewer.person === undefined) throw new UserError('Choose a person first.');
    const result = await performRequest(viewer.person, request, this.#clock);
    if (request.type === 'move_clock' || request.type === 'move_clock_to_next_event') await this.publishClock();
    return result;
  }

  async #clockState(): Promise<ClockState | null> {
    if (this.#clock === undefined) return null;
    const next = await this.#clock.nextEvent();
    return { now: this.#clock.now().toISOString(), ...(next === undefined ? {} : { nextEvent: next.toISOString() }) };
  }

  /** Sends the clock state if the clock was moved or the next event is another one. */
  async publishClock(): Promise<void> {
    if (this.#clock === undefined || this.#viewers.size === 0) return;
    let clock: ClockState | null;
    try {
      clock = await this.#clockState();
    } catch {
      // The next event could not be read; the next poll tries again.
      return;
    }
    if (clock === null) return;
    const now = Date.parse(clock.now);
    const at = performance.now();
    const expected = this.#lastSent === undefined ? Number.NaN : this.#lastSent.now + (at - this.#lastSent.at);
    if (this.#lastSent?.nextEvent === clock.nextEvent && Math.abs(now - expected) < 1000) return;
    this.#lastSent = { now, nextEvent: clock.nextEvent, at };
    for (const viewer of this.#viewers) this.#sendChange(viewer, { type: 'clock', clock });
  }

  #publish(event: WorkspaceEvent): void {
    switch (event.type) {
      case 'message_posted':
        this.#publishMessage(event.message);
        this.#publishChannel(event.message.channel);
        return;
      case 'message_changed':
      case 'reaction':
        this.#publishMessage(event.message);
        return;
      case 'message_deleted': {
        const { message } = event;
        this.#forEachPerson((viewer, person) => {
          if (!canSee(this.#team, person, message)) return;
          this.#sendChange(viewer, { type: 'message_gone', channel: message.channel, ts: message.ts });
        });
        this.#publishChannel(message.channel);
        return;
      }
      case 'channel_read': {
        const { channel, user } = event;
        this.#forEachPerson((viewer, person) => {
          if (person.id === user) this.#sendChannel(viewer, person, channel);
        });
        return;
      }
      case 'member_joined': {
        const { channel, user } = event;
        this.#publishChannel(channel.id);
        // The page of a new member has none of the messages yet.
        this.#forEachPerson((viewer, person) => {
          if (person.id !== user) return;
          for (const message of this.#team.workspace.messages(channel.id)) this.#sendMessage(viewer, person, message);
        });
        return;
      }
      case 'people_changed':
        for (const viewer of this.#viewers)
          this.#sendChange(viewer, { type: 'people', people: snapshotPeople(this.#team) });
        return;
      case 'group_changed':
        return;
      default:
        this.#publishChannel(event.channel.id);
    }
  }

  #publishView(kind: 'modal' | 'home', personId: string): void {
    this.#forEachPerson((viewer, person) => {
      if (person.id !== personId) return;
      this.#sendChange(
        viewer,
        kind === 'modal'
          ? { type: 'modal', modal: snapshotModal(this.#team, person) }
          : { type: 'home', home: snapshotHome(this.#team, person) },
      );
    });
  }

  #publishMessage(message: StoredMessage): void {
    this.#forEachPerson((viewer, person) => this.#sendMessage(viewer, person, message));
  }

  #sendMessage(viewer: Viewer, person: StoredPerson, message: StoredMessage): void {
    if (!canSee(this.#team, person, message)) return;
    this.#sendChange(viewer, { type: 'message', message: snapshotMessage(this.#team, person, message) });
  }

  #publishChannel(id: string): void {
    const channel = this.#team.workspace.channel(id);
    if (channel === undefined) return;
    this.#forEachPerson((viewer, person) => this.#sendChannel(viewer, person, channel));
  }

  #sendChannel(viewer: Viewer, person: StoredPerson, channel: StoredChannel): void {
    this.#sendChange(
      viewer,
      this.#team.workspace.canRead(channel, person.id)
        ? { type: 'channel', channel: snapshotChannel(this.#team, person, channel) }
        : { type: 'channel_gone', channel: channel.id },
    );
  }

  #forEachPerson(visit: (viewer: Viewer, person: StoredPerson) => void): void {
    for (const viewer of this.#viewers) {
      const person = viewer.person === undefined ? undefined : this.#team.workspace.person(viewer.person.id);
      if (person !== undefined) visit(viewer, person);
    }
  }

  #sendChange(viewer: Viewer, change: Change): void {
    if (viewer.person !== undefined) this.#send(viewer, { type: 'change', change });
  }

  #send(viewer: Viewer, message: ServerMessage): void {
    if (viewer.socket.readyState === viewer.socket.OPEN) viewer.socket.send(JSON.stringify(message));
  }

  close(): Promise<void> {
    clearInterval(this.#clockTimer);
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    for (const viewer of this.#viewers) viewer.socket.terminate();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
