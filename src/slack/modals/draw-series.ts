import type { ModalView } from '@slack/types';
import { findSeriesOf } from '../../actions/action.ts';
import { listChecks } from '../../store/checks.ts';
import { eventsAbout, lastEventAbout } from '../../store/history.ts';
import type { Series } from '../../store/series.ts';
import { listServices } from '../../store/services.ts';
import { servicesIn } from '../commands/history.ts';
import type { SlackContext } from '../context.ts';
import type { Person } from '../people.ts';
import {
  drawSeries,
  type EditableSeries,
  mergeSeries,
  type SeriesForm,
  type SeriesMetadata,
  seriesFormOf,
} from './series.ts';

/** A series with its services and checks as they are called. */
async function editable({ ground }: SlackContext, series: Series): Promise<EditableSeries> {
  const { accountId } = series;
  const services = await listServices(ground.database, accountId, { ids: series.services.map(({ id }) => id) });
  const checks = series.checks === null ? [] : await listChecks(ground.database, accountId, { ids: series.checks });
  return { series, services, checks };
}

const about = (id: number) => `series:${id}`;

/** The form to change a series as it is now. */
export async function seriesForm(context: SlackContext, person: Person, id: number, responseUrl: string) {
  // Before the series, so that no change falls between the two.
  const event = await lastEventAbout(context.ground.database, person.actor.accountId, about(id));
  const now = await editable(context, await findSeriesOf(context.ground, person.actor, id));
  const { key, version } = now.series;
  return drawSeries({ id, key, version, event, generation: 0, times: 0, responseUrl }, seriesFormOf(now), []);
}

/** The same form for whoever edited another version: with the newest values, and who changed what meanwhile. */
export async function newestSeries(
  context: SlackContext,
  person: Person,
  metadata: SeriesMetadata,
  mine: SeriesForm,
): Promise<ModalView> {
  const { database } = context.ground;
  const { accountId } = person.actor;
  const subject = about(metadata.id);
  const event = await lastEventAbout(database, accountId, subject);
  const events = await eventsAbout(database, accountId, subject, { after: metadata.event, limit: 100 });
  const now = await editable(context, await findSeriesOf(context.ground, person.actor, metadata.id));
  const chosen = (mine.content.services ?? []).map(({ value }) => Number(value));
  const named = await listServices(database, accountId, { ids: [...servicesIn(events), ...chosen] });
  const reading = { zone: person.timezone, services: new Map(named.map(({ id, name }) => [id, name])) };
  const { form, news } = mergeSeries(mine, now, events, reading);
  const { understood: _, ...kept } = metadata;
  const newest = { ...kept, version: now.series.version, event, generation: metadata.generation + 1 };
  return drawSeries(newest, form, [], news);
}
