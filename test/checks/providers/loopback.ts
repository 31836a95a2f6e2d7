import { OutboundClient } from '../../../src/platform/outbound/client.ts';
import { LOOPBACK } from './connected.ts';

/** The way out as it is configured to reach this machine, where the servers of the tests are. */
export function loopback(): OutboundClient {
  return new OutboundClient({ allowed: LOOPBACK });
}
