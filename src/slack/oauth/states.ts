import { createHash } from 'node:crypto';
import oauth, { type InstallURLOptions, InvalidStateError, type StateStore } from '@slack/oauth';
import type { Queries } from '../../store/database.ts';
import { spendState } from '../../store/installations.ts';

/** Between the link and Slack's answer (seconds). */
export const ANSWERED_WITHIN = 600;

/**
 * The state parameter, which shows that the browser that comes back from Slack is the one that was sent there. It is signed,
 * so nothing is kept when it is given out and any instance can read it; that it came back is kept, so that it serves once.
 */
export class States implements StateStore {
  readonly #signed: StateStore;
  readonly #database: Queries;

  constructor(secret: string, database: Queries) {
    // Node does not see this one among the names that the package exports.
    this.#signed = new oauth.ClearStateStore(secret, ANSWERED_WITHIN);
    this.#database = database;
  }

  generateStateParam(options: InstallURLOptions, now: Date): Promise<string> {
    return this.#signed.generateStateParam(options, now);
  }

  /** @throws InvalidStateError when it was made by somebody else, too long ago, or came back before */
  async verifyStateParam(now: Date, state: string): Promise<InstallURLOptions> {
    const options = await this.#signed.verifyStateParam(now, state);
    // Without the signature, which can be written in more than one way.
    const said = state.slice(0, state.lastIndexOf('.'));
    const hash = createHash('sha256').update(said).digest('hex');
    const expired = new Date(now.getTime() - ANSWERED_WITHIN * 1000);
    if (!(await spendState(this.#database, hash, now, expired))) throw new InvalidStateError('it came back before');
    return options;
  }
}
