import { html } from 'hono/html';
import { type Description, grouped, type Operation, type Schema } from './description.ts';

/** The interface, for people: all of one document on one page that needs nothing from elsewhere. */
export function docsPage(described: Description, version: string) {
  const groups = grouped(described);
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${described.info.title}: the HTTP interface`}</title>
        <link rel="stylesheet" href={`/api/docs.css?${version}`} />
      </head>
      <body>
        <a class="skip" href="#top">
          Skip to the operations
        </a>
        <nav aria-label="Operations">
          <p class="home">
            <a href="#top">{described.info.title}</a>
          </p>
          {groups.map(({ name, operations }) => (
            <details>
              <summary>{name}</summary>
              <ul>
                {operations.map(({ operationId, method, path }) => (
                  <li>
                    <a href={`#${operationId}`}>
                      <Method method={method} /> {path}
                    </a>
                  </li>
                ))}
              </ul>
            </details>
          ))}
          <p>
            <a href="#schemas">Schemas</a>
          </p>
          <p>
            <a href="/api/docs/errors">Error codes</a>
          </p>
        </nav>
        <main id="top" tabindex={-1}>
          <h1>The HTTP interface</h1>
          {described.info.description.split('\n\n').map((paragraph) => (
            <p class="lead">
              <Marked text={paragraph} />
            </p>
          ))}
          <p class="lead">
            <a href="/api/v1/openapi.json">openapi.json</a> is the same for tools: OpenAPI 3.1.
          </p>
          {groups.map(({ name, about, operations }) => (
            <section aria-labelledby={anchorOf(name)}>
              <h2 id={anchorOf(name)}>{name}</h2>
              {about !== '' && <p class="soft">{about}</p>}
              {operations.map((operation) => (
                <Article operation={operation} />
              ))}
            </section>
          ))}
          <section aria-labelledby="schemas">
            <h2 id="schemas">Schemas</h2>
            {Object.entries(described.components.schemas).map(([name, schema]) => (
              <article id={`schema-${name}`}>
                <h3>{name}</h3>
                <Properties schema={schema} />
              </article>
            ))}
          </section>
        </main>
      </body>
    </html>
  )}`;
}

function Article({ operation }: { operation: Operation }) {
  const { operationId, method, path, summary, description, parameters, requestBody, responses, security } = operation;
  const open = security?.some((each) => Object.keys(each).length === 0) === true;
  const parts = [
    ['In the path', parameters.filter((parameter) => parameter.in === 'path')],
    ['Parameters', parameters.filter((parameter) => parameter.in === 'query')],
    ['Headers', parameters.filter((parameter) => parameter.in === 'header')],
  ] as const;
  return (
    <article id={operationId}>
      <h3>
        <a href={`#${operationId}`}>
          <Method method={method} /> <span class="path">/api/v1{path}</span>
        </a>
      </h3>
      <p>
        {summary}
        {open && <span class="tag">readable without a token</span>}
      </p>
      {description !== undefined && (
        <p class="soft">
          <Marked text={description} />
        </p>
      )}
      {parts.map(
        ([title, shown]) =>
          shown.length > 0 && (
            <>
              <h4>{title}</h4>
              <dl>
                {shown.map(({ name, schema, required, description: said }) => (
                  <Entry
                    name={name}
                    schema={{ ...schema, description: said ?? schema.description }}
                    required={required}
                  />
                ))}
              </dl>
            </>
          ),
      )}
      {requestBody !== undefined && (
        <>
          <h4>{requestBody.required ? 'Body' : 'Body, which may be left out'}</h4>
          {Object.entries(requestBody.content).map(([type, { schema }]) => (
            <p>
              {type}: <Type schema={schema ?? {}} />
            </p>
          ))}
        </>
      )}
      <h4>Answers</h4>
      <dl>
        {Object.entries(responses).map(([status, response]) => (
          <div>
            <dt>{status}</dt>
            <dd>
              {'description' in response && <Marked text={response.description} />}
              {'content' in response &&
                Object.values(response.content ?? {}).map(({ schema }) => (
                  <>
                    {' '}
                    <Type schema={schema ?? {}} />
                  </>
                ))}
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

function Method({ method }: { method: string }) {
  return <span class={`method ${method}`}>{method.toUpperCase()}</span>;
}

function Entry({ name, schema, required }: { name: string; schema: Schema; required: boolean }) {
  return (
    <div>
      <dt>
        <code>{name}</code>
        {required && <span class="soft"> required</span>}
      </dt>
      <dd>
        <Type schema={schema} />
        {schema.description !== undefined && (
          <>
            {'. '}
            <Marked text={schema.description} />
          </>
        )}
        {schema.default !== undefined && (
          <span class="soft">
            {' '}
            Left out: <code>{JSON.stringify(schema.default)}</code>.
          </span>
        )}
        {schema.example !== undefined && (
          <span class="soft">
            {' '}
            Such as <code>{JSON.stringify(schema.example)}</code>.
          </span>
        )}
      </dd>
    </div>
  );
}

function Properties({ schema }: { schema: Schema }) {
  const parts = [schema, ...(schema.allOf ?? [])];
  const refs = parts.filter((part) => part.$ref !== undefined);
  const properties = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  if (properties.length === 0 && refs.length === 0) {
    return (
      <p>
        <Type schema={schema} />
      </p>
    );
  }
  return (
    <>
      {refs.map((part) => (
        <p>
          Everything of <Type schema={part} />, and:
        </p>
      ))}
      <dl>
        {properties.map(([name, property]) => (
          <Entry name={name} schema={property} required={required.has(name)} />
        ))}
      </dl>
    </>
  );
}

/** What a value is, in a few words, with a link to what has a name. */
function Type({ schema }: { schema: Schema }) {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return <a href={`#schema-${name}`}>{name}</a>;
  }
  const either = schema.oneOf ?? schema.anyOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (either !== undefined) {
    return (
      <>
        {either.map((part, index) => (
          <>
            {index > 0 && ' or '}
            <Type schema={part} />
          </>
        ))}
      </>
    );
  }
  if (schema.items !== undefined) {
    return (
      <>
        {[schema.type].flat().includes('null') && 'null, or '}list of <Type schema={schema.items} />
      </>
    );
  }
  if (schema.enum !== undefined) {
    return (
      <>
        {schema.enum.map((value, index) => (
          <>
            {index > 0 && ', '}
            <code>{String(value)}</code>
          </>
        ))}
      </>
    );
  }
  const inside = Object.entries(schema.properties ?? {});
  const words = [schema.type ?? 'anything'].flat().join(' or ');
  return (
    <>
      {inside.length > 0 ? 'object of ' : words}
      {inside.map(([name, property], index) => (
        <>
          {index > 0 && ', '}
          <code>{name}</code> (<Type schema={property} />)
        </>
      ))}
      {schema.format !== undefined && ` (${schema.format})`}
    </>
  );
}

/** Text in which `this` is code. */
function Marked({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}

function anchorOf(part: string): string {
  return `tag-${part.replaceAll(' ', '-')}`;
}
