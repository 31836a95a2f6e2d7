import type { Comment } from '../comments/repository.ts';
import { facts } from '../core/fields.ts';
import { describeCron } from '../core/recurrence/index.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { Effect, formatLength, Moment, Status, Times } from './parts.tsx';

/** One maintenance with what was said of it. */
export function Detail({
  maintenance,
  comments,
  now,
  zone,
  at,
}: {
  maintenance: Maintenance;
  comments: readonly Comment[];
  now: Date;
  zone: string;
  /** What links must end in, so that they lead to the same account. */
  at: string;
}) {
  const { id, run, scope, description } = maintenance;
  return (
    <main id="board" class="detail" tabindex={-1}>
      <p>
        <Status of={maintenance} />
      </p>
      <h1>{maintenance.name}</h1>
      <p class="when">
        <Times of={maintenance} zone={zone} now={now} />{' '}
        <span class="soft">({formatLength(currentWindow(maintenance))})</span>
      </p>
      <Effect of={maintenance} />
      {description !== '' && <p class="text">{description}</p>}
      <dl>
        {scope !== null && (
          <>
            <dt>Scope</dt>
            <dd>{scope.name}</dd>
          </>
        )}
        {run !== null && (
          <>
            <dt>Repeats</dt>
            <dd>
              {describeCron(run.series.cron)}, {run.series.timezone}
            </dd>
          </>
        )}
        {facts(CONTENT_FIELDS, maintenance).map(({ label, text, link }) => (
          <>
            <dt>{label}</dt>
            <dd>
              {link === null ? (
                text
              ) : (
                <a href={link} rel="noreferrer nofollow">
                  {text}
                </a>
              )}
            </dd>
          </>
        ))}
        <dt>Number</dt>
        <dd>{id}</dd>
      </dl>
      <p>
        <a class="button" href={`/maintenances/${id}.ics${at}`}>
          Add to a calendar
        </a>
      </p>
      <section aria-labelledby="comments">
        <h2 id="comments">What was said</h2>
        {comments.length === 0 ? (
          <p class="soft">Nothing yet. This page shows it within a minute when there is something.</p>
        ) : (
          <ol class="comments">
            {comments.toReversed().map((comment) => (
              <li>
                <p class="soft">
                  <Moment at={comment.createdAt} zone={zone} now={now} />
                </p>
                <p class="text">{comment.text}</p>
              </li>
            ))}
          </ol>
        )}
      </section>
    </main>
  );
}

/** What is said where a page is not. */
export function Nothing({ heading, sentence }: { heading: string; sentence: string }) {
  return (
    <main id="board" tabindex={-1}>
      <h1>{heading}</h1>
      <p>{sentence}</p>
      <p>
        <a href="/">What is on and coming</a>
      </p>
    </main>
  );
}
