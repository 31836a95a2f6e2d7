/** What a check's id over there names. */
export type IcingaTarget =
  | { readonly type: 'Host'; readonly host: string }
  | { readonly type: 'Service'; readonly service: string }
  | { readonly type: 'Host' | 'Service'; readonly filter: string };

/** An id names nothing. The message says what would. */
export class NotATarget extends Error {}

const EXAMPLES =
  'db1 (a host), db1!disk (a service), hosts:"db" in host.groups or services:service.vars.app=="shop" (filters)';

/**
 * `db1` is a host and `db1!disk` a service, as Icinga names them. `hosts:` or `services:` begin a filter in Icinga's own
 * language, such as `services:service.vars.app=="shop"`; whether it is one is Icinga's to say.
 * @see https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/#advanced-filters
 * @throws NotATarget
 */
export function readTarget(externalId: string): IcingaTarget {
  const [, types, filter] = /^(hosts|services):\s*(.*)$/s.exec(externalId) ?? [];
  if (types !== undefined) {
    if (!filter) throw new NotATarget(`${JSON.stringify(externalId)} lacks the filter. Write ${EXAMPLES}.`);
    return { type: types === 'hosts' ? 'Host' : 'Service', filter };
  }
  const [host = '', service, ...more] = externalId.split('!');
  if (host === '' || service === '' || more.length > 0) {
    throw new NotATarget(`${JSON.stringify(externalId)} is no host and no service. Write ${EXAMPLES}.`);
  }
  return service === undefined ? { type: 'Host', host } : { type: 'Service', service: externalId };
}

/** What is wrong with an id; undefined when it names something. */
export function validateTarget(externalId: string): string | undefined {
  try {
    readTarget(externalId);
    return undefined;
  } catch (error) {
    if (error instanceof NotATarget) return error.message;
    throw error;
  }
}
