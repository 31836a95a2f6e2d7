import { setImmediate as nextRound } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AccountContent } from '../access/accounts.ts';
import { identifyReader } from '../access/authentication.ts';
import { CALENDAR_TYPE, renderCalendar } from '../calendars/http/feed.ts';
import { fillLinks } from '../calendars/ical/fold.ts';
import { readSelection, selectedNames } from '../catalogue/http/selection.ts';
import { listCommentsOfMany } from '../comments/repository.ts';
import { UserError } from '../core/errors.ts';
import { fillOrigin } from '../core/origin.ts';
import { HTTP_ERRORS, HttpError } from '../http/errors.ts';
import { asset, contentVersion, withPageHeaders } from '../http/page.ts';
import { STATUS_BY_KIND } from '../http/problem.ts';
import {
  accountQuery,
  CACHED_BRIEFLY,
  handleReadError,
  queryText,
  type ReadingOptions,
  readAccountName,
  renderedOrigin,
  requestOrigin,
  UnauthorizedReader,
} from '../http/reading.ts';
import { sendRendered } from '../http/rendered.ts';
import { findMaintenance } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import { httpErrorText } from '../texts/http-errors.ts';
import { statusPages } from '../texts/pages.ts';
import { atomText } from './atom.ts';
import { Board } from './board.tsx';
import { Detail, ErrorPage } from './detail.tsx';
import { statusBody } from './json.ts';
import { MARK, page } from './layout.tsx';
import { loadOverview, loadTimeline, type Overview } from './overview.ts';
import { STYLE } from './style.ts';
import { SCRIPT } from './times.ts';

const VERSION = contentVersion(STYLE, SCRIPT);
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="none" stroke="#0d8a8c" stroke-width="3" stroke-linecap="round" d="${MARK}"/></svg>`;

const HTML = 'text/html; charset=utf-8';
const { errors } = statusPages;

/** Pages show which windows are over. */
const RENDER_EVERY_MS = 60_000;

/** The account that a page is of. */
type Shown = Pick<AccountContent, 'name' | 'timezone'> & { readonly accountId: number };

/** These pages show only public maintenances, even to a reader with a token. */
const READER = 'public';

/** The status page and a page for each maintenance, the Atom feed and `/status.json`. */
export function statusRoutes({ ctx, authentication, publicUrl, rendered, log }: ReadingOptions): Hono {
  const app = new Hono();
  const { database } = ctx;
  const origin = renderedOrigin(publicUrl);

  const headers = withPageHeaders({ scripts: true });
  const failed = handleReadError(log);
  app.onError(async (error, c) => {
    if (!isPage(c)) return failed(error, c);
    if (error instanceof UnauthorizedReader) return errorPage(c, error.status, errors.whichWorkspace, error.message);
    if (error instanceof UserError) {
      const heading = error.kind === 'not-found' ? errors.notFound : errors.invalid;
      return errorPage(c, STATUS_BY_KIND[error.kind], heading, httpErrorText(error));
    }
    if (error instanceof HttpError) {
      const { status } = HTTP_ERRORS[error.code];
      return errorPage(c, status, status === 404 ? errors.notFound : errors.invalid, error.message);
    }
    log.error({ error, path: c.req.path }, 'a page failed');
    return errorPage(c, 500, errors.failed, errors.tryAgain);
  });

  app.get('/status.css', headers, (c) => asset(c, STYLE, 'text/css; charset=utf-8'));
  app.get('/status.js', headers, (c) => asset(c, SCRIPT, 'text/javascript; charset=utf-8'));
  app.get('/status.svg', headers, (c) => asset(c, ICON, 'image/svg+xml'));

  async function identifyAccount(c: Context): Promise<number> {
    const identified = await identifyReader(authentication, undefined, readAccountName(c));
    if (!identified.ok) throw new UnauthorizedReader(identified);
    return identified.actor.accountId;
  }

  async function overview(c: Context, { accountId, name, timezone }: Shown): Promise<Overview> {
    const owner = { accountId, name, timezone, reader: READER } as const;
    return loadOverview(ctx, owner, readSelection(c.req.queries()), accountQuery(c));
  }

  /** Requests for the same text share one rendering, until what it shows changes or a minute is over. */
  function route(path: string, type: string, render: (c: Context, account: Shown) => Promise<string>): void {
    app.get(path, headers, async (c) => {
      const accountId = await identifyAccount(c);
      const key = JSON.stringify([c.req.path, pageQuery(c)]);
      const minute = Math.floor(ctx.clock.now().getTime() / RENDER_EVERY_MS);
      const text = await rendered.get(database, accountId, key, minute, (account) =>
        render(c, { ...account, accountId }),
      );
      const fill = type === CALENDAR_TYPE ? fillLinks : fillOrigin;
      return sendRendered(c, text.at(requestOrigin(c, publicUrl), fill), { type, caching: CACHED_BRIEFLY });
    });
  }

  route('/', HTML, async (c, account) => {
    const loaded = await overview(c, account);
    const { name, timezone } = loaded.account;
    const timeline = await loadTimeline(ctx, loaded);
    // Rendering is one piece of work: other work runs before it.
    await nextRound();
    const board = <Board overview={loaded} timeline={timeline} />;
    return renderPage(c, formatTitle(loaded), timezone, name, board);
  });

  route('/status.json', 'application/json; charset=utf-8', async (c, account) =>
    JSON.stringify(statusBody(await overview(c, account), origin)),
  );

  route('/feed.atom', 'application/atom+xml; charset=utf-8', async (c, account) => {
    const loaded = await overview(c, account);
    const path = `/feed.atom${pageQuery(c)}`;
    return String(await atomText({ title: formatTitle(loaded), origin, path, overview: loaded }));
  });

  async function findPublic(accountId: number, text: string): Promise<Maintenance> {
    const stored = /^\d{1,10}$/.test(text) ? await findMaintenance(database, accountId, Number(text)) : undefined;
    const view = stored && viewFor(READER, stored);
    if (view === undefined) throw new HttpError('not-found', errors.noMaintenance(text.slice(0, 20)));
    return view;
  }

  route('/maintenances/:file{[^/]+\\.ics}', CALENDAR_TYPE, async (c, { accountId }) => {
    const maintenance = await findPublic(accountId, (c.req.param('file') ?? '').replace(/\.ics$/, ''));
    return renderCalendar(maintenance, ctx.clock.now(), ({ id }) => `${origin}/maintenances/${id}${accountQuery(c)}`);
  });

  route('/maintenances/:id', HTML, async (c, { accountId, name, timezone: zone }) => {
    const maintenance = await findPublic(accountId, c.req.param('id') ?? '');
    const comments =
      (await listCommentsOfMany(database, accountId, [maintenance.id], READER)).get(maintenance.id) ?? [];
    const content = (
      <Detail maintenance={maintenance} comments={comments} now={ctx.clock.now()} zone={zone} at={accountQuery(c)} />
    );
    return renderPage(c, maintenance.name, zone, name, content);
  });

  return app;
}

async function renderPage(c: Context, title: string, zone: string, account: string, content: Child): Promise<string> {
  const frame = { title, account, zone, version: VERSION, query: pageQuery(c), at: accountQuery(c) };
  return String(await page(frame, content));
}

function errorPage(c: Context, status: ContentfulStatusCode, heading: string, sentence: string) {
  const frame = { title: heading, account: '', zone: 'UTC', version: VERSION, query: '', at: '' };
  return c.html(page(frame, <ErrorPage heading={heading} sentence={sentence} />), status);
}

function isPage(c: Context): boolean {
  return c.req.path === '/' || /^\/maintenances\/[^/.]+$/.test(c.req.path);
}

function formatTitle({ account, selection, catalogue }: Overview): string {
  return [statusPages.frame.title, account.name, ...selectedNames(selection, catalogue)].filter(Boolean).join(', ');
}

/** The account and the selection, for the feeds of a page. */
const pageQuery = (c: Context) => queryText(c, ['scope', 'service']);
