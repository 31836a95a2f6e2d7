import { SERVICE_STATUSES, type ServiceStatus, type Visibility } from '../maintenance/status.ts';

/** Anything unknown is treated as the stricter one. */
export function readVisibility(text: string): Visibility {
  return text === 'public' ? 'public' : 'internal';
}

/** The column has a constraint with the same words, so anything else means the database and the code differ. */
export function readServiceStatus(text: string): ServiceStatus {
  const status = SERVICE_STATUSES.find((known) => known === text);
  if (status === undefined)
    throw new Error(`service status is ${JSON.stringify(text)}, expected one of ${SERVICE_STATUSES.join(', ')}`);
  return status;
}

/** Comparing without case is a pattern match in PostgreSQL: this is the pattern for a text itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

export const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

/** A text to look for. PostgreSQL takes none with U+0000, and none is stored: U+FFFD stands for it, looked for in vain. */
export function searchText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
