import type { PlaygroundClock } from './clock.ts';
import type { Delivery } from './delivery/delivery.ts';
import { Events, REDELIVERY_MS } from './delivery/events.ts';
import { SignedHttp } from './delivery/signed-http.ts';
import { SocketMode } from './delivery/socket-mode.ts';
import { type MethodFault, MethodFaults } from './faults.ts';
import { HttpDoor } from './http.ts';
import { Inspector } from './inspector.ts';
import { type Rate, RateLimit, tierRate } from './limits.ts';
import { PageFeed } from './page-feed.ts';
import { PersonDriver } from './person.ts';
import type { Exchange } from './protocol.ts';
import { ResponseUrls } from './response-urls.ts';
import { removeFrom, SlackApp } from './slack-app.ts';
import { Triggers } from './triggers.ts';
import { MessageValues } from './views/message-values.ts';
import { Views } from './views/views.ts';
import { METHODS } from './web-api/web-api.ts';
import { Workflows } from './workflows.ts';
import { type AppManifestInput, appManifest, DEFAULT_MANIFEST } from './workspace/manifest.ts';
import { BOT_USER, newWorkspace, PEOPLE } from './workspace/seed.ts';
import type { StoredChannel, StoredPerson, Team } from './workspace/state.ts';
import { Workspace } from './workspace/workspace.ts';
import { readWorkspace, WorkspaceKeeper } from './workspace-file.ts';
import type { World } from './world.ts';

export type { PlaygroundClock } from './clock.ts';
export type { MethodFault } from './faults.ts';
export { PersonDriver } from './person.ts';
export { CHANNELS, PEOPLE } from './workspace/seed.ts';
export { TEAM } from './workspace/state.ts';

export interface PlaygroundOptions {
  /** 0: any free one. Always bound to 127.0.0.1. */
  port: number;
  /** Where the workspace is kept, so that a restart shows the same messages; absent: in memory only. */
  file?: string;
  /** Stamps what happens, and can be moved from the page; absent: the system's clock, and no clock routes. */
  clock?: PlaygroundClock;
  /** The app's request URL: what happens is posted there, signed. Absent: Socket Mode. */
  eventsUrl?: string;
  /** Folder of the built page (`page.js`, `page.css`). */
  pageDir?: string;
  /** What the app offers, needs and listens to, as in a Slack app manifest. */
  manifest?: AppManifestInput;
  /** How often messages may be posted into one channel: one a second after a burst of five, unless told; false: freely. */
  messageRate?: Rate | false;
  /** Whether each method's tier limits its calls a minute; true unless told. */
  tierLimits?: boolean;
  /**
   * Messages that one call of `conversations.history` or `conversations.replies` answers at most; 1000 unless told. Slack
   * gives 15 to apps that are distributed outside its Marketplace.
   */
  messagePage?: number;
  /** Real milliseconds before an event without ack is sent again: at once, after a minute, after five, unless told. */
  redeliveryMs?: number[];
  /** False: the app is in no workspace until a person allows it at `/oauth/v2/authorize`. */
  installed?: boolean;
  /** Workspaces beside the playground's own, in which nobody has allowed the app yet. */
  teams?: readonly Team[];
  /** Told of what goes wrong in the background, such as a file that cannot be written. */
  onProblem?: (error: Error) => void;
}

/** Wrong things that can happen to an app, made to happen. */
export interface Faults {
  /** The next calls of a Web API method are answered wrongly. */
  method(name: string, fault: MethodFault): void;
  clearMethods(): void;
  /** Cut or end the app's Socket Mode connections; see `SocketMode.disconnect`. */
  disconnect(how?: 'drop' | 'refresh' | 'link_disabled'): void;
  /** Send the last event, or the last of a type, once more. */
  redeliverEvent(type?: string): void;
  /** End the life of every trigger id given out. */
  expireTriggers(): void;
  /** End the life of every response_url given out. */
  expireResponseUrls(): void;
  /** Answer every call with that error from now on. */
  revokeTokens(error?: 'invalid_auth' | 'account_inactive' | 'token_revoked'): void;
  restoreTokens(): void;
  /** Take the app out of the workspace: it is told with `tokens_revoked` and `app_uninstalled`. */
  uninstall(): void;
  archive(channel: string): void;
  unarchive(channel: string): void;
  /** Take the app out of a channel. */
  kickBot(channel: string): void;
  inviteBot(channel: string): void;
  /** Change a person: their zone, their locale, whether they are an admin, a guest, gone. */
  changePerson(person: string, change: Partial<Omit<StoredPerson, 'id' | 'kind'>>): void;
  /** HTTP delivery: seconds added to the time requests are stamped with. */
  skewRequests(seconds: number): void;
}

/** One workspace. */
export interface PlaygroundTeam {
  teamId: string;
  /** As it is now: each installation brings another one. */
  readonly botToken: string;
  /** @param person `ana`, `jonas`, `yuki`, `guest`, or an id. */
  as(person: keyof typeof PEOPLE | (string & {})): PersonDriver;
  faults: Faults;
}

export interface Playground extends PlaygroundTeam {
  /** Of the page, without a slash at the end. */
  url: string;
  /** Base of the Web API, ending in `/api/`. */
  apiUrl: string;
  appToken: string;
  signingSecret: string;
  clientId: string;
  clientSecret: string;
  botUserId: string;
  /** One of the workspaces. @throws Error when there is none with that id. */
  team(teamId: string): PlaygroundTeam;
  /** The last requests between the workspace and the app, oldest first. */
  log(): Exchange[];
  /** Connections the app holds open in Socket Mode. */
  connections(): number;
  /** HTTP delivery: ask the app's request URL for the challenge. */
  verifyEventsUrl(): Promise<boolean>;
  close(): Promise<void>;
}

const ACK_MS = 3_000;
const MESSAGE_RATE: Rate = { perSecond: 1, burst: 5 };

/**
 * Starts a local Slack workspace: the Web API, Socket Mode or signed requests, and the page to act as its people.
 *
 * ```ts
 * const playground = await startPlayground({ port: 0 });
 * new App({ token: playground.botToken, appToken: playground.appToken, socketMode: true,
 *           clientOptions: { slackApiUrl: playground.apiUrl } });
 * await playground.as('ana').command('#ops', '/maintenance list');
 * ```
 *
 * @throws Error when the port is taken, the manifest is wrong, or `file` holds something else.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const manifest = appManifest.parse(options.manifest ?? DEFAULT_MANIFEST);
  const { clock } = options;
  const now = (): Date => clock?.now() ?? new Date();
  const kept = options.file === undefined ? undefined : await readWorkspace(options.file);
  const botName = manifest.features.bot_user?.display_name ?? manifest.display_information.name;
  const installed = options.installed ?? true;
  const workspace = new Workspace(kept ?? newWorkspace(botName, now(), { installed }), manifest, now);

  const door = new HttpDoor();
  const origin = await door.listen(options.port);

  const app = new SlackApp();
  const inspector = new Inspector();
  let feed: PageFeed | undefined;
  const socketMode =
    options.eventsUrl === undefined
      ? new SocketMode({ inspector, ackMs: ACK_MS, changed: () => feed?.appChanged() })
      : undefined;
  const signedHttp =
    options.eventsUrl === undefined
      ? undefined
      : new SignedHttp({
          url: options.eventsUrl,
          signingSecret: app.signingSecret,
          inspector,
          ackMs: ACK_MS,
        });
  const delivery: Delivery | undefined = socketMode ?? signedHttp;
  if (delivery === undefined) throw new Error('Either Socket Mode or an events URL is needed.');
  const messageRate = options.messageRate ?? MESSAGE_RATE;
  const open = (workspace: Workspace, installed: boolean): World => {
    const { verificationToken } = app;
    const world: World = {
      app,
      origin: () => origin,
      workspace,
      views: new Views(),
      messageValues: new MessageValues(),
      triggers: new Triggers(),
      workflows: new Workflows(),
      responseUrls: new ResponseUrls({ workspace, inspector, origin: () => origin }),
      delivery,
      events: new Events({
        workspace,
        delivery,
        redeliveryMs: options.redeliveryMs ?? REDELIVERY_MS,
        token: verificationToken,
        installed,
      }),
      inspector,
      faults: new MethodFaults(),
      installation: {
        botToken: app.newBotToken(),
        formerTokens: new Set(),
        verificationToken,
        revoked: installed ? undefined : 'account_inactive',
      },
      limits: {
        messages: messageRate === false ? undefined : new RateLimit(messageRate),
        messagePage: options.messagePage ?? 1000,
        call: callLimits(options.tierLimits ?? true),
      },
      socketTicket: socketMode === undefined ? undefined : () => socketMode.ticket(),
    };
    app.add(world);
    return world;
  };
  const world = open(workspace, installed);
  for (const team of options.teams ?? []) {
    open(new Workspace(newWorkspace(botName, now(), { team, installed: false }), manifest, now), false);
  }
  feed = new PageFeed(world, clock);
  const pageFeed = feed;
  const report = options.onProblem ?? ((error: Error) => process.emitWarning(error));
  const cannotKeep = (error: Error): void => {
    report(error);
    pageFeed.notice('What is said here cannot be kept in its file, and will be gone after a restart.');
  };
  const keeper =
    options.file === undefined ? undefined : new WorkspaceKeeper(options.file, () => workspace.toFile(), cannotKeep);
  if (keeper !== undefined) workspace.listen(() => keeper.changed());
  door.open({ world, feed, socketMode, clock, pageDir: options.pageDir });

  const playgroundOf = (of: World): PlaygroundTeam => ({
    teamId: of.workspace.team.id,
    get botToken() {
      return of.installation.botToken;
    },
    as: (person) => new PersonDriver(of, personId(person, of.workspace)),
    faults: faultsOf(of, pageFeed, socketMode, signedHttp),
  });
  const { teamId, as, faults } = playgroundOf(world);
  return {
    teamId,
    get botToken() {
      return world.installation.botToken;
    },
    as,
    faults,
    url: origin,
    apiUrl: `${origin}/api/`,
    appToken: app.appToken,
    signingSecret: app.signingSecret,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    botUserId: BOT_USER,
    team(id) {
      const of = app.worldOfTeam(id);
      if (of === undefined) throw new Error(`There is no workspace ${id}.`);
      return playgroundOf(of);
    },
    log: () => inspector.exchanges(),
    connections: () => socketMode?.connections() ?? 0,
    verifyEventsUrl: () => signedHttp?.verify(app.verificationToken) ?? Promise.resolve(false),
    async close() {
      for (const each of app.worlds()) each.events.close();
      await Promise.all([pageFeed.close(), delivery.close(), door.close()]);
      await keeper?.close();
    },
  };
}

function callLimits(on: boolean): (method: string) => number {
  const limits = new Map<string, RateLimit>();
  for (const [name, { tier }] of Object.entries(METHODS)) {
    if (on && tier !== undefined) limits.set(name, new RateLimit(tierRate(tier)));
  }
  return (method) => limits.get(method)?.take(method) ?? 0;
}

function personId(named: string, workspace: Workspace): string {
  const id = named in PEOPLE ? PEOPLE[named as keyof typeof PEOPLE] : named;
  const person = workspace.person(id) ?? workspace.people().find((each) => each.name === named);
  if (person === undefined) {
    const names = workspace.people().map((each) => each.name);
    throw new Error(`Nobody here is called ${named}; there are ${names.join(', ')}.`);
  }
  return person.id;
}

function faultsOf(
  world: World,
  feed: PageFeed,
  socketMode: SocketMode | undefined,
  signedHttp: SignedHttp | undefined,
): Faults {
  const { workspace, installation } = world;
  const channel = (named: string): StoredChannel => {
    const found = workspace.channel(named) ?? workspace.channelNamed(named.replace(/^#/, ''));
    if (found === undefined) throw new Error(`There is no channel ${named}.`);
    return found;
  };
  return {
    method: (name, fault) => world.faults.add(name, fault),
    clearMethods: () => world.faults.clear(),
    disconnect: (how = 'drop') => socketMode?.disconnect(how),
    redeliverEvent: (type) => world.events.redeliverLast(type),
    expireTriggers: () => world.triggers.expireAll(),
    expireResponseUrls: () => world.responseUrls.expireAll(),
    revokeTokens(error = 'invalid_auth') {
      installation.revoked = error;
      feed.appChanged();
    },
    restoreTokens() {
      installation.revoked = undefined;
      feed.appChanged();
    },
    uninstall() {
      removeFrom(world, BOT_USER);
      feed.appChanged();
    },
    archive: (named) => workspace.archive(channel(named), PEOPLE.ana),
    unarchive: (named) => workspace.unarchive(channel(named), PEOPLE.ana),
    kickBot: (named) => workspace.leave(channel(named), BOT_USER),
    inviteBot: (named) => workspace.join(channel(named), BOT_USER, PEOPLE.ana),
    changePerson: (named, change) => workspace.changePerson(personId(named, workspace), change),
    skewRequests(seconds) {
      if (signedHttp !== undefined) signedHttp.skewSeconds = seconds;
    },
  };
}
