import { describe, expect, it } from 'vitest';
import { UnreadableSecret, Vault } from '../../src/platform/vault.ts';

const vault = new Vault(['the first key, of some length']);

describe('a secret kept in the database', () => {
  it('is decrypted unchanged, and its ciphertext does not contain it', () => {
    for (const secret of ['xoxb-1-abc', '', 'ünïcode 🔑\0', 'x'.repeat(10_000)]) {
      const sealed = vault.seal(secret, 'installation:T01');
      expect(vault.open(sealed, 'installation:T01')).toBe(secret);
      if (secret !== '') expect(sealed).not.toContain(secret);
    }
  });

  it('is encrypted differently each time', () => {
    expect(vault.seal('same', 'a')).not.toBe(vault.seal('same', 'a'));
  });

  it('cannot be decrypted for another owner or with another key', () => {
    const sealed = vault.seal('secret', 'installation:T01');
    expect(() => vault.open(sealed, 'installation:T02')).toThrow(UnreadableSecret);
    expect(() => new Vault(['another key, of some length']).open(sealed, 'installation:T01')).toThrow(
      'The secret of installation:T01 cannot be read: it was kept with another key. Put the key it was kept with into LULL_ENCRYPTION_KEY.',
    );
  });

  it('is rejected if a byte was changed or it was truncated', () => {
    const sealed = vault.seal('secret', 'a');
    const [version, id, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(() => vault.open(`${version}.${id}.${changed.toString('base64url')}`, 'a')).toThrow(UnreadableSecret);
      const short = bytes.subarray(0, place).toString('base64url');
      expect(() => vault.open(`${version}.${id}.${short}`, 'a')).toThrow(UnreadableSecret);
    }
    expect(() => vault.open('nothing of the kind', 'a')).toThrow(UnreadableSecret);
  });

  it('stays readable during key rotation: the new key encrypts, the old key still decrypts', () => {
    const before = vault.seal('secret', 'a');
    const changed = new Vault(['a new key, of some length', 'the first key, of some length']);
    expect(changed.open(before, 'a')).toBe('secret');
    expect(() => vault.open(changed.seal('secret', 'a'), 'a')).toThrow(UnreadableSecret);
  });

  it('is re-encrypted once with the new key, so that the old key can be removed', () => {
    const before = vault.seal('secret', 'a');
    const changed = new Vault(['a new key, of some length', 'the first key, of some length']);
    const anew = changed.sealAnew(before, 'a') ?? '';
    expect(new Vault(['a new key, of some length']).open(anew, 'a')).toBe('secret');
    expect(changed.sealAnew(anew, 'a')).toBeUndefined();
    expect(() => changed.sealAnew(before, 'b')).toThrow(UnreadableSecret);
  });
});
