import { WebClient } from '@slack/web-api';
import { ensureWorkspaceAccount, findOnlyAccount } from '../../access/accounts.ts';
import { DeliveryError } from '../../core/delivery-error.ts';
import { Access } from '../people.ts';
import { clientOptions, posterClient } from './client.ts';
import { type Connection, type ConnectionContext, openConnection } from './connection.ts';
import { connectWorkspace, type Defaults, type Workspace } from './workspace.ts';
import type { Workspaces } from './workspaces.ts';

/** The one workspace whose bot token is given. */
export class OneWorkspace implements Workspaces {
  readonly #surroundings: ConnectionContext;
  readonly #token: string;
  readonly #defaults: Defaults;
  readonly #access: Access;
  readonly #poster: WebClient;
  #connection: Connection | undefined;

  constructor(surroundings: ConnectionContext, token: string, defaults: Defaults) {
    const { log, apiUrl } = surroundings;
    this.#surroundings = surroundings;
    this.#token = token;
    this.#defaults = defaults;
    this.#poster = posterClient(log, token, apiUrl);
    const asking = posterClient(log, token, apiUrl);
    this.#access = new Access(() => asking.auth.test());
  }

  async connect(): Promise<Workspace> {
    if (this.#connection === undefined) {
      const { ctx, log, apiUrl } = this.#surroundings;
      const client = new WebClient(this.#token, clientOptions(log, apiUrl));
      const workspace = await connectWorkspace(client, ctx, this.#defaults);
      const removed = (how: string) => this.#removed(how);
      this.#connection = await openConnection(this.#surroundings, workspace, this.#token, removed);
    }
    return this.#connection.workspace;
  }

  async ofTeam(teamId: string): Promise<Connection | undefined> {
    return this.#connection?.workspace.teamId === teamId ? this.#connection : undefined;
  }

  async ofAccount(accountId: number): Promise<Connection> {
    if (this.#connection === undefined) throw new Error('Slack was not reached yet');
    await this.#mustBeOwn(accountId, this.#connection.workspace.account.id);
    return this.#connection;
  }

  async posterOf(accountId: number): Promise<WebClient> {
    const { database } = this.#surroundings.ctx;
    const own = this.#connection?.workspace.account ?? (await findOnlyAccount(database));
    await this.#mustBeOwn(accountId, own?.id);
    return this.#poster;
  }

  /** Nothing is lost when the token is set right. */
  async refused(): Promise<boolean> {
    return false;
  }

  reachable(): Promise<boolean> {
    return this.#access.granted();
  }

  /** A database may know other workspaces than the one whose token is given: nothing of theirs is said here. */
  async #mustBeOwn(accountId: number, own: number | undefined): Promise<void> {
    if (accountId === own) return;
    const { database } = this.#surroundings.ctx;
    if ((await ensureWorkspaceAccount(database, accountId)) !== own) throw new DeliveryError({ kind: 'disconnected' });
  }

  #removed(how: string): void {
    this.#access.forget();
    this.#surroundings.log.fatal(
      `${how}: nothing can be announced. Windows start and end all the same. Install the app again, set its tokens, and restart Lull.`,
    );
  }
}
