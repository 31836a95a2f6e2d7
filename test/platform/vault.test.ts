import { describe, expect, it } from 'vitest';
import { UnreadableSecret, Vault } from '../../src/platform/vault.ts';

const vault = new Vault(['the first key, of some length']);

describe('a secret kept in the database', () => {
  it('comes back as it was, whatever it holds, and shows nothing of itself', () => {
    for (const secret of ['xoxb-1-abc', '', 'ünïcode 🔑\0', 'x'.repeat(10_000)]) {
      const sealed = vault.seal(secret, 'installation:T01');
      expect(vault.open(sealed, 'installation:T01')).toBe(secret);
      if (secret !== '') expect(sealed).not.toContain(secret);
    }
  });

  it('looks different each time', () => {
    expect(vault.seal('same', 'a')).not.toBe(vault.seal('same', 'a'));
  });

  it('opens for nobody else', () => {
    const sealed = vault.seal('secret', 'installation:T01');
    expect(() => vault.open(sealed, 'installation:T02')).toThrow(UnreadableSecret);
    expect(() => new Vault(['another key, of some length']).open(sealed, 'installation:T01')).toThrow(
      'The secret of installation:T01 cannot be read: it was kept with another key. Put the key it was kept with into LULL_ENCRYPTION_KEY.',
    );
  });

  it('is refused when a byte of it was changed or it was cut short', () => {
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

  it('stays readable while keys are changed: the new one seals, the old one still opens', () => {
    const before = vault.seal('secret', 'a');
    const changed = new Vault(['a new key, of some length', 'the first key, of some length']);
    expect(changed.open(before, 'a')).toBe('secret');
    expect(() => vault.open(changed.seal('secret', 'a'), 'a')).toThrow(UnreadableSecret);
  });

  it('is sealed anew with the new key, so that the old one can be dropped, and no second time', () => {
    const before = vault.seal('secret', 'a');
    const changed = new Vault(['a new key, of some length', 'the first key, of some length']);
    const anew = changed.sealAnew(before, 'a') ?? '';
    expect(new Vault(['a new key, of some length']).open(anew, 'a')).toBe('secret');
    expect(changed.sealAnew(anew, 'a')).toBeUndefined();
    expect(() => changed.sealAnew(before, 'b')).toThrow(UnreadableSecret);
  });
});
