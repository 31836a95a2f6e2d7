import type { Comment } from '../comments/repository.ts';
import { facts } from '../core/fields.ts';
import { describeCron } from '../core/recurrence/index.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { currentWindow } from '../maintenance/rules/times.ts';
import { statusPages } from '../texts/pages.ts';
import { formatLength, Impact, Moment, Status, Times } from './parts.tsx';

const { detail: texts, errors } = statusPages;

type DetailProps = { maintenance: Maintenance; comments: readonly Comment[]; now: Date; zone: string; at: string };

/** One maintenance with its comments. `at` is the query of links, which names the account. */
export function Detail({ maintenance, comments, now, zone, at }: DetailProps) {
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
      <Impact of={maintenance} />
      {description !== '' && <p class="text">{description}</p>}
      <dl>
        {scope !== null && (
          <>
            <dt>{texts.scope}</dt>
            <dd>{scope.name}</dd>
          </>
        )}
        {run !== null && (
          <>
            <dt>{texts.repeats}</dt>
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
        <dt>{texts.number}</dt>
        <dd>{id}</dd>
      </dl>
      <p>
        <a class="button" href={`/maintenances/${id}.ics${at}`}>
          {texts.addToCalendar}
        </a>
      </p>
      <section aria-labelledby="comments">
        <h2 id="comments">{texts.comments}</h2>
        {comments.length === 0 ? (
          <p class="soft">{texts.noComments}</p>
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

export function ErrorPage({ heading, sentence }: { heading: string; sentence: string }) {
  return (
    <main id="board" tabindex={-1}>
      <h1>{heading}</h1>
      <p>{sentence}</p>
      <p>
        <a href="/">{errors.home}</a>
      </p>
    </main>
  );
}
