import { html } from 'hono/html';
import type { Child, PropsWithChildren } from 'hono/jsx';
import { UserError } from '../../core/errors.ts';
import { ERRORS } from '../../errors.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { docsPages } from '../../texts/pages.ts';
import { type DescribedOperation, type Document, listOperations } from '../document.ts';
import { HTTP_ERRORS } from '../errors.ts';
import { STATUS_BY_KIND, STATUS_TITLES, toWire } from '../problem.ts';

type SchemaOrRef = NonNullable<NonNullable<Document['components']>['schemas']>[string];
type Schema = Exclude<SchemaOrRef, { $ref: string }>;

interface PageOptions {
  readonly title: string;
  /** Of the style sheet, in its address. */
  readonly version: string;
  readonly skip: string;
  readonly navigation: { readonly label: string; readonly home: string; readonly content: Child };
}

function page({ title, version, skip, navigation }: PageOptions, content: Child) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="stylesheet" href={`/api/docs.css?${version}`} />
      </head>
      <body>
        <a class="skip" href="#top">
          {skip}
        </a>
        <nav aria-label={navigation.label}>
          <p class="home">
            <a href={navigation.home}>Lull</a>
          </p>
          {navigation.content}
        </nav>
        <main id="top" tabindex={-1}>
          {content}
        </main>
      </body>
    </html>
  )}`;
}

function NavigationGroup({ name, children }: PropsWithChildren<{ name: string | number }>) {
  return (
    <details>
      <summary>{name}</summary>
      <ul>{children}</ul>
    </details>
  );
}

/** The whole OpenAPI document on one page that loads nothing from elsewhere. */
export function docsPage(document: Document, version: string) {
  const texts = docsPages.operations;
  const all = listOperations(document);
  const groups = (document.tags ?? []).map(({ name, description }) => ({
    name,
    description,
    anchor: `tag-${name.replaceAll(' ', '-')}`,
    operations: all.filter(({ described }) => described.tags?.[0] === name),
  }));
  const content = (
    <>
      {groups.map(({ name, operations }) => (
        <NavigationGroup name={name}>
          {operations.map(({ path, method, described }) => (
            <li>
              <a href={`#${described.operationId}`}>
                <Method method={method} /> {path}
              </a>
            </li>
          ))}
        </NavigationGroup>
      ))}
      <p>
        <a href="#schemas">{texts.schemas}</a>
      </p>
      <p>
        <a href="/api/docs/errors">{docsPages.errors.heading}</a>
      </p>
    </>
  );
  return page(
    { title: texts.title, version, skip: texts.skip, navigation: { label: texts.navigation, home: '#top', content } },
    <>
      <h1>{texts.heading}</h1>
      {document.info.description?.split('\n\n').map((paragraph) => (
        <Lead text={paragraph} />
      ))}
      <p class="lead">
        <a href="/api/v1/openapi.json">openapi.json</a> {texts.documentIs}
      </p>
      {groups.map(({ name, description, anchor, operations }) => (
        <section aria-labelledby={anchor}>
          <h2 id={anchor}>{name}</h2>
          <p class="soft">{description}</p>
          {operations.map(({ path, method, described }) => (
            <Operation path={path} method={method} described={described} />
          ))}
        </section>
      ))}
      <section aria-labelledby="schemas">
        <h2 id="schemas">{texts.schemas}</h2>
        {Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => (
          <article id={`schema-${name}`}>
            <h3>{name}</h3>
            <Properties schema={schema} />
          </article>
        ))}
      </section>
    </>,
  );
}

function Operation(props: { path: string; method: string; described: DescribedOperation }) {
  const { operationId, summary, description, parameters = [], requestBody, responses, security } = props.described;
  const texts = docsPages.operations;
  const open = security?.some((each) => Object.keys(each).length === 0) === true;
  const body = requestBody && !('$ref' in requestBody) ? requestBody : undefined;
  return (
    <article id={operationId}>
      <h3>
        <a href={`#${operationId}`}>
          <Method method={props.method} /> <span class="path">/api/v1{props.path}</span>
        </a>
      </h3>
      <p>
        {summary}
        {open && <span class="tag">{texts.isPublic}</span>}
      </p>
      {description !== undefined && (
        <p class="soft">
          <Marked text={description} />
        </p>
      )}
      {(['path', 'query', 'header'] as const).map((place) => {
        const shown = parameters.flatMap((each) => ('$ref' in each || each.in !== place ? [] : [each]));
        if (shown.length === 0) return undefined;
        return (
          <>
            <h4>{texts.parameters[place]}</h4>
            <dl>
              {shown.map(({ name, schema = {}, required, description }) => (
                <Entry name={name} schema={schema} required={required} description={description} />
              ))}
            </dl>
          </>
        );
      })}
      {body && (
        <>
          <h4>{body.required ? texts.body : texts.optionalBody}</h4>
          {Object.entries(body.content).map(([type, { schema = {} }]) => (
            <p>
              {type}: <Type schema={schema} />
            </p>
          ))}
        </>
      )}
      <h4>{texts.responses}</h4>
      <dl>
        {Object.entries(responses ?? {}).map(([status, { description, content = {} }]) => (
          <div>
            <dt>{status}</dt>
            <dd>
              <Marked text={description} />
              {Object.values<{ schema?: SchemaOrRef }>(content).map(({ schema = {} }) => (
                <>
                  {' '}
                  <Type schema={schema} />
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

interface EntryProps {
  readonly name: string;
  readonly schema: SchemaOrRef;
  readonly required: boolean | undefined;
  /** Instead of the description in the schema. */
  readonly description?: string | undefined;
}

function Entry({ name, schema, required, description = schema.description }: EntryProps) {
  const { default: initial, example }: Schema = '$ref' in schema ? {} : schema;
  return (
    <div>
      <dt>
        <code>{name}</code>
        {required && <span class="soft"> {docsPages.operations.required}</span>}
      </dt>
      <dd>
        <Type schema={schema} />
        {description !== undefined && (
          <>
            {'. '}
            <Marked text={description} />
          </>
        )}
        <Value label={docsPages.operations.leftOut} value={initial} />
        <Value label={docsPages.operations.suchAs} value={example} />
      </dd>
    </div>
  );
}

function Value({ label, value }: { label: string; value: unknown }) {
  if (value === undefined) return null;
  return (
    <span class="soft">
      {' '}
      {label} <code>{JSON.stringify(value)}</code>.
    </span>
  );
}

function Properties({ schema }: { schema: SchemaOrRef }) {
  const parts = [schema, ...(('allOf' in schema && schema.allOf) || [])];
  const refs = parts.filter((part) => '$ref' in part);
  const objects = parts.flatMap((part) => ('$ref' in part ? [] : [part]));
  const properties = objects.flatMap((part) => Object.entries(part.properties ?? {}));
  const required = objects.flatMap((part) => part.required ?? []);
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
          {docsPages.operations.everythingOf} <Type schema={part} />, {docsPages.operations.and}
        </p>
      ))}
      <dl>
        {properties.map(([name, property]) => (
          <Entry name={name} schema={property} required={required.includes(name)} />
        ))}
      </dl>
    </>
  );
}

/** A type in a few words, with links to named schemas. */
function Type({ schema }: { schema: SchemaOrRef }) {
  if ('$ref' in schema) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return <a href={`#schema-${name}`}>{name}</a>;
  }
  const either = schema.oneOf ?? schema.anyOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (either !== undefined) return <List items={either.map((part) => <Type schema={part} />)} separator=" or " />;
  if (schema.items !== undefined) {
    return (
      <>
        {[schema.type].flat().includes('null') && 'null, or '}list of <Type schema={schema.items} />
      </>
    );
  }
  if (schema.enum !== undefined) return <List items={schema.enum.map((value) => <code>{String(value)}</code>)} />;
  const inside = Object.entries(schema.properties ?? {}).map(([name, property]) => (
    <>
      <code>{name}</code> (<Type schema={property} />)
    </>
  ));
  return (
    <>
      {inside.length > 0 ? 'object of ' : [schema.type ?? 'anything'].flat().join(' or ')}
      <List items={inside} />
      {schema.format !== undefined && ` (${schema.format})`}
    </>
  );
}

function List({ items, separator = ', ' }: { items: readonly Child[]; separator?: string }) {
  return <>{items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]))}</>;
}

function Lead({ text }: { text: string }) {
  return (
    <p class="lead">
      <Marked text={text} />
    </p>
  );
}

/** Text in which `this` is code. */
function Marked({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}

interface ErrorEntry {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  /** Example values; none for errors of the interface itself. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Every code that `type` can end in. */
const ERROR_ENTRIES: readonly ErrorEntry[] = [
  ...ERRORS.map(({ code, kind, example }) => ({
    code,
    status: STATUS_BY_KIND[kind],
    meaning: httpErrorText(new UserError({ code, kind, params: example, problems: [] })),
    params: toWire(example),
  })),
  ...Object.entries(HTTP_ERRORS).map(([code, entry]) => ({ code, ...entry, params: {} })),
].sort((a, b) => a.status - b.status || a.code.localeCompare(b.code));

/** The error codes, generated from the registry. Each code is an anchor. */
export function errorsPage(version: string) {
  const texts = docsPages.errors;
  const statuses = [...new Set(ERROR_ENTRIES.map(({ status }) => status))];
  const groups = statuses.map((status) => ({
    status,
    entries: ERROR_ENTRIES.filter((entry) => entry.status === status),
  }));
  const content = groups.map(({ status, entries }) => (
    <NavigationGroup name={status}>
      {entries.map(({ code }) => (
        <li>
          <a class="code" href={`#${code}`}>
            {code}
          </a>
        </li>
      ))}
    </NavigationGroup>
  ));
  return page(
    { title: texts.title, version, skip: texts.skip, navigation: { label: texts.heading, home: '/api/docs', content } },
    <>
      <h1>{texts.heading}</h1>
      {texts.leads.map((text) => (
        <Lead text={text} />
      ))}
      {groups.map(({ status, entries }) => (
        <section aria-labelledby={`status-${status}`}>
          <h2 id={`status-${status}`}>
            {status} {STATUS_TITLES[status]}
          </h2>
          {entries.map((entry) => (
            <ErrorArticle entry={entry} />
          ))}
        </section>
      ))}
    </>,
  );
}

function ErrorArticle({ entry: { code, status, meaning, params } }: { entry: ErrorEntry }) {
  const examples = Object.entries(params);
  return (
    <article id={code}>
      <h3>
        <a href={`#${code}`}>
          <span class="path">{code}</span>
        </a>
        <span class="tag">{status}</span>
      </h3>
      <p>{meaning}</p>
      {examples.length > 0 && (
        <>
          <h4>{docsPages.operations.parameters.query}</h4>
          <dl>
            {examples.map(([name, example]) => (
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
