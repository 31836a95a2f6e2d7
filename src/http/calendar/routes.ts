import { Hono } from 'hono';
import { readerOf } from '../../domain/audience.ts';
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

/** `/calendar.ics`: what everybody may know of, `?scope=` and `?service=` of one or several. */
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

  return app;
}
