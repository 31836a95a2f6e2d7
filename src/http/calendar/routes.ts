import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { readerOf } from '../../domain/audience.ts';
import { Refusal } from '../../domain/refusal.ts';
import { findAccount } from '../../store/accounts.ts';
import { calendarAt } from '../../store/calendars.ts';
import { identifyReader } from '../authentication.ts';
import {
  accountQuery,
  answerFailure,
  cachedBriefly,
  originOf,
  type ReadingOptions,
  shared,
  tagged,
  Unidentified,
} from '../reading.ts';
import { readSelection } from '../selection.ts';
import { calendarFor } from './feed.ts';

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

/**
 * `/calendar/SECRET.ics`: all there is, for whoever was given the address.
 * `/calendar.ics`: what everybody may know of, `?scope=` and `?service=` of one or several.
 */
export function calendarRoutes({ ground, authentication, publicUrl, log }: ReadingOptions): Hono {
  const app = new Hono();
  const once = shared<string>();
  app.onError(answerFailure(log));

  app.get('/calendar.ics', cachedBriefly, tagged, async (c) => {
    const identified = await identifyReader(authentication, undefined, c.req.query('account'));
    if (!identified.ok) throw new Unidentified(identified.status, identified.detail);
    const selection = readSelection(c.req.queries());
    const origin = originOf(c, publicUrl);
    const at = accountQuery(c);
    const whose = { accountId: identified.actor.accountId, reader: readerOf(identified.actor) };
    const text = await once(JSON.stringify([whose, selection, origin, at]), () =>
      calendarFor(ground, whose, selection, ({ id }) => `${origin}/maintenances/${id}${at}`),
    );
    return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE });
  });

  app.get('/calendar/:file{[A-Za-z0-9_-]{20,64}\\.ics}', keptPrivate, tagged, async (c) => {
    const secret = c.req.param('file').slice(0, -'.ics'.length);
    const calendar = await calendarAt(ground.database, secret);
    if (calendar === undefined) throw new Refusal('not-found', 'There is no calendar at this address.');
    const origin = originOf(c, publicUrl);
    const { accountId } = calendar;
    const team = (await findAccount(ground.database, accountId))?.slackTeamId;
    const at = team == null ? '' : `?account=${team}`;
    const text = await once(JSON.stringify([calendar.id, origin]), () =>
      calendarFor(
        ground,
        { accountId, reader: 'internal', kept: true },
        calendar,
        ({ id }) => `${origin}/maintenances/${id}${at}`,
      ),
    );
    return c.body(text, 200, { 'Content-Type': CALENDAR_TYPE });
  });

  return app;
}

/** What is at a secret address is for whoever was given it, and for no cache or search engine between. */
const keptPrivate = createMiddleware(async (c, next) => {
  await next();
  c.header('Cache-Control', 'private, no-cache');
  c.header('X-Robots-Tag', 'noindex');
  c.header('Referrer-Policy', 'no-referrer');
});
