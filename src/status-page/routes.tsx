import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { findAccount } from '../access/accounts.ts';
import { identifyReader } from '../access/authentication.ts';
import { CALENDAR_TYPE, renderCalendar } from '../calendars/http/feed.ts';
import { readSelection, selectedNames } from '../catalogue/http/selection.ts';
import { listCommentsOfMany } from '../comments/repository.ts';
import { UserError } from '../core/errors.ts';
import { HTTP_ERRORS, HttpError } from '../http/errors.ts';
import { asset, contentVersion, withPageHeaders } from '../http/page.ts';
import { STATUS_BY_KIND } from '../http/problem.ts';
import {
  accountQuery,
  cachedBriefly,
  coalesce,
  handleReadError,
  queryText,
  type ReadingOptions,
  requestOrigin,
  tagged,
  UnauthorizedReader,
} from '../http/reading.ts';
import { findMaintenance, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import { httpErrorText } from '../texts/http-errors.ts';
import { atomText } from './atom.ts';
import { Board } from './board.tsx';
import { Detail, Nothing } from './detail.tsx';
import { statusBody } from './json.ts';
import { MARK, page } from './layout.tsx';
import { type Overview, overviewFor } from './overview.ts';
import { STYLE } from './style.ts';
import { SCRIPT } from './times.ts';

const VERSION = contentVersion(STYLE, SCRIPT);
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="none" stroke="#0d8a8c" stroke-width="3" stroke-linecap="round" d="${MARK}"/></svg>`;

const HTML = 'text/html; charset=utf-8';

/** Whose pages these are: what is at these addresses is for everybody, whoever asks. */
const READER = 'public';

/** The status page and a page for each maintenance, the Atom feed and `/status.json`. */
export function statusRoutes({ ctx, authentication, publicUrl, log }: ReadingOptions): Hono {
  const app = new Hono();
  const { database } = ctx;
  const once = coalesce<string>();

  const headers = withPageHeaders({ scripts: true });
  const failed = handleReadError(log);
  app.onError(async (error, c) => {
    if (!isPage(c)) return failed(error, c);
    if (error instanceof UnauthorizedReader) return nothing(c, error.status, 'Which workspace?', error.message);
    if (error instanceof UserError) {
      const heading = error.kind === 'not-found' ? 'Not found' : 'This address is not right';
      return nothing(c, STATUS_BY_KIND[error.kind], heading, httpErrorText(error));
    }
    if (error instanceof HttpError) {
      const { status } = HTTP_ERRORS[error.code];
      return nothing(c, status, status === 404 ? 'Not found' : 'This address is not right', error.message);
    }
    log.error({ error, path: c.req.path }, 'a page failed');
    return nothing(c, 500, 'Something went wrong', 'Try again in a moment.');
  });

  app.get('/status.css', headers, (c) => asset(c, STYLE, 'text/css; charset=utf-8'));
  app.get('/status.js', headers, (c) => asset(c, SCRIPT, 'text/javascript; charset=utf-8'));
  app.get('/status.svg', headers, (c) => asset(c, ICON, 'image/svg+xml'));

  /** The account that is read. */
  async function accountOf(c: Context): Promise<number> {
    const identified = await identifyReader(authentication, undefined, c.req.query('account'));
    if (!identified.ok) throw new UnauthorizedReader(identified);
    return identified.actor.accountId;
  }

  async function overview(c: Context): Promise<Overview> {
    const whose = { accountId: await accountOf(c), reader: READER } as const;
    return overviewFor(ctx, whose, readSelection(c.req.queries()), accountQuery(c));
  }

  /** A route whose text is made once for all who ask for it at the same time. */
  function route(path: string, type: string, make: (c: Context) => Promise<string>): void {
    app.get(path, headers, cachedBriefly, tagged, async (c) => {
      const key = JSON.stringify([c.req.path, queryOf(c), requestOrigin(c, publicUrl)]);
      return c.body(await once(key, () => make(c)), 200, { 'Content-Type': type });
    });
  }

  route('/', HTML, async (c) => {
    const found = await overview(c);
    const { name, timezone } = found.account;
    return whole(c, titleOf(found), timezone, name, <Board overview={found} />);
  });

  route('/status.json', 'application/json; charset=utf-8', async (c) =>
    JSON.stringify(statusBody(await overview(c), requestOrigin(c, publicUrl))),
  );

  route('/feed.atom', 'application/atom+xml; charset=utf-8', async (c) => {
    const found = await overview(c);
    const path = `/feed.atom${queryOf(c)}`;
    return String(
      await atomText({ title: titleOf(found), origin: requestOrigin(c, publicUrl), path, overview: found }),
    );
  });

  /** One maintenance as everybody may know of it. */
  async function publicOne(accountId: number, text: string): Promise<Maintenance> {
    const stored = /^\d{1,10}$/.test(text) ? await findMaintenance(database, accountId, Number(text)) : undefined;
    const seen = stored && viewFor(READER, stored);
    if (seen === undefined) throw new HttpError('not-found', `There is no maintenance ${text.slice(0, 20)}.`);
    return seen;
  }

  route('/maintenances/:file{[^/]+\\.ics}', CALENDAR_TYPE, async (c) => {
    const maintenance = await publicOne(await accountOf(c), (c.req.param('file') ?? '').replace(/\.ics$/, ''));
    const origin = requestOrigin(c, publicUrl);
    return renderCalendar(maintenance, ctx.clock.now(), ({ id }) => `${origin}/maintenances/${id}${accountQuery(c)}`);
  });

  route('/maintenances/:id', HTML, async (c) => {
    const accountId = await accountOf(c);
    const maintenance = await publicOne(accountId, c.req.param('id') ?? '');
    const comments =
      (await listCommentsOfMany(database, accountId, [maintenance.id], READER)).get(maintenance.id) ?? [];
    const account = await findAccount(database, accountId);
    const zone = account?.timezone ?? 'UTC';
    const content = (
      <Detail maintenance={maintenance} comments={comments} now={ctx.clock.now()} zone={zone} at={accountQuery(c)} />
    );
    return whole(c, maintenance.name, zone, account?.name ?? '', content);
  });

  return app;
}

async function whole(c: Context, title: string, zone: string, account: string, content: Child): Promise<string> {
  const frame = { title, account, zone, version: VERSION, query: queryOf(c), at: accountQuery(c) };
  return String(await page(frame, content));
}

/** A page that says why there is none. */
function nothing(c: Context, status: ContentfulStatusCode, heading: string, sentence: string) {
  const frame = { title: heading, account: '', zone: 'UTC', version: VERSION, query: '', at: '' };
  return c.html(page(frame, <Nothing heading={heading} sentence={sentence} />), status);
}

function isPage(c: Context): boolean {
  return c.req.path === '/' || /^\/maintenances\/[^/.]+$/.test(c.req.path);
}

function titleOf({ account, selection, catalogue }: Overview): string {
  return ['Maintenance', account.name, ...selectedNames(selection, catalogue)].filter(Boolean).join(', ');
}

/** What is selected, as it stands in the address: the feeds of a page are of the same. */
function queryOf(c: Context): string {
  return queryText(c, ['account', 'scope', 'service']);
}
