import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, PEOPLE, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { client, outcome } from '../bare-app.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({ port: 0, messageRate: false });
});
afterAll(() => playground.close());

const bot = () => client(playground);

describe('people', () => {
  it('have a zone, its current offset, a locale and a role', async () => {
    const { user } = await bot().users.info({ user: PEOPLE.jonas, include_locale: true });
    expect(user).toMatchObject({ name: 'jonas', tz: 'Europe/Berlin', locale: 'de-DE', is_admin: false });
    const inSummer = await startPlayground({
      port: 0,
      clock: {
        now: () => new Date('2026-07-01T00:00:00Z'),
        moveTo: async () => undefined,
        nextEvent: async () => undefined,
      },
    });
    try {
      const offset = async (person: string) => (await client(inSummer).users.info({ user: person })).user?.tz_offset;
      expect(await offset(PEOPLE.jonas)).toBe(7200);
      expect(await offset(PEOPLE.ana)).toBe(-14_400);
      expect(await offset(PEOPLE.yuki)).toBe(32_400);
    } finally {
      await inSummer.close();
    }
  });

  it('can be admins or guests, and change', async () => {
    const info = async (user: string) => (await bot().users.info({ user, include_locale: true })).user;
    expect((await info(PEOPLE.ana))?.is_admin).toBe(true);
    expect((await info(PEOPLE.guest))?.is_restricted).toBe(true);
    expect((await info(PEOPLE.guest))?.is_ultra_restricted).toBe(false);
    playground.faults.changePerson('yuki', { timeZone: 'Australia/Lord_Howe', locale: 'fr-FR' });
    expect(await info(PEOPLE.yuki)).toMatchObject({ tz: 'Australia/Lord_Howe', locale: 'fr-FR' });
    expect(await outcome(bot().users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
  });

  it('belong to groups and conversations', async () => {
    const { usergroups = [] } = await bot().usergroups.list({});
    expect(usergroups.map((group) => group.handle)).toEqual(['platform']);
    const { users } = await bot().usergroups.users.list({ usergroup: usergroups[0]?.id ?? '' });
    expect(users).toEqual([PEOPLE.ana, PEOPLE.jonas]);
    const { channels } = await bot().users.conversations({ user: PEOPLE.guest });
    expect(channels?.map((channel) => channel.name)).toEqual(['ops']);
    expect((await bot().conversations.members({ channel: CHANNELS.status })).members).toContain(playground.botUserId);
  });
});
