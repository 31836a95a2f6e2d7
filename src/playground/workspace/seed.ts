import { toSeconds } from './timestamps.ts';
import {
  PLAYGROUND_TEAM,
  type StoredChannel,
  type StoredPerson,
  type TeamInfo,
  type WorkspaceFile,
} from './workspace-file.ts';

export const APP_ID = 'A0LOCALDEV';
export const BOT_ID = 'B0LOCALDEV';
export const BOT_USER = 'U0LULLBOT1';
export const SLACKBOT = 'USLACKBOT';

/** The ids of the seeded people. */
export const PEOPLE = { ana: 'U0ANA00001', jonas: 'U0JONAS001', yuki: 'U0YUKI0001', guest: 'U0GUEST001' } as const;

/** The ids of the seeded channels. The app is in #ops and #status. */
export const CHANNELS = {
  ops: 'C0OPS00001',
  deploys: 'C0DEPLOYS1',
  status: 'C0STATUS01',
  security: 'C0SECURITY',
} as const;

const createPerson = (id: string, name: string, realName: string, rest: Partial<StoredPerson>): StoredPerson => ({
  id,
  kind: 'person',
  name,
  realName,
  title: '',
  timeZone: 'Etc/UTC',
  locale: 'en-US',
  admin: false,
  guest: false,
  deleted: false,
  color: '#4a6fa5',
  ...rest,
});

/**
 * A new workspace without messages.
 * @param options.team defaults to the playground's own; every team has the same people and channels, with the same ids
 * @param options.installed if false, the app is in no channel
 */
export function newWorkspace(
  botName: string,
  now: Date,
  { team = PLAYGROUND_TEAM, installed = true }: { team?: TeamInfo; installed?: boolean } = {},
): WorkspaceFile {
  const { ana, jonas, yuki, guest } = PEOPLE;
  const channel = (id: string, name: string, topic: string, members: string[]): StoredChannel => ({
    id,
    kind: id === CHANNELS.security ? 'private' : 'public',
    name,
    topic,
    archived: false,
    members: installed ? members : members.filter((member) => member !== BOT_USER),
    creator: ana,
    created: toSeconds(now),
  });
  return {
    version: 1,
    team,
    people: [
      createPerson(ana, 'ana', 'Ana Torres', {
        title: 'Platform lead',
        timeZone: 'America/New_York',
        admin: true,
        color: '#b0413e',
      }),
      createPerson(jonas, 'jonas', 'Jonas Weber', {
        title: 'Site reliability',
        timeZone: 'Europe/Berlin',
        locale: 'de-DE',
        color: '#2f6f4e',
      }),
      createPerson(yuki, 'yuki', 'Yuki Tanaka', {
        title: 'Databases',
        timeZone: 'Asia/Tokyo',
        locale: 'ja-JP',
        color: '#6b4fa0',
      }),
      createPerson(guest, 'sam', 'Sam Reed', {
        title: 'Guest',
        timeZone: 'Europe/London',
        locale: 'en-GB',
        guest: true,
        color: '#8a6d1f',
      }),
      createPerson(BOT_USER, botName.toLowerCase().replaceAll(/[^a-z0-9_-]/g, ''), botName, {
        kind: 'app',
        color: '#1f4e79',
      }),
      createPerson(SLACKBOT, 'slackbot', 'Slackbot', { kind: 'slackbot', color: '#555555' }),
    ],
    groups: [{ id: 'S0PLATFORM', handle: 'platform', name: 'Platform team', users: [ana, jonas] }],
    channels: [
      channel(CHANNELS.ops, 'ops', 'Running the services', [ana, jonas, yuki, guest, BOT_USER]),
      channel(CHANNELS.deploys, 'deploys', 'What goes out, and when', [ana, jonas, yuki]),
      channel(CHANNELS.status, 'status', 'For everyone who uses the services', [ana, jonas, yuki, BOT_USER]),
      channel(CHANNELS.security, 'security', 'Private', [ana, jonas]),
    ],
    messages: [],
    marks: {},
    lastTs: '0.000000',
  };
}
