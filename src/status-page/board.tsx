import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { statusPages } from '../texts/pages.ts';
import { MAX_UPCOMING, type Overview, type Planned } from './overview.ts';
import { formatLength, Impact, Moment, Status, Times, Window } from './parts.tsx';
import { Timeline } from './timeline.tsx';

/** More services than these are folded. */
const MAX_UNFOLDED = 24;

const { active: activeTexts, filter, services: servicesTexts, upcoming } = statusPages;

/** Maintenances in progress, upcoming ones and past ones. */
export function Board({ overview, timeline }: { overview: Overview; timeline: readonly Planned[] }) {
  const { active, coming, past, now, account } = overview;
  const zone = account.timezone;
  return (
    <main id="board" tabindex={-1}>
      <h1 class={active.length > 0 ? 'busy' : 'calm'}>{activeTexts.headline(active.length)}</h1>
      {active.length === 0 && coming[0] !== undefined && (
        <p class="next">
          {upcoming.next} <a href={`/maintenances/${coming[0].id}${overview.at}`}>{coming[0].name}</a>,{' '}
          <Window window={currentWindow(coming[0])} zone={zone} now={now} />.
        </p>
      )}
      <Filter overview={overview} />
      {active.length > 0 && (
        <section aria-labelledby="on">
          <h2 id="on">{activeTexts.heading}</h2>
          <ol class="cards">
            {active.map((one) => (
              <Card of={one} overview={overview} />
            ))}
          </ol>
        </section>
      )}
      <Timeline overview={overview} planned={timeline} />
      <section aria-labelledby="coming">
        <h2 id="coming">{upcoming.heading}</h2>
        {coming.length === 0 ? (
          <p class="soft">{upcoming.none}</p>
        ) : (
          <ol class="list">
            {coming.map((one) => (
              <Line of={one} overview={overview} />
            ))}
          </ol>
        )}
        {coming.length === MAX_UPCOMING && <p class="more">{upcoming.max(MAX_UPCOMING)}</p>}
      </section>
      <Services overview={overview} />
      {past.length > 0 && (
        <section aria-labelledby="past">
          <h2 id="past">{statusPages.past.heading}</h2>
          <ol class="list">
            {past.map((one) => (
              <Line of={one} overview={overview} />
            ))}
          </ol>
        </section>
      )}
    </main>
  );
}

/** A form that loads the page again, so that it works without scripts. */
function Filter({ overview: { catalogue, selection, at } }: { overview: Overview }) {
  if (catalogue.services.length + catalogue.scopes.length < 2) return null;
  const isFiltered = selection.scopes.length + selection.services.length > 0;
  return (
    <form class="filter" method="get" action="/">
      {catalogue.scopes.length > 0 && (
        <label>
          {filter.scope}
          <select name="scope">
            <option value="">{filter.all}</option>
            {catalogue.scopes.map(({ id, name }) => (
              <option value={String(id)} selected={selection.scopes.includes(id)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {filter.service}
        <select name="service">
          <option value="">{filter.all}</option>
          {catalogue.services.map(({ id, name, scope }) => (
            <option value={String(id)} selected={selection.services.includes(id)}>
              {scope === null ? name : `${scope.name} / ${name}`}
            </option>
          ))}
        </select>
      </label>
      {at !== '' && <input type="hidden" name="account" value={new URLSearchParams(at).get('account') ?? ''} />}
      <button type="submit">{filter.show}</button>
      {isFiltered && <a href={`/${at}`}>{filter.showAll}</a>}
    </form>
  );
}

function Card({ of, overview: { comments, now, account, at } }: { of: Maintenance; overview: Overview }) {
  const newest = comments.get(of.id)?.at(-1);
  return (
    <li class="card">
      <h3>
        <a href={`/maintenances/${of.id}${at}`}>{of.name}</a>
      </h3>
      <p>
        <Status of={of} /> <Times of={of} zone={account.timezone} now={now} />{' '}
        <span class="soft">({formatLength(currentWindow(of))})</span>
      </p>
      <Impact of={of} />
      {newest !== undefined && (
        <blockquote>
          <p>{newest.text}</p>
          <footer class="soft">
            <Moment at={newest.createdAt} zone={account.timezone} now={now} />
          </footer>
        </blockquote>
      )}
    </li>
  );
}

function Line({ of, overview: { now, account, at } }: { of: Maintenance; overview: Overview }) {
  return (
    <li class="line">
      <p class="when">
        <Times of={of} zone={account.timezone} now={now} />
      </p>
      <div class="what">
        <h3>
          <a href={`/maintenances/${of.id}${at}`}>{of.name}</a>
        </h3>
        <Impact of={of} />
      </div>
      {of.status !== 'scheduled' && <Status of={of} />}
    </li>
  );
}

/** The status of each service, by scope. */
function Services({ overview: { catalogue } }: { overview: Overview }) {
  const { services, scopes } = catalogue;
  if (services.length === 0) return null;
  const groups = [
    ...scopes.map(({ id, name }) => ({ name, services: services.filter(({ scope }) => scope?.id === id) })),
    { name: '', services: services.filter(({ scope }) => scope === null) },
  ].filter((group) => group.services.length > 0);
  const notUp = services.filter(({ status }) => status !== 'up').length;
  const { allUp, noScope } = servicesTexts;
  const summary = notUp === 0 ? allUp(services.length) : servicesTexts.notUp(notUp, services.length);
  const list = groups.map((group) => (
    <div class="group">
      {groups.length > 1 && <h3>{group.name === '' ? noScope : group.name}</h3>}
      <ul class="states">
        {group.services.map(({ name, status }) => (
          <li>
            <span class="name">{name}</span>
            <span class={`state ${status}`}>{status}</span>
          </li>
        ))}
      </ul>
    </div>
  ));
  return (
    <section aria-labelledby="services">
      <h2 id="services">{servicesTexts.heading}</h2>
      {services.length <= MAX_UNFOLDED ? (
        list
      ) : (
        <details open={notUp > 0}>
          <summary>{summary}</summary>
          {list}
        </details>
      )}
    </section>
  );
}
