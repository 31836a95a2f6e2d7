/**
 * Why a request did not get its answer, in a sentence for people. It names the host and never the rest of an address, which
 * may hold a secret.
 * - `forbidden`: it may not go there, and trying again is of no use
 * - `unreachable`: no connection, or none to a server that is trusted
 * - `late`: no whole answer in time; what was asked for may have been done
 * - `broken`: the connection broke off; what was asked for may have been done
 * - `answer`: the answer is too large, or a redirect that is not followed; trying again is of no use
 */
export class OutgoingError extends Error {
  readonly reason: 'forbidden' | 'unreachable' | 'late' | 'broken' | 'answer';

  constructor(reason: OutgoingError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutgoingError';
    this.reason = reason;
  }

  /**
   * @param because as the end of "it is ..."
   * @param shared several workspaces share this Lull, so that nothing can be allowed
   */
  static forbidden(host: string, because: string, shared = false): OutgoingError {
    const allow = shared
      ? 'Where several workspaces share Lull, only addresses on the open internet can be used'
      : `If that is meant, whoever runs Lull allows it with LULL_ALLOWED_ADDRESSES=${host}`;
    return new OutgoingError('forbidden', `${host} is not asked: it is ${because}. ${allow}.`);
  }

  static otherCertificate(host: string): OutgoingError {
    return new OutgoingError(
      'unreachable',
      `${host} shows another certificate than the one with the fingerprint given.`,
    );
  }

  /** From whatever fetch threw. @param host with its port, where it is not the usual one */
  static from(error: unknown, host: string): OutgoingError {
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      if (each instanceof OutgoingError) return each;
      if (each.name === 'TimeoutError') return new OutgoingError('late', `${host} did not answer in time.`);
      const code = codeOf(each);
      if (code !== undefined) return OutgoingError.#ofCode(code, host, error);
    }
    return new OutgoingError('unreachable', `${host} could not be asked.`, { cause: error });
  }

  static #ofCode(code: string, host: string, cause: unknown): OutgoingError {
    const known = CODES[code];
    if (known !== undefined) return new OutgoingError(known[0], known[1](host), { cause });
    if (/CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)) {
      return new OutgoingError('unreachable', `The certificate of ${host} is not trusted (${code}).`, { cause });
    }
    return new OutgoingError('broken', `The connection to ${host} failed (${code}).`, { cause });
  }
}

const late = (host: string) => `${host} did not answer in time.`;

const CODES: Readonly<Record<string, [OutgoingError['reason'], (host: string) => string]>> = {
  ENOTFOUND: ['unreachable', (host) => `There is no host named ${host}.`],
  EAI_AGAIN: ['unreachable', (host) => `The name ${host} cannot be looked up just now.`],
  ECONNREFUSED: ['unreachable', (host) => `Nothing answers at ${host}.`],
  EHOSTUNREACH: ['unreachable', (host) => `There is no way to ${host}.`],
  ENETUNREACH: ['unreachable', (host) => `There is no way to ${host}.`],
  ETIMEDOUT: ['unreachable', late],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', late],
  UND_ERR_HEADERS_TIMEOUT: ['late', late],
  UND_ERR_BODY_TIMEOUT: ['late', late],
};

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
