import { X509Certificate } from 'node:crypto';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** A server's certificate is accepted if one of these certificates (PEM) signed it, or if it has this SHA-256 fingerprint. */
export type Trust = { readonly ca: string } | { readonly fingerprint: string };

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Parses PEM certificates, or the fingerprint `openssl x509 -fingerprint -sha256` prints; else undefined. */
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

/** Options of a TLS connection. `isPinned` checks a fingerprint, which TLS itself cannot. */
export function tlsOptions(trust: Trust | undefined) {
  if (trust === undefined) return {};
  if ('ca' in trust) return { ca: trust.ca };
  // A resumed session has no certificate to check.
  return { rejectUnauthorized: false, maxCachedSessions: 0 };
}

export function isPinned(socket: unknown, fingerprint: string): boolean {
  if (!(socket instanceof TLSSocket)) return false;
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  return certificate.fingerprint256?.replaceAll(':', '') === fingerprint;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
