import { html } from 'hono/html';
import type { Comment } from '../comments/repository.ts';
import { facts } from '../core/fields.ts';
import { CONTENT_FIELDS } from '../maintenance/fields.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { Overview } from './overview.ts';
import { describeStatus, formatTimes } from './parts.tsx';
import { momentText, zoneText } from './times.ts';

type AtomInput = { title: string; origin: string; path: string; overview: Overview };

/** An Atom feed (RFC 4287) with an entry for each maintenance, last changed first. `path` is the feed's own. */
export function atomText({ title, origin, path, overview }: AtomInput) {
  const { active, coming, past, account, now, at } = overview;
  const dated = [...active, ...coming, ...past]
    .map((maintenance) => {
      const comments = overview.comments.get(maintenance.id) ?? [];
      return { maintenance, comments, updated: lastUpdate(maintenance, comments) };
    })
    .sort((a, b) => b.updated.getTime() - a.updated.getTime() || b.maintenance.id - a.maintenance.id);
  return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${origin}${path}</id>
  <title>${printable(title)}</title>
  <author><name>Lull</name></author>
  <link rel="self" type="application/atom+xml" href="${origin}${path}"/>
  <link rel="alternate" type="text/html" href="${origin}/${at}"/>
  <updated>${(dated[0]?.updated ?? new Date(0)).toISOString()}</updated>
${dated.map(
  ({ maintenance, comments, updated }) => html`  <entry>
    <id>${origin}/maintenances/${maintenance.id}</id>
    <title>${printable(`${describeStatus(maintenance).label}: ${maintenance.name}`)}</title>
    <link rel="alternate" type="text/html" href="${origin}/maintenances/${maintenance.id}${at}"/>
    <published>${maintenance.createdAt.toISOString()}</published>
    <updated>${updated.toISOString()}</updated>
    <content type="text">${printable(formatContent(maintenance, comments, account.timezone, now))}</content>
  </entry>
`,
)}</feed>
`;
}

function lastUpdate({ updatedAt }: Maintenance, comments: readonly Comment[]): Date {
  return new Date(Math.max(updatedAt.getTime(), ...comments.map(({ createdAt }) => createdAt.getTime())));
}

function formatContent(maintenance: Maintenance, comments: readonly Comment[], zone: string, now: Date): string {
  return [
    formatTimes(maintenance, zone, now),
    maintenance.services.map(({ name }) => name).join(', '),
    ...facts(CONTENT_FIELDS, maintenance)
      .filter(({ place }) => place === 'main')
      .map(({ label, text }) => `${label}: ${text}`),
    maintenance.description,
    ...comments.map(({ createdAt: at, text }) => `${momentText(at, zone, now)} ${zoneText(at, zone)}: ${text}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Removes characters that XML cannot contain. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '').toWellFormed();
}
