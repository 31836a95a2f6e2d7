import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Got, got, type Peer, startPeer } from '../../platform/outbound/peer.ts';

export interface PeerCheck {
  label: string;
  type: string;
  enable: 'active' | 'inactive';
  target: string;
  tags?: string[];
  /** 1: it passes, 0: it fails. A new check has none yet. */
  state?: 0 | 1;
}

/** What befalls a request: it is not answered, answered wrongly, or applied and the answer lost. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'page' }
  | { readonly kind: 'lost' };

/**
 * NodePing's checks API, as its documentation and its published clients show it: the token as the name of a user, in the
 * query or in the body; failures with status 200; an update answered with the check as it was before.
 */
export class NodePingPeer {
  readonly token = 'f5d7c3e2-token';
  /** Of the account itself (the empty string) and of sub-accounts. */
  readonly accounts = new Map<string, Map<string, PeerCheck>>([['', new Map()]]);
  readonly received: Got[] = [];
  /** Takes the next requests, one each; undefined leaves one alone. */
  readonly faults: (Fault | undefined)[] = [];
  /** The same for the next changes. */
  readonly faultsOfChanges: (Fault | undefined)[] = [];
  /** Checks that do not do what they are told. */
  readonly stubborn = new Set<string>();
  /** `disableall` goes by no label, target or type at all. */
  hitsEverything = false;
  #peer: Peer | undefined;

  static async start(): Promise<NodePingPeer> {
    const made = new NodePingPeer();
    made.#peer = await startPeer((request, response) => void made.#answer(request, response));
    return made;
  }

  get url(): string {
    return `${this.#peer?.url}/api/1`;
  }

  get checks(): Map<string, PeerCheck> {
    return this.accounts.get('') ?? new Map();
  }

  close(): Promise<void> {
    return this.#peer?.close() ?? Promise.resolve();
  }

  add(id: string, check: Partial<PeerCheck> = {}): void {
    const target = `https://${id.toLowerCase()}.example.com/`;
    this.checks.set(id, { label: id, type: 'HTTP', enable: 'active', target, ...check });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await got(request);
    this.received.push(asked);
    const fault = this.faults.shift() ?? (asked.method === 'PUT' ? this.faultsOfChanges.shift() : undefined);
    const say = (status: number, body: unknown, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
        .end(JSON.stringify(body));
    switch (fault?.kind) {
      case 'status':
        response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
        return;
      case 'error':
        say(200, { error: fault.error });
        return;
      case 'page':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Down for maintenance</body></html>');
        return;
      case 'hang':
        return;
    }
    const result = this.#result(asked);
    if (fault?.kind === 'lost') request.socket.destroy();
    else say(200, result);
  }

  #result({ method, path, headers, body }: Got): unknown {
    const url = new URL(path, 'http://peer');
    const said: Record<string, unknown> = body === '' ? {} : JSON.parse(body);
    const parameter = (name: string) => url.searchParams.get(name) ?? said[name];
    const [user] = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    if ((parameter('token') ?? user) !== this.token) return { error: `Invalid token ${user ?? ''}` };
    const checks = this.accounts.get(String(parameter('customerid') ?? ''));
    if (checks === undefined) return { error: 'Unable to find that customer' };
    const [, id] = /^\/api\/1\/checks\/([^/]+)$/.exec(url.pathname) ?? [];
    if (id !== undefined) {
      const check = checks.get(decodeURIComponent(id));
      if (check === undefined) return { error: 'Unable to find that check' };
      const before = shown(id, check);
      if (method === 'PUT' && !this.stubborn.has(id)) check.enable = said.enabled === true ? 'active' : 'inactive';
      return before;
    }
    if (url.pathname !== '/api/1/checks') return { error: 'Unknown resource' };
    if (method === 'GET') return Object.fromEntries([...checks].map(([key, check]) => [key, shown(key, check)]));
    return this.#all(checks, parameter);
  }

  #all(checks: Map<string, PeerCheck>, parameter: (name: string) => unknown) {
    const off = String(parameter('disableall')) === 'true';
    const matches = (given: unknown, value: string) =>
      given === undefined || this.hitsEverything || value.toLowerCase().includes(String(given).toLowerCase());
    let changed = 0;
    for (const [id, check] of checks) {
      const hit =
        matches(parameter('label'), check.label) &&
        matches(parameter('target'), check.target) &&
        matches(parameter('type'), check.type);
      if (!hit || this.stubborn.has(id)) continue;
      check.enable = off ? 'inactive' : 'active';
      changed++;
    }
    return { enabled: off ? 0 : changed, disabled: off ? changed : 0, disableall: changed };
  }
}

function shown(id: string, { target, ...rest }: PeerCheck) {
  return { _id: id, customer_id: '201205050153W2Q4C', interval: 1, parameters: { target }, ...rest };
}
