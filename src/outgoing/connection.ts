import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { type Allowed, isAllowedHost, refusal } from './addresses.ts';
import { OutgoingError } from './outgoing-error.ts';
import { isPinned, type Trust, tlsOptions } from './trust.ts';

/** A connection that is not there after this long (milliseconds) is given up. */
const CONNECTED_WITHIN = 10_000;

/**
 * Connections to where Lull may go, and nowhere else. What a name leads to is judged when the connection is made, and
 * that very address is connected to: a name that leads elsewhere the next time it is asked for gains nothing.
 */
export function guardedAgent(allowed: Allowed, trust: Trust | undefined): Agent {
  const connect = buildConnector({
    ...tlsOptions(trust),
    timeout: CONNECTED_WITHIN,
    lookup: guardedLookup(allowed),
  });
  return new Agent({
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      const because = isIP(host) === 0 ? undefined : refusal(host, allowed);
      if (because !== undefined) {
        callback(OutgoingError.forbidden(host, because, allowed.shared), null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null);
        } else if (trust !== undefined && 'fingerprint' in trust && !isPinned(socket, trust.fingerprint)) {
          // Nothing of the request was sent yet.
          socket.destroy();
          callback(OutgoingError.otherCertificate(host), null);
        } else {
          callback(null, socket);
        }
      });
    },
  });
}

/** Resolves a name as usual; fails when any of the answers is where Lull may not go, though another would do. */
function guardedLookup(allowed: Allowed): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`no address for ${host}`), '', 0);
        return;
      }
      if (!isAllowedHost(host, allowed)) {
        const because = addresses.map(({ address }) => refusal(address, allowed)).find((each) => each !== undefined);
        if (because !== undefined) {
          callback(OutgoingError.forbidden(host, because, allowed.shared), '', 0);
          return;
        }
      }
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}
