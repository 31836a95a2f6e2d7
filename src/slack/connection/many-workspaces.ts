import { WebClient } from '@slack/web-api';
import { ensureWorkspaceAccount } from '../../access/accounts.ts';
import { uninstall } from '../../access/commands.ts';
import { findInstallation, type Installation, listInstallations, replaceToken } from '../../access/repository.ts';
import { DeliveryError } from '../../core/delivery-error.ts';
import { UnreadableSecret, type Vault } from '../../platform/vault.ts';
import { Access } from '../people.ts';
import { clientOptions, slackError } from './client.ts';
import { type Connection, type ConnectionContext, openConnection } from './connection.ts';
import { FINAL_TOKEN_ERRORS } from './workspace.ts';
import type { Workspaces } from './workspaces.ts';

/** Slack's words for a token that was taken back. The other refusals may be of the moment. */
const TAKEN_BACK: ReadonlySet<string> = new Set(['account_inactive', 'token_revoked']);

/** How long the database is waited for before a request is heard all the same (milliseconds). */
const ASKED_FOR = 1_000;

/** How many connections are kept, each of some 120 KB; another one is made in a few milliseconds. */
const MOST_KEPT = 500;

/** What a token is sealed for. */
export const installationSealPurpose = (teamId: string) => `installation:${teamId}`;

interface Kept {
  /** What the connection was made of: another instance may have changed it in the database since. */
  readonly of: string;
  readonly connection: Promise<Connection>;
}

/** The workspaces that added Lull. Which they are is asked of the database each time, for other instances change it too. */
export class ManyWorkspaces implements Workspaces {
  readonly #surroundings: ConnectionContext;
  readonly #vault: Vault;
  readonly #access: Access;
  /** By team id. */
  readonly #kept = new Map<string, Kept>();

  constructor(surroundings: ConnectionContext, vault: Vault) {
    this.#surroundings = surroundings;
    this.#vault = vault;
    const asking = new WebClient(undefined, {
      ...clientOptions(surroundings.log, surroundings.apiUrl),
      retryConfig: { retries: 0 },
    });
    this.#access = new Access(() => asking.api.test());
  }

  /**
   * Nothing is asked of Slack: whatever must be known was kept when a workspace added Lull. Tokens sealed with a key that is
   * on its way out are sealed with the new one.
   */
  async connect(): Promise<undefined> {
    const { ctx, log } = this.#surroundings;
    for (const { accountId, teamId, token } of await listInstallations(ctx.database)) {
      try {
        const anew = this.#vault.sealAnew(token, installationSealPurpose(teamId));
        if (anew !== undefined) await replaceToken(ctx.database, accountId, token, anew);
      } catch (error) {
        if (!(error instanceof UnreadableSecret)) throw error;
        log.error({ team: teamId, account: accountId }, error.message);
      }
    }
  }

  async ofTeam(teamId: string): Promise<Connection | undefined> {
    const asked = findInstallation(this.#surroundings.ctx.database, { teamId });
    const kept = this.#kept.get(teamId);
    if (kept === undefined) {
      const installation = await asked;
      return installation && this.#to(installation);
    }
    // Slack waits three seconds. While the database is away, whoever asks is told so by the connection there was.
    const away = new Promise<'away'>((resolve) => setTimeout(resolve, ASKED_FOR, 'away').unref());
    const installation = await Promise.race([asked.catch(() => 'away' as const), away]);
    return installation === 'away' ? kept.connection : installation && this.#to(installation);
  }

  async ofAccount(accountId: number): Promise<Connection> {
    const installation = await this.#installationOf(accountId);
    if (installation === undefined) throw new DeliveryError({ kind: 'disconnected' });
    return this.#to(installation);
  }

  async posterOf(accountId: number): Promise<WebClient> {
    return (await this.ofAccount(accountId)).poster;
  }

  async refused(accountId: number): Promise<boolean> {
    const installation = await this.#installationOf(accountId);
    return installation === undefined || this.#forget(installation, TAKEN_BACK);
  }

  reachable(): Promise<boolean> {
    return this.#access.granted();
  }

  async #installationOf(accountId: number): Promise<Installation | undefined> {
    const { database } = this.#surroundings.ctx;
    return findInstallation(database, { accountId: await ensureWorkspaceAccount(database, accountId) });
  }

  /** The connection that is kept, unless it was made of something else. */
  async #to(installation: Installation): Promise<Connection> {
    const { account } = installation;
    const teamId = account.slackTeamId;
    if (teamId === null) throw new Error(`the account ${account.id} has an installation and no Slack team`);
    const of = JSON.stringify(installation);
    const kept = this.#kept.get(teamId);
    this.#kept.delete(teamId);
    const connection = kept?.of === of ? kept.connection : this.#open(installation, teamId);
    // Last used last, so that the first is the one that is missed least.
    this.#kept.set(teamId, { of, connection });
    const [first] = this.#kept.keys();
    if (first !== undefined && this.#kept.size > MOST_KEPT) this.#kept.delete(first);
    return connection;
  }

  async #open(installation: Installation, teamId: string): Promise<Connection> {
    const { account, token, botUserId, botId } = installation;
    const workspace = { teamId, botUserId, botId: botId ?? undefined, account };
    const opened = this.#vault.open(token, installationSealPurpose(teamId));
    return openConnection(this.#surroundings, workspace, opened, () => this.#removed(installation));
  }

  /** Slack says that the app was removed. It says so late or twice, when it may have been installed again already. */
  #removed(installation: Installation): void {
    const { log, track } = this.#surroundings;
    const forgotten = this.#forget(installation, FINAL_TOKEN_ERRORS).then(
      () => {},
      (error: unknown) =>
        log.error({ error, team: installation.account.slackTeamId }, 'an uninstall could not be kept'),
    );
    track(forgotten);
  }

  /** Forgets a token that Slack refuses, when asked, in one of these words. Returns whether it did. */
  async #forget(installation: Installation, words: ReadonlySet<string>): Promise<boolean> {
    const { ctx, log } = this.#surroundings;
    const { account, token } = installation;
    const reason = await this.#refusalOf(installation);
    if (reason === undefined || !words.has(reason)) return false;
    if (await uninstall(ctx, account.id, token, reason)) {
      log.warn(
        { team: account.slackTeamId, account: account.id, reason },
        'a workspace removed Lull: nothing is said there until it is installed again; windows start and end all the same',
      );
    }
    return true;
  }

  async #refusalOf(installation: Installation): Promise<string | undefined> {
    const { poster } = await this.#to(installation);
    try {
      await poster.auth.test();
      return undefined;
    } catch (error) {
      return slackError(error);
    }
  }
}
