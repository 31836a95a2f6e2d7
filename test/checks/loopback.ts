import { readAllowed } from '../../src/outgoing/addresses.ts';
import { Outgoing } from '../../src/outgoing/outgoing.ts';

/** The way out as configured with `LULL_ALLOWED_ADDRESSES=127.0.0.1`: to the servers of tests. */
export function loopback(): Outgoing {
  const read = readAllowed('127.0.0.1');
  if ('wrong' in read) throw new Error(read.wrong);
  return new Outgoing({ allowed: read.allowed });
}
