import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { MAX_UPCOMING, type Overview } from './overview.ts';
import { Effect, formatLength, Moment, Status, Times, Window } from './parts.tsx';
import { Timeline } from './timeline.tsx';

/** More services than these are shown when somebody asks for them. */
const MOST_OPEN = 24;

/** What is on, what is coming, and what is past. */
export function Board({ overview }: { overview: Overview }) {
  const { active, coming, past, now, account, catalogue, timeline } = overview;
  const zone = account.timezone;
  return (
    <main id="board" tabindex={-1}>
      <h1 class={active.length > 0 ? 'busy' : 'calm'}>{headline(overview)}</h1>
      {active.length === 0 && coming[0] !== undefined && (
        <p class="next">
          Next is <a href={`/maintenances/${coming[0].id}${overview.at}`}>{coming[0].name}</a>,{' '}
          <Window window={currentWindow(coming[0])} zone={zone} now={now} />.
        </p>
      )}
      <Filter overview={overview} />
      {active.length > 0 && (
        <section aria-labelledby="on">
          <h2 id="on">On now</h2>
          <ol class="cards">
            {active.map((one) => (
              <Card of={one} overview={overview} />
            ))}
          </ol>
        </section>
      )}
      <Timeline planned={timeline} catalogue={catalogue} now={now} zone={zone} />
      <section aria-labelledby="coming">
        <h2 id="coming">Coming</h2>
        {coming.length === 0 ? (
          <p class="soft">Nothing is planned. What will be is shown here, and in the calendar and the feed.</p>
        ) : (
          <ol class="list">
            {coming.map((one) => (
              <Line of={one} overview={overview} />
            ))}
          </ol>
        )}
        {coming.length === MAX_UPCOMING && <p class="more">These are the next {MAX_UPCOMING}. The calendar has all.</p>}
      </section>
      <Services overview={overview} />
      {past.length > 0 && (
        <section aria-labelledby="past">
          <h2 id="past">Past</h2>
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

function headline({ active }: Overview): string {
  if (active.length === 0) return 'No maintenance is going on.';
  return active.length === 1 ? 'One maintenance is going on.' : `${active.length} maintenances are going on.`;
}

/** Works without a script: a form that asks for the page again. */
function Filter({ overview: { catalogue, selection, at } }: { overview: Overview }) {
  if (catalogue.services.length + catalogue.scopes.length < 2) return null;
  const chosen = selection.scopes.length + selection.services.length > 0;
  return (
    <form class="filter" method="get" action="/">
      {catalogue.scopes.length > 0 && (
        <label>
          Scope
          <select name="scope">
            <option value="">All</option>
            {catalogue.scopes.map(({ id, name }) => (
              <option value={String(id)} selected={selection.scopes.includes(id)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        Service
        <select name="service">
          <option value="">All</option>
          {catalogue.services.map(({ id, name, scope }) => (
            <option value={String(id)} selected={selection.services.includes(id)}>
              {scope === null ? name : `${scope.name} / ${name}`}
            </option>
          ))}
        </select>
      </label>
      {at !== '' && <input type="hidden" name="account" value={new URLSearchParams(at).get('account') ?? ''} />}
      <button type="submit">Show</button>
      {chosen && <a href={`/${at}`}>Show all</a>}
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
      <Effect of={of} />
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
        <Effect of={of} />
      </div>
      {of.status !== 'scheduled' && <Status of={of} />}
    </li>
  );
}

/** Each service as it is now, by scope. */
function Services({ overview: { catalogue } }: { overview: Overview }) {
  const { services, scopes } = catalogue;
  if (services.length === 0) return null;
  const groups = [
    ...scopes.map(({ id, name }) => ({ name, services: services.filter(({ scope }) => scope?.id === id) })),
    { name: '', services: services.filter(({ scope }) => scope === null) },
  ].filter((group) => group.services.length > 0);
  const troubled = services.filter(({ status }) => status !== 'up').length;
  const summary = troubled === 0 ? `All ${services.length} are up` : `${troubled} of ${services.length} are not up`;
  const list = groups.map((group) => (
    <div class="group">
      {groups.length > 1 && <h3>{group.name === '' ? 'Without a scope' : group.name}</h3>}
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
      <h2 id="services">Services</h2>
      {services.length <= MOST_OPEN ? (
        list
      ) : (
        <details open={troubled > 0}>
          <summary>{summary}</summary>
          {list}
        </details>
      )}
    </section>
  );
}
