import { html } from 'hono/html';
import { UserError } from '../../core/errors.ts';
import { ERRORS } from '../../errors.ts';
import { httpErrorText } from '../../texts/http-errors.ts';
import { docsPages } from '../../texts/pages.ts';
import { type DescribedOperation, type Document, listOperations } from '../document.ts';
import { HTTP_ERRORS } from '../errors.ts';
import { STATUS_BY_KIND, STATUS_TITLES, toWire } from '../problem.ts';

type SchemaOrRef = NonNullable<NonNullable<Document['components']>['schemas']>[string];
type Schema = Exclude<SchemaOrRef, { $ref: string }>;
type Html = ReturnType<typeof html>;
type Content = Html | readonly Content[] | string | false | undefined;

interface PageOptions {
  readonly title: string;
  /** Of the style sheet, in its address. */
  readonly version: string;
  readonly skip: string;
  readonly label: string;
  readonly home: string;
  readonly navigation: Content;
}

const page = ({ title, version, skip, label, home, navigation }: PageOptions, content: Content) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>${title}</title>
    <link rel="stylesheet" href="/api/docs.css?${version}"/>
  </head>
  <body>
    <a class="skip" href="#top">${skip}</a>
    <nav aria-label="${label}"><p class="home"><a href="${home}">Lull</a></p>${navigation}</nav>
    <main id="top" tabindex="-1">${content}</main>
  </body>
</html>`;

const navigationGroup = (name: string | number, entries: Content) =>
  html`<details><summary>${name}</summary><ul>${entries}</ul></details>`;

/** The whole OpenAPI document on one page that loads nothing from elsewhere. */
export function docsPage(document: Document, version: string) {
  const { title, skip, navigation: label, heading, schemas, documentIs } = docsPages.operations;
  const all = listOperations(document);
  const groups = (document.tags ?? []).map(({ name, description }) => ({
    name,
    description,
    anchor: `tag-${name.replaceAll(' ', '-')}`,
    operations: all.filter(({ described }) => described.tags?.[0] === name),
  }));
  const navigation = [
    groups.map(({ name, operations }) =>
      navigationGroup(
        name,
        operations.map(
          ({ path, method, described }) =>
            html`<li><a href="#${described.operationId}">${methodLabel(method)} ${path}</a></li>`,
        ),
      ),
    ),
    html`<p><a href="#schemas">${schemas}</a></p>`,
    html`<p><a href="/api/docs/errors">${docsPages.errors.heading}</a></p>`,
  ];
  return page({ title, version, skip, label, home: '#top', navigation }, [
    html`<h1>${heading}</h1>`,
    document.info.description?.split('\n\n').map(lead),
    html`<p class="lead"><a href="/api/v1/openapi.json">openapi.json</a> ${documentIs}</p>`,
    groups.map(
      ({ name, description, anchor, operations }) => html`<section aria-labelledby="${anchor}">
        <h2 id="${anchor}">${name}</h2>
        <p class="soft">${description}</p>
        ${operations.map(operationArticle)}
      </section>`,
    ),
    html`<section aria-labelledby="schemas">
      <h2 id="schemas">${schemas}</h2>
      ${Object.entries(document.components?.schemas ?? {}).map(
        ([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>${propertyList(schema)}</article>`,
      )}
    </section>`,
  ]);
}

function operationArticle({
  path,
  method,
  described,
}: {
  path: string;
  method: string;
  described: DescribedOperation;
}) {
  const { operationId, summary, description, parameters = [], requestBody, responses, security } = described;
  const texts = docsPages.operations;
  const open = security?.some((each) => Object.keys(each).length === 0) === true;
  const [role] = security?.[0]?.token ?? [];
  const body = requestBody && !('$ref' in requestBody) ? requestBody : undefined;
  const parameterLists = (['path', 'query', 'header'] as const).map((place) => {
    const shown = parameters.flatMap((each) => ('$ref' in each || each.in !== place ? [] : [each]));
    const entries = shown.map(({ name, schema = {}, required, description }) =>
      entry(name, schema, required, description),
    );
    return shown.length > 0 && html`<h4>${texts.parameters[place]}</h4><dl>${entries}</dl>`;
  });
  const bodyTypes = Object.entries(body?.content ?? {}).map(
    ([type, { schema = {} }]) => html`<p>${type}: ${typeText(schema)}</p>`,
  );
  const responseEntries = Object.entries(responses ?? {}).map(([status, { description, content = {} }]) => {
    const types = Object.values<{ schema?: SchemaOrRef }>(content).map(({ schema = {} }) => [' ', typeText(schema)]);
    return html`<div><dt>${status}</dt><dd>${marked(description)}${types}</dd></div>`;
  });
  return html`<article id="${operationId}">
    <h3><a href="#${operationId}">${methodLabel(method)} <span class="path">/api/v1${path}</span></a></h3>
    <p>${summary}${open && html`<span class="tag">${texts.isPublic}</span>`}${role && html`<span class="tag">${texts.role(role)}</span>`}</p>
    ${description !== undefined && html`<p class="soft">${marked(description)}</p>`}
    ${parameterLists}
    ${body && html`<h4>${body.required ? texts.body : texts.optionalBody}</h4>${bodyTypes}`}
    <h4>${texts.responses}</h4>
    <dl>${responseEntries}</dl>
  </article>`;
}

const methodLabel = (method: string) => html`<span class="method ${method}">${method.toUpperCase()}</span>`;

/** @param description instead of that in the schema */
function entry(name: string, schema: SchemaOrRef, required = false, description = schema.description) {
  const { default: initial, example }: Schema = '$ref' in schema ? {} : schema;
  const texts = docsPages.operations;
  return html`<div>
    <dt><code>${name}</code>${required && html`<span class="soft"> ${texts.required}</span>`}</dt>
    <dd>${typeText(schema)}${description !== undefined && ['. ', marked(description)]}${[
      valueText(texts.leftOut, initial),
      valueText(texts.suchAs, example),
    ]}</dd>
  </div>`;
}

const valueText = (label: string, value: unknown) =>
  value !== undefined && html`<span class="soft"> ${label} <code>${JSON.stringify(value)}</code>.</span>`;

function propertyList(schema: SchemaOrRef) {
  const parts = [schema, ...(('allOf' in schema && schema.allOf) || [])];
  const refs = parts.filter((part) => '$ref' in part);
  const objects = parts.flatMap((part) => ('$ref' in part ? [] : [part]));
  const properties = objects.flatMap((part) => Object.entries(part.properties ?? {}));
  const required = objects.flatMap((part) => part.required ?? []);
  if (properties.length === 0 && refs.length === 0) return html`<p>${typeText(schema)}</p>`;
  const { everythingOf, and } = docsPages.operations;
  return html`${refs.map((part) => html`<p>${everythingOf} ${typeText(part)}, ${and}</p>`)}
    <dl>${properties.map(([name, property]) => entry(name, property, required.includes(name)))}</dl>`;
}

/** A type in a few words, with links to named schemas. */
function typeText(schema: SchemaOrRef): Html {
  if ('$ref' in schema) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const either = schema.oneOf ?? schema.anyOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (either !== undefined) return html`${join(either.map(typeText), ' or ')}`;
  if (schema.items !== undefined) {
    return html`${[schema.type].flat().includes('null') && 'null, or '}list of ${typeText(schema.items)}`;
  }
  if (schema.enum !== undefined) return html`${join(schema.enum.map((value) => html`<code>${String(value)}</code>`))}`;
  const inside = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => html`<code>${name}</code> (${typeText(property)})`,
  );
  const type = inside.length > 0 ? 'object of ' : [schema.type ?? 'anything'].flat().join(' or ');
  return html`${type}${join(inside)}${schema.format !== undefined && ` (${schema.format})`}`;
}

const join = (items: readonly Content[], separator = ', ') =>
  items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));

const lead = (text: string) => html`<p class="lead">${marked(text)}</p>`;

/** Text in which `this` is code. */
const marked = (text: string) =>
  html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

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
  const { title, skip, heading, leads } = docsPages.errors;
  const groups = [...new Set(ERROR_ENTRIES.map(({ status }) => status))].map((status) => ({
    status,
    entries: ERROR_ENTRIES.filter((entry) => entry.status === status),
  }));
  const navigation = groups.map(({ status, entries }) =>
    navigationGroup(
      status,
      entries.map(({ code }) => html`<li><a class="code" href="#${code}">${code}</a></li>`),
    ),
  );
  return page({ title, version, skip, label: heading, home: '/api/docs', navigation }, [
    html`<h1>${heading}</h1>`,
    leads.map(lead),
    groups.map(
      ({ status, entries }) => html`<section aria-labelledby="status-${status}">
        <h2 id="status-${status}">${status} ${STATUS_TITLES[status]}</h2>
        ${entries.map(errorArticle)}
      </section>`,
    ),
  ]);
}

function errorArticle({ code, status, meaning, params }: ErrorEntry) {
  const examples = Object.entries(params).map(
    ([name, example]) => html`<div>
      <dt><code>${name}</code></dt>
      <dd>${typeName(example)}, such as <code>${JSON.stringify(example)}</code></dd>
    </div>`,
  );
  return html`<article id="${code}">
    <h3><a href="#${code}"><span class="path">${code}</span></a><span class="tag">${status}</span></h3>
    <p>${meaning}</p>
    ${examples.length > 0 && html`<h4>${docsPages.operations.parameters.query}</h4><dl>${examples}</dl>`}
  </article>`;
}

function typeName(example: unknown): string {
  if (Array.isArray(example)) return 'list';
  if (typeof example === 'string') return /^\d{4}-\d\d-\d\dT/.test(example) ? 'instant (UTC)' : 'string';
  return Number.isInteger(example) ? 'integer' : typeof example;
}
