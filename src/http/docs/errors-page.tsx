import { html } from 'hono/html';
import { UserError } from '../../core/errors.ts';
import { ERRORS } from '../../errors.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { HTTP_ERRORS } from '../errors.ts';
import { STATUS_BY_KIND, STATUS_TITLES, toWire } from '../problem.ts';

interface ErrorEntry {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  /** Parameters as they could be; none for errors of the interface itself. */
  readonly params: readonly (readonly [name: string, example: unknown])[];
}

/** Every code that `type` can end in. */
const ENTRIES: readonly ErrorEntry[] = [
  ...ERRORS.map(({ code, kind, example }) => ({
    code,
    status: STATUS_BY_KIND[kind],
    meaning: httpErrorText(new UserError({ code, kind, params: example, problems: [] })),
    params: Object.entries(toWire(example)),
  })),
  ...Object.entries(HTTP_ERRORS).map(([code, { status, meaning }]) => ({ code, status, meaning, params: [] })),
];

/** The documentation of the error codes, generated from the registry. Each code is an anchor. */
export function errorsPage(version: string) {
  const statuses = [...new Set(ENTRIES.map(({ status }) => status))].sort((a, b) => a - b);
  const groups = statuses.map((status) => ({
    status,
    entries: ENTRIES.filter((entry) => entry.status === status).sort((a, b) => a.code.localeCompare(b.code)),
  }));
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Lull: error codes</title>
        <link rel="stylesheet" href={`/api/docs.css?${version}`} />
      </head>
      <body>
        <a class="skip" href="#top">
          Skip to the error codes
        </a>
        <nav aria-label="Error codes">
          <p class="home">
            <a href="/api/docs">Lull</a>
          </p>
          {groups.map(({ status, entries }) => (
            <details>
              <summary>{status}</summary>
              <ul>
                {entries.map(({ code }) => (
                  <li>
                    <a class="code" href={`#${code}`}>
                      {code}
                    </a>
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </nav>
        <main id="top" tabindex={-1}>
          <h1>Error codes</h1>
          <p class="lead">
            An error is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is an address on this
            page that ends in the code. Codes and parameters stay the same; the words of <code>detail</code> may change.
          </p>
          <p class="lead">
            <code>params</code> has the parameters of the code. <code>errors</code> lists the fields that are not valid,
            each with a code, a message and parameters of its own.
          </p>
          {groups.map(({ status, entries }) => (
            <section aria-labelledby={`status-${status}`}>
              <h2 id={`status-${status}`}>
                {status} {STATUS_TITLES[status]}
              </h2>
              {entries.map((entry) => (
                <Entry entry={entry} />
              ))}
            </section>
          ))}
        </main>
      </body>
    </html>
  )}`;
}

function Entry({ entry: { code, status, meaning, params } }: { entry: ErrorEntry }) {
  return (
    <article id={code}>
      <h3>
        <a href={`#${code}`}>
          <span class="path">{code}</span>
        </a>
        <span class="tag">{status}</span>
      </h3>
      <p>{meaning}</p>
      {params.length > 0 && (
        <>
          <h4>Parameters</h4>
          <dl>
            {params.map(([name, example]) => (
              <div>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>
                  {typeName(example)}, such as <code>{JSON.stringify(example)}</code>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </article>
  );
}

function typeName(example: unknown): string {
  if (Array.isArray(example)) return 'list';
  if (typeof example === 'string') return /^\d{4}-\d\d-\d\dT/.test(example) ? 'instant (UTC)' : 'string';
  return Number.isInteger(example) ? 'integer' : typeof example;
}
