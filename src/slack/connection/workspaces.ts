import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import { ensureWorkspaceAccount, findOnlyAccount } from '../../access/accounts.ts';
import { resume, suspend, uninstall } from '../../access/commands.ts';
import { findInstallation, type Installation, listInstallations, replaceToken } from '../../access/repository.ts';
import { DeliveryError } from '../../core/errors.ts';
import { UnreadableSecret, type Vault } from '../../platform/vault.ts';
import { createClient, createDirectClient, slackError } from './client.ts';
import { type Connection, type ConnectionContext, openConnection } from './connection.ts';
import { connectWorkspace, type Defaults, FINAL_TOKEN_ERRORS, type Workspace } from './workspace.ts';

export interface Workspaces {
  /** Can be called again after it failed. @returns the workspace in single-workspace mode @throws TokenRejected */
  connect(): Promise<Workspace | undefined>;
  /** Undefined where Lull is not installed. */
  findByTeam(teamId: string): Promise<Connection | undefined>;
  /** @throws DeliveryError `disconnected` where Lull is not installed; Error before Slack was reached */
  forAccount(accountId: number): Promise<Connection>;
  /** The client for announcements, which makes each call once. @throws as `forAccount` */
  posterFor(accountId: number): Promise<WebClient>;
  /** Called when Slack rejected the token of an account. Returns whether it was revoked for good, and is forgotten if so. */
  isRevoked(accountId: number): Promise<boolean>;
  /** Whether Slack answers, and accepts the token in single-workspace mode. */
  isReachable(): Promise<boolean>;
}

/** How long an answer of Slack's is reused, and how long a readiness probe waits for one. */
const REACHABLE_TTL_MS = 5_000;
const REACHABLE_TIMEOUT_MS = 2_000;

/** Remembers for a few seconds whether Slack answers. @param test asks Slack once */
class Reachability {
  readonly #test: () => Promise<unknown>;
  #last: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  constructor(test: () => Promise<unknown>) {
    this.#test = test;
  }

  check(): Promise<boolean> {
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at > REACHABLE_TTL_MS)
      this.#last = { at: now, answer: this.#ask() };
    return this.#last.answer;
  }

  reset(): void {
    this.#last = undefined;
  }

  #ask(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, REACHABLE_TIMEOUT_MS, false).unref());
    const answer = this.#test().then(
      () => true,
      (error: unknown) => {
        const reason = slackError(error);
        return error instanceof WebAPIRateLimitedError || (reason !== undefined && !FINAL_TOKEN_ERRORS.has(reason));
      },
    );
    return Promise.race([answer, late]);
  }
}

/** How often Slack is asked whether it accepts a token again. */
const RESUME_EVERY_MS = 5_000;

/** Single-workspace mode: the workspace whose bot token is configured. */
export class OneWorkspace implements Workspaces {
  readonly #context: ConnectionContext;
  readonly #token: string;
  readonly #defaults: Defaults;
  readonly #poster: WebClient;
  readonly #reachability: Reachability;
  #connection: Connection | undefined;
  /** While tokens are suspended. */
  #resuming: NodeJS.Timeout | undefined;

  constructor(context: ConnectionContext, token: string, defaults: Defaults) {
    const { log, apiUrl } = context;
    this.#context = context;
    this.#token = token;
    this.#defaults = defaults;
    this.#poster = createDirectClient(log, token, apiUrl);
    const tester = createDirectClient(log, token, apiUrl);
    this.#reachability = new Reachability(() => tester.auth.test());
  }

  async connect(): Promise<Workspace> {
    if (this.#connection === undefined) {
      const { ctx, log, apiUrl } = this.#context;
      const workspace = await connectWorkspace(createClient(log, this.#token, apiUrl), ctx, this.#defaults);
      this.#connection = await openConnection(this.#context, workspace, this.#token, (how) => this.#removed(how));
    }
    return this.#connection.workspace;
  }

  async findByTeam(teamId: string): Promise<Connection | undefined> {
    return this.#connection?.workspace.teamId === teamId ? this.#connection : undefined;
  }

  async forAccount(accountId: number): Promise<Connection> {
    if (this.#connection === undefined) throw new Error('Slack was not reached yet');
    await this.#assertOwn(accountId, this.#connection.workspace.account.id);
    return this.#connection;
  }

  async posterFor(accountId: number): Promise<WebClient> {
    const own = this.#connection?.workspace.account ?? (await findOnlyAccount(this.#context.ctx.database));
    await this.#assertOwn(accountId, own?.id);
    return this.#poster;
  }

  /** Never: nothing is lost once the token is corrected. What is private is suspended until then. */
  async isRevoked(): Promise<boolean> {
    await this.#suspendIf(REVOKED);
    return false;
  }

  isReachable(): Promise<boolean> {
    return this.#reachability.check();
  }

  /** The database may have accounts of other workspaces than the configured one, which get no messages. */
  async #assertOwn(accountId: number, own: number | undefined): Promise<void> {
    if (accountId === own) return;
    const { database } = this.#context.ctx;
    if ((await ensureWorkspaceAccount(database, accountId)) !== own) throw new DeliveryError({ kind: 'disconnected' });
  }

  #removed(how: string): void {
    const { log, track } = this.#context;
    this.#reachability.reset();
    log.fatal(
      `${how}: nothing can be announced. Windows start and end all the same. Install the app again, set its tokens, and restart Lull.`,
    );
    track(this.#suspendIf(FINAL_TOKEN_ERRORS));
  }

  /** Suspends tokens, calendars and public pages if Slack rejects the token with one of these errors, until it accepts it. */
  async #suspendIf(errors: ReadonlySet<string>): Promise<void> {
    const { ctx, log } = this.#context;
    const workspace = this.#connection?.workspace;
    if (workspace === undefined || this.#resuming !== undefined) return;
    try {
      const reason = await this.#poster.auth.test().then(() => undefined, slackError);
      if (reason === undefined || !errors.has(reason)) return;
      if (await suspend(ctx, workspace.account.id, reason))
        log.warn({ reason }, 'tokens, secret calendars and public pages are suspended until Slack accepts the token');
      this.#resuming = setInterval(() => void this.#resumeIfAccepted(workspace), RESUME_EVERY_MS).unref();
    } catch (error) {
      log.error({ error }, 'an uninstall could not be kept');
    }
  }

  async #resumeIfAccepted({ account, teamId }: Workspace): Promise<void> {
    const { ctx, log } = this.#context;
    try {
      await this.#poster.auth.test();
      await resume(ctx, account.id, teamId);
      clearInterval(this.#resuming);
      this.#resuming = undefined;
      log.info('Slack accepts the token again: tokens, secret calendars and public pages work again');
    } catch (error) {
      log.debug({ error }, 'Slack still rejects the token');
    }
  }
}

/** Slack's errors for a token that was revoked. The other token errors can be temporary. */
const REVOKED: ReadonlySet<string> = new Set(['account_inactive', 'token_revoked']);

/** How long a request waits for the database before it is served by the connection of before. */
const DATABASE_TIMEOUT_MS = 1_000;

/** Each takes about 120 KB; another one is opened in a few milliseconds. */
const MAX_CONNECTIONS = 500;

export const installationSealPurpose = (teamId: string) => `installation:${teamId}`;

/** The workspaces that installed Lull by OAuth. The database is asked each time, because other instances change it too. */
export class ManyWorkspaces implements Workspaces {
  readonly #context: ConnectionContext;
  readonly #vault: Vault;
  readonly #reachability: Reachability;
  /** By team id. `source`: the installation the connection was made of, which another instance may have changed since. */
  readonly #connections = new LRUCache<string, { source: string; connection: Promise<Connection> }>({
    max: MAX_CONNECTIONS,
  });

  constructor(context: ConnectionContext, vault: Vault) {
    this.#context = context;
    this.#vault = vault;
    const tester = createDirectClient(context.log, undefined, context.apiUrl);
    this.#reachability = new Reachability(() => tester.api.test());
  }

  /** Asks Slack for nothing. Seals the tokens with the current key that an older key sealed. */
  async connect(): Promise<undefined> {
    const { ctx, log } = this.#context;
    for (const { accountId, teamId, token } of await listInstallations(ctx.database)) {
      try {
        const sealed = this.#vault.sealAnew(token, installationSealPurpose(teamId));
        if (sealed !== undefined) await replaceToken(ctx.database, accountId, token, sealed);
      } catch (error) {
        if (!(error instanceof UnreadableSecret)) throw error;
        log.error({ team: teamId, account: accountId }, error.message);
      }
    }
  }

  async findByTeam(teamId: string): Promise<Connection | undefined> {
    const query = findInstallation(this.#context.ctx.database, { teamId });
    const cached = this.#connections.get(teamId);
    if (cached === undefined) {
      const installation = await query;
      return installation && this.#connect(installation);
    }
    // Slack waits three seconds, so while the database is away the cached connection answers that it is.
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, DATABASE_TIMEOUT_MS, 'late').unref());
    const installation = await Promise.race([query.catch(() => 'late' as const), late]);
    return installation === 'late' ? cached.connection : installation && this.#connect(installation);
  }

  async forAccount(accountId: number): Promise<Connection> {
    const installation = await this.#findInstallation(accountId);
    if (installation === undefined) throw new DeliveryError({ kind: 'disconnected' });
    return this.#connect(installation);
  }

  async posterFor(accountId: number): Promise<WebClient> {
    return (await this.forAccount(accountId)).poster;
  }

  async isRevoked(accountId: number): Promise<boolean> {
    const installation = await this.#findInstallation(accountId);
    return installation === undefined || this.#uninstallIf(REVOKED, installation);
  }

  isReachable(): Promise<boolean> {
    return this.#reachability.check();
  }

  async #findInstallation(accountId: number): Promise<Installation | undefined> {
    const { database } = this.#context.ctx;
    return findInstallation(database, { accountId: await ensureWorkspaceAccount(database, accountId) });
  }

  /** The cached connection, unless the installation changed. */
  async #connect(installation: Installation): Promise<Connection> {
    const { account, token, botUserId, botId } = installation;
    const teamId = account.slackTeamId;
    if (teamId === null) throw new Error(`the account ${account.id} has an installation and no Slack team`);
    const source = JSON.stringify(installation);
    const cached = this.#connections.get(teamId);
    if (cached?.source === source) return cached.connection;
    const connection = (async () => {
      const workspace = { teamId, botUserId, botId: botId ?? undefined, account };
      const opened = this.#vault.open(token, installationSealPurpose(teamId));
      return openConnection(this.#context, workspace, opened, () => this.#removed(installation));
    })();
    this.#connections.set(teamId, { source, connection });
    return connection;
  }

  /** Slack's event can come late or twice, after the app was installed again, so the token is tested first. */
  #removed(installation: Installation): void {
    const { log, track } = this.#context;
    const team = installation.account.slackTeamId;
    const failed = (error: unknown) => log.error({ error, team }, 'an uninstall could not be kept');
    track(this.#uninstallIf(FINAL_TOKEN_ERRORS, installation).then(() => {}, failed));
  }

  /** Removes the installation if Slack rejects its token with one of these errors. Returns whether it did. */
  async #uninstallIf(errors: ReadonlySet<string>, installation: Installation): Promise<boolean> {
    const { ctx, log } = this.#context;
    const { account, token } = installation;
    const { poster } = await this.#connect(installation);
    const reason = await poster.auth.test().then(() => undefined, slackError);
    if (reason === undefined || !errors.has(reason)) return false;
    if (await uninstall(ctx, account.id, token, reason)) {
      log.warn(
        { team: account.slackTeamId, account: account.id, reason },
        'a workspace removed Lull: nothing is said there until it is installed again; windows start and end all the same',
      );
    }
    return true;
  }
}
