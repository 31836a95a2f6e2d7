import type { PlaygroundClock } from './clock.ts';
import { Events, REDELIVERY_DELAYS_MS } from './delivery/events.ts';
import { SignedHttp } from './delivery/signed-http.ts';
import { SocketMode } from './delivery/socket-mode.ts';
import { HttpServer } from './http.ts';
import { Inspector } from './inspector.ts';
import { ResponseUrls } from './interactions/response-urls.ts';
import { Triggers } from './interactions/triggers.ts';
import { Workflows } from './interactions/workflows.ts';
import { PageFeed } from './page-feed.ts';
import { PersonDriver } from './person-driver.ts';
import type { Exchange } from './protocol.ts';
import { SlackApp, type Team, uninstallApp } from './team.ts';
import { type MethodFault, MethodFaults } from './web-api/faults.ts';
import { type Rate, RateLimit, tierRate } from './web-api/rate-limits.ts';
import { METHODS } from './web-api/web-api.ts';
import { type AppManifestInput, appManifest, DEFAULT_MANIFEST } from './workspace/manifest.ts';
import { BOT_USER, newWorkspace, PEOPLE } from './workspace/seed.ts';
import { MessageValues, Views } from './workspace/surfaces.ts';
import { Workspace } from './workspace/workspace.ts';
import {
  readWorkspaceFile,
  type StoredChannel,
  type StoredPerson,
  type TeamInfo,
  WorkspaceFileWriter,
} from './workspace/workspace-file.ts';

export type { PlaygroundClock } from './clock.ts';
export { PersonDriver } from './person-driver.ts';
export type { MethodFault } from './web-api/faults.ts';
export { CHANNELS, PEOPLE } from './workspace/seed.ts';
export { PLAYGROUND_TEAM } from './workspace/workspace-file.ts';

export interface PlaygroundOptions {
  /** 0 for any free port. Always bound to 127.0.0.1. */
  port: number;
  /** Path of the file that keeps the workspace across restarts; in memory only if absent. */
  file?: string;
  /** A clock that the page can move. Without it, real time and no clock routes. */
  clock?: PlaygroundClock;
  /** The app's request URL, for signed HTTP delivery. Socket Mode if absent. */
  eventsUrl?: string;
  /** Folder of the built page (`page.js`, `page.css`). */
  pageDir?: string;
  /** The Slack app manifest. */
  manifest?: AppManifestInput;
  /** The rate limit for posting in one channel, by default one a second after a burst of five; false for none. */
  messageRate?: Rate | false;
  /** The rate limit for posting in all channels of a workspace, by default five a second after a burst of fifty; none without `messageRate`. */
  workspaceMessageRate?: Rate;
  /** Whether the calls of each method are limited by its tier. Default true. */
  tierLimits?: boolean;
  /**
   * Max messages in one response of `conversations.history` or `conversations.replies`. Default 1000; for apps that are
   * distributed outside its Marketplace, Slack allows 15.
   */
  messagePage?: number;
  /** Real time before each redelivery of an event without ack. Default: 0, one minute, five minutes. */
  redeliveryMs?: number[];
  /** If false, the app is in no workspace until a person allows it at `/oauth/v2/authorize`. Default true. */
  installed?: boolean;
  /** Further workspaces, in which the app is not installed. */
  teams?: readonly TeamInfo[];
  /** Called with errors in the background, such as a failed write. */
  onProblem?: (error: Error) => void;
}

/** Faults that tests inject. */
export interface Faults {
  /** Makes the next calls of a Web API method fail. */
  method(name: string, fault: MethodFault): void;
  clearMethods(): void;
  /** Ends the app's Socket Mode connections; see `SocketMode.disconnect`. */
  disconnect(how?: 'drop' | 'refresh' | 'link_disabled'): void;
  /** Sends the last event, or the last of a type, again. */
  redeliverEvent(type?: string): void;
  expireTriggers(): void;
  expireResponseUrls(): void;
  /** Fails every call with this error from now on. */
  revokeTokens(error?: 'invalid_auth' | 'account_inactive' | 'token_revoked'): void;
  restoreTokens(): void;
  /** Uninstalls the app, which gets `tokens_revoked` and `app_uninstalled`. */
  uninstall(): void;
  archive(channel: string): void;
  unarchive(channel: string): void;
  /** Leaves posting in a channel to some people, of whom the app is none; false: lets everybody post. */
  restrict(channel: string, restricted?: boolean): void;
  kickBot(channel: string): void;
  inviteBot(channel: string): void;
  /** Changes a person's profile: time zone, locale, admin, guest, deleted. */
  changePerson(person: string, change: Partial<Omit<StoredPerson, 'id' | 'kind'>>): void;
  /** Changes who is in a user group. @param users ids */
  changeGroup(group: string, users: readonly string[]): void;
  /** HTTP delivery: adds seconds to the timestamps of requests. */
  skewRequests(seconds: number): void;
}

/** One workspace. */
export interface PlaygroundTeam {
  teamId: string;
  /** The current token; each installation issues a new one. */
  readonly botToken: string;
  /** @param person `ana`, `jonas`, `yuki`, `guest`, or an id. */
  as(person: keyof typeof PEOPLE | (string & {})): PersonDriver;
  faults: Faults;
}

export interface Playground extends PlaygroundTeam {
  /** URL of the page, without a slash at the end. */
  url: string;
  /** Base URL of the Web API, ending in `/api/`. */
  apiUrl: string;
  appToken: string;
  signingSecret: string;
  clientId: string;
  clientSecret: string;
  botUserId: string;
  /** @throws Error when there is no workspace with that id. */
  team(teamId: string): PlaygroundTeam;
  /** The last requests in both directions, oldest first. */
  log(): Exchange[];
  /** The number of open Socket Mode connections. */
  connections(): number;
  /** HTTP delivery: verifies the app's request URL with a challenge. */
  verifyEventsUrl(): Promise<boolean>;
  close(): Promise<void>;
}

const ACK_TIMEOUT_MS = 3_000;
const MESSAGE_RATE: Rate = { perSecond: 1, burst: 5 };
/** "Several hundred messages a minute"; https://docs.slack.dev/apis/web-api/rate-limits. */
const WORKSPACE_MESSAGE_RATE: Rate = { perSecond: 5, burst: 50 };

/**
 * Starts a local Slack workspace: the Web API, Socket Mode or signed HTTP requests, and a page to act as its people.
 *
 * ```ts
 * const playground = await startPlayground({ port: 0 });
 * new App({ token: playground.botToken, appToken: playground.appToken, socketMode: true,
 *           clientOptions: { slackApiUrl: playground.apiUrl } });
 * await playground.as('ana').command('#ops', '/maintenance list');
 * ```
 *
 * @throws Error when the port is taken, the manifest is invalid, or `file` is not a workspace.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const manifest = appManifest.parse(options.manifest ?? DEFAULT_MANIFEST);
  const { clock } = options;
  const now = (): Date => clock?.now() ?? new Date();
  const stored = options.file === undefined ? undefined : await readWorkspaceFile(options.file);
  const botName = manifest.features.bot_user?.display_name ?? manifest.display_information.name;
  const installed = options.installed ?? true;
  const workspace = new Workspace(stored ?? newWorkspace(botName, now(), { installed }), manifest, now);

  const http = new HttpServer();
  const origin = await http.listen(options.port);

  const app = new SlackApp();
  const inspector = new Inspector();
  let feed: PageFeed | undefined;
  const { signingSecret } = app;
  const delivery =
    options.eventsUrl === undefined
      ? new SocketMode({ inspector, ackMs: ACK_TIMEOUT_MS, changed: () => feed?.publishApp() })
      : new SignedHttp({ url: options.eventsUrl, signingSecret, inspector, ackMs: ACK_TIMEOUT_MS });
  const socketMode = delivery.kind === 'socket' ? delivery : undefined;
  const signedHttp = delivery.kind === 'http' ? delivery : undefined;
  const { messageRate = MESSAGE_RATE, workspaceMessageRate = WORKSPACE_MESSAGE_RATE } = options;
  const openTeam = (workspace: Workspace, installed: boolean): Team => {
    const { verificationToken } = app;
    const events = new Events({
      workspace,
      delivery,
      redeliveryDelaysMs: options.redeliveryMs ?? REDELIVERY_DELAYS_MS,
      token: verificationToken,
      installed,
    });
    const team: Team = {
      app,
      origin: () => origin,
      workspace,
      views: new Views(),
      messageValues: new MessageValues(),
      triggers: new Triggers(),
      workflows: new Workflows(workspace, events),
      responseUrls: new ResponseUrls({ workspace, inspector, origin: () => origin }),
      delivery,
      events,
      inspector,
      faults: new MethodFaults(),
      installation: {
        botToken: app.createBotToken(),
        formerTokens: new Set(),
        verificationToken,
        revoked: installed ? undefined : 'account_inactive',
      },
      limits: {
        messages: messageRate === false ? undefined : new RateLimit(messageRate),
        workspaceMessages: messageRate === false ? undefined : new RateLimit(workspaceMessageRate),
        messagePage: options.messagePage ?? 1000,
        call: createCallLimits(options.tierLimits ?? true),
      },
      socketTicket: socketMode === undefined ? undefined : () => socketMode.issueTicket(),
    };
    app.add(team);
    return team;
  };
  const team = openTeam(workspace, installed);
  for (const info of options.teams ?? []) {
    openTeam(new Workspace(newWorkspace(botName, now(), { team: info, installed: false }), manifest, now), false);
  }
  feed = new PageFeed(team, clock);
  const pageFeed = feed;
  const report = options.onProblem ?? ((error: Error) => process.emitWarning(error));
  const reportWriteFailure = (error: Error): void => {
    report(error);
    pageFeed.publishNotice('What is said here cannot be kept in its file, and will be gone after a restart.');
  };
  const writer =
    options.file === undefined
      ? undefined
      : new WorkspaceFileWriter(options.file, () => workspace.toFile(), reportWriteFailure);
  if (writer !== undefined) workspace.listen(() => writer.schedule());
  http.attach({ team, feed, socketMode, clock, pageDir: options.pageDir });

  const createTeamHandle = (team: Team): PlaygroundTeam => ({
    teamId: team.workspace.team.id,
    get botToken() {
      return team.installation.botToken;
    },
    as: (person) => new PersonDriver(team, resolvePersonId(person, team.workspace)),
    faults: createFaults(team, pageFeed, socketMode, signedHttp),
  });
  const { teamId, as, faults } = createTeamHandle(team);
  return {
    teamId,
    get botToken() {
      return team.installation.botToken;
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
      const found = app.findTeam(id);
      if (found === undefined) throw new Error(`There is no workspace ${id}.`);
      return createTeamHandle(found);
    },
    log: () => inspector.exchanges(),
    connections: () => socketMode?.connections() ?? 0,
    verifyEventsUrl: () => signedHttp?.verify(app.verificationToken) ?? Promise.resolve(false),
    async close() {
      for (const each of app.teams()) each.events.close();
      await Promise.all([pageFeed.close(), delivery.close(), http.close()]);
      await writer?.close();
    },
  };
}

function createCallLimits(enabled: boolean): (method: string) => number {
  const limits = new Map<string, RateLimit>();
  for (const [name, { tier }] of Object.entries(METHODS)) {
    if (enabled && tier !== undefined) limits.set(name, new RateLimit(tierRate(tier)));
  }
  return (method) => limits.get(method)?.take(method) ?? 0;
}

function resolvePersonId(name: string, workspace: Workspace): string {
  const id = name in PEOPLE ? PEOPLE[name as keyof typeof PEOPLE] : name;
  const person = workspace.person(id) ?? workspace.people().find((each) => each.name === name);
  if (person === undefined) {
    const names = workspace.people().map((each) => each.name);
    throw new Error(`Nobody here is called ${name}; there are ${names.join(', ')}.`);
  }
  return person.id;
}

function createFaults(
  team: Team,
  feed: PageFeed,
  socketMode: SocketMode | undefined,
  signedHttp: SignedHttp | undefined,
): Faults {
  const { workspace, installation } = team;
  const channel = (name: string): StoredChannel => {
    const found = workspace.channel(name) ?? workspace.channelNamed(name.replace(/^#/, ''));
    if (found === undefined) throw new Error(`There is no channel ${name}.`);
    return found;
  };
  return {
    method: (name, fault) => team.faults.add(name, fault),
    clearMethods: () => team.faults.clear(),
    disconnect: (how = 'drop') => socketMode?.disconnect(how),
    redeliverEvent: (type) => team.events.redeliverLast(type),
    expireTriggers: () => team.triggers.expireAll(),
    expireResponseUrls: () => team.responseUrls.expireAll(),
    revokeTokens(error = 'invalid_auth') {
      installation.revoked = error;
      feed.publishApp();
    },
    restoreTokens() {
      installation.revoked = undefined;
      feed.publishApp();
    },
    uninstall() {
      uninstallApp(team, BOT_USER);
      feed.publishApp();
    },
    archive: (name) => workspace.archive(channel(name), PEOPLE.ana),
    restrict: (name, restricted = true) => workspace.restrict(channel(name), restricted),
    unarchive: (name) => workspace.unarchive(channel(name), PEOPLE.ana),
    kickBot: (name) => workspace.leave(channel(name), BOT_USER),
    inviteBot: (name) => workspace.join(channel(name), BOT_USER, PEOPLE.ana),
    changePerson: (name, change) => workspace.changePerson(resolvePersonId(name, workspace), change),
    changeGroup: (id, users) => workspace.changeGroup(id, [...users]),
    skewRequests(seconds) {
      if (signedHttp !== undefined) signedHttp.skewSeconds = seconds;
    },
  };
}
