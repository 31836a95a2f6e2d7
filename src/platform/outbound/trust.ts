import { X509Certificate } from 'node:crypto';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/**
 * Whose certificate is taken where it is not one that everybody trusts: certificates (PEM) that may sign it, in the place
 * of the public ones; or the SHA-256 fingerprint of the server's own, whatever it says of itself.
 */
export type Trust = { readonly ca: string } | { readonly fingerprint: string };

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads what a person pasted: PEM certificates, or a SHA-256 fingerprint as `openssl x509 -fingerprint -sha256` prints it.
 * @returns undefined when it is neither
 */
export function readTrust(text: string): Trust | undefined {
  const certificates = text.match(PEM);
  if (certificates !== null) {
    return certificates.every(isCertificate) ? { ca: certificates.join('\n') } : undefined;
  }
  const hex = text
    .trim()
    .replace(/^.*fingerprint *=/i, '')
    .replaceAll(/[: ]/g, '')
    .toUpperCase();
  return /^[0-9A-F]{64}$/.test(hex) ? { fingerprint: hex } : undefined;
}

/** What a connection is opened with. A pinned certificate is looked at by `isPinned`, not by the TLS library. */
export function tlsOptions(trust: Trust | undefined) {
  if (trust === undefined) return {};
  if ('ca' in trust) return { ca: trust.ca };
  // A resumed session brings no certificate to look at.
  return { rejectUnauthorized: false, maxCachedSessions: 0 };
}

/** Whether the server on the other end showed the certificate with this fingerprint. */
export function isPinned(socket: unknown, fingerprint: string): boolean {
  if (!(socket instanceof TLSSocket)) return false;
  const shown: Partial<PeerCertificate> = socket.getPeerCertificate();
  return shown.fingerprint256?.replaceAll(':', '') === fingerprint;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
