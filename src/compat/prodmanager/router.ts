import { type Context, Hono } from 'hono';
import { findAccount } from '../../access/accounts.ts';
import { identify, identifyReader } from '../../access/authentication.ts';
import { UserError } from '../../core/errors.ts';
import { isId } from '../../core/keys.ts';
import { type Actor, authorize, type Permission } from '../../core/permissions.ts';
import { limitBody } from '../../http/body.ts';
import { bodyTooLarge, HttpError, INTERNAL_ERROR, MAX_BODY_BYTES } from '../../http/errors.ts';
import { accountQuery, type ReadingOptions, readAccountName, requestOrigin } from '../../http/reading.ts';
import type { ActionContext } from '../../platform/transactions.ts';
import { Failure, resourceNotFound, toFailure } from './form.ts';

type Env = { Variables: { actor?: Actor } };

export interface RequestContext {
  readonly ctx: ActionContext;
  readonly actor: Actor;
  /** Where Lull is reached, without a slash at the end. */
  readonly origin: string;
  /** The IANA zone of dates. */
  readonly zone: string;
}

/** Answers a request. @param id the number in the path */
export type Answer = (request: RequestContext, c: Context, id: number) => Promise<Response>;

/** Makes a change. @returns the path of the resource to be shown then */
export type Change = (request: RequestContext, c: Context, id: number) => Promise<string>;

interface Operation {
  /** Named in failures: `Maintenance creation failed`. */
  readonly name: string;
  /** Null for reading: without a token everybody can read what is public. */
  readonly permission: Permission | null;
  readonly answer: Answer;
}

interface Texts {
  /** Why nothing can be changed; then ProdManager's paths for changes are 405, too. */
  readonly readOnly?: string;
  /** The answer to unknown paths. */
  readonly nothingHere?: string;
}

/** The path of a resource with a number. */
export const ID = '/:id{[0-9]+}';

/**
 * Serves one resource of ProdManager's API, such as `/api/maintenance`. It checks a request in this order: a wrong token is
 * 401, an unknown path 404, a wrong method 405 with `Allow`, a missing permission 403; then the operation reads the rest.
 * A failure has the body `{"message":"...","reasons":{"<field>":["..."]}}`.
 */
export class ResourceRouter {
  readonly #api = new Hono<Env>();
  readonly #options: ReadingOptions;
  readonly #resource: string;
  readonly #texts: Texts;
  /** By path. */
  readonly #methods = new Map<string, string[]>();

  constructor(options: ReadingOptions, resource: string, texts: Texts = {}) {
    this.#options = options;
    this.#resource = resource;
    this.#texts = texts;
    this.#api.use(async (c, next) => {
      const header = c.req.header('authorization');
      if (header === undefined) return next();
      const identified = await identify(options.authentication, header, readAccountName(c));
      if (!identified.ok) return fail(c, toTokenFailure(identified));
      c.set('actor', identified.actor);
      return next();
    });
    this.#api.onError((error, c) => {
      if (!(error instanceof HttpError)) throw error;
      return fail(c, toFailure(error, resource, undefined), 'Token validation failed');
    });
    const onError = (c: Context) => c.json({ message: bodyTooLarge(MAX_BODY_BYTES) }, 413);
    this.#api.use(limitBody({ maxSize: MAX_BODY_BYTES, onError }));
  }

  get(path: string, name: string, answer: Answer): void {
    this.#api.get(path, (c) => this.#serve(c, { name, permission: null, answer }));
    this.#allow(path, 'GET', 'HEAD');
  }

  /** Answers a change with a redirection, which is in the account that the address names. */
  post(paths: readonly string[], name: string, permission: Permission, change: Change): void {
    const answer: Answer = async (request, c, id) => c.redirect(`${await change(request, c, id)}${accountQuery(c)}`);
    for (const path of paths) {
      this.#api.post(path, (c) => this.#serve(c, { name, permission, answer }));
      this.#allow(path, 'POST');
    }
  }

  /** Answers 405 to other methods of the paths, and 404 to other paths. To be called last. */
  close(): Hono<Env> {
    const { readOnly, nothingHere } = this.#texts;
    if (readOnly !== undefined) for (const path of ['/create', '/:id/update', '/:id/delete']) this.#allow(path);
    for (const [path, methods] of this.#methods) {
      this.#api.all(path, (c) => {
        c.header('Allow', [...methods, 'OPTIONS'].join(', '));
        if (c.req.method === 'OPTIONS') return c.body(null, 200);
        const use = methods.filter((method) => method !== 'HEAD').join(' or ');
        return c.json({ message: readOnly ?? `${c.req.method} is not possible at ${c.req.path}. Use ${use}.` }, 405);
      });
    }
    this.#api.all('*', (c) => {
      return c.json({ message: nothingHere ?? `There is nothing at ${c.req.method} ${c.req.path}.` }, 404);
    });
    return this.#api;
  }

  #allow(path: string, ...methods: string[]): void {
    this.#methods.set(path, [...(this.#methods.get(path) ?? []), ...methods]);
  }

  async #serve(c: Context<Env>, { name, permission, answer }: Operation): Promise<Response> {
    const { ctx, publicUrl, log } = this.#options;
    const title = `${this.#resource.charAt(0).toUpperCase()}${this.#resource.slice(1)} ${name} failed`;
    const sent = c.req.param('id');
    const id = Number(sent);
    try {
      const actor = c.get('actor') ?? (await this.#identifyAnonymous(c));
      if (permission !== null) authorize(actor, permission);
      if (sent !== undefined && !isId(id)) throw resourceNotFound(this.#resource, sent);
      const account = await findAccount(ctx.database, actor.accountId);
      const request = { ctx, actor, origin: requestOrigin(c, publicUrl), zone: account?.timezone ?? 'UTC' };
      return await answer(request, c, id);
    } catch (error) {
      const failure =
        error instanceof UserError || error instanceof HttpError ? toFailure(error, this.#resource, sent) : error;
      if (failure instanceof Failure) return fail(c, failure, title);
      log.error({ error, method: c.req.method, path: c.req.path }, 'a request failed');
      return c.json({ message: INTERNAL_ERROR }, 500);
    }
  }

  async #identifyAnonymous(c: Context): Promise<Actor> {
    if (!reads(c)) {
      throw new Failure(403, { token: ['To change something send a token: "Authorization: Bearer <token>".'] });
    }
    const identified = await identifyReader(this.#options.authentication, undefined, readAccountName(c));
    if (!identified.ok) throw toTokenFailure(identified);
    return identified.actor;
  }
}

const reads = (c: Context): boolean => c.req.method === 'GET' || c.req.method === 'HEAD';

const toTokenFailure = ({
  status,
  detail,
}: {
  readonly status: 400 | 401 | 403 | 503;
  readonly detail: string;
}): Failure => new Failure(status, { token: [detail] }, 'Token validation failed');

function fail(c: Context, { status, reasons, title }: Failure, defaultTitle = ''): Response {
  return c.json({ message: title ?? defaultTitle, reasons }, status);
}
