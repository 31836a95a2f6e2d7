import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** The length that GCM is designed for (NIST SP 800-38D, 5.2.1.1). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** A secret cannot be read with the configured keys. */
export class UnreadableSecret extends Error {
  constructor(purpose: string, why: string) {
    super(`The secret of ${purpose} cannot be read: ${why}. Put the key it was kept with into LULL_ENCRYPTION_KEY.`);
  }
}

/** Seals secrets (tokens, passwords) for the database and opens them again. */
export class Vault {
  readonly #keys: readonly { readonly id: string; readonly key: Buffer }[];

  /** @param keys random, as they are hashed, not stretched. The first seals, all open: to rotate, put a new one first. */
  constructor(keys: readonly [string, ...string[]]) {
    this.#keys = keys.map((text) => {
      const key = createHash('sha256').update(`lull encryption key\0${text}`).digest();
      return { id: createHash('sha256').update(key).digest('base64url').slice(0, 8), key };
    });
  }

  /** @param purpose such as `installation:T01`: a secret opens only for the same, so that a copied row is useless. */
  seal(secret: string, purpose: string): string {
    const [first] = this.#keys;
    if (first === undefined) throw new Error('a vault without a key');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, first.key, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${first.id}.${body.toString('base64url')}`;
  }

  /** @throws UnreadableSecret when it was sealed with another key, for another purpose, or was changed since */
  open(sealed: string, purpose: string): string {
    const [version, id, body = ''] = sealed.split('.');
    if (version !== VERSION)
      throw new UnreadableSecret(purpose, 'it is kept in a form that this version does not know');
    const known = this.#keys.find((each) => each.id === id);
    if (known === undefined) throw new UnreadableSecret(purpose, 'it was kept with another key');
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, known.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      throw new UnreadableSecret(purpose, 'it was changed, or kept for something else');
    }
  }

  /** The same secret, sealed with the first key; undefined when it is already. @throws UnreadableSecret */
  sealAnew(sealed: string, purpose: string): string | undefined {
    const secret = this.open(sealed, purpose);
    return sealed.startsWith(`${VERSION}.${this.#keys[0]?.id}.`) ? undefined : this.seal(secret, purpose);
  }
}
