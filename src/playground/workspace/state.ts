import { z } from 'zod';
import type { PlacedBlock } from '../block-kit/blocks.ts';

/** Metadata of a message, as Slack keeps it. */
export const messageMetadata = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});
export type MessageMetadata = z.infer<typeof messageMetadata>;

// What lies in the file was checked when it came in from the app, so blocks are taken as they are.
const kept = <T>() => z.custom<T>((value) => Array.isArray(value));

const storedMessage = z.object({
  channel: z.string(),
  ts: z.string(),
  /** Id of a person, of the app's bot user, or of Slackbot. */
  author: z.string(),
  /** Set where the app posts under another name than its own. */
  authorName: z.string().exactOptional(),
  text: z.string(),
  blocks: kept<PlacedBlock[]>(),
  attachments: z.array(z.unknown()).exactOptional(),
  threadTs: z.string().exactOptional(),
  broadcast: z.boolean(),
  edited: z.object({ by: z.string(), ts: z.string() }).exactOptional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  subtype: z.enum(['channel_join', 'channel_leave', 'channel_archive', 'channel_topic']).exactOptional(),
  metadata: messageMetadata.exactOptional(),
  /** The one person who can see it. */
  onlyFor: z.string().exactOptional(),
});
export type StoredMessage = z.infer<typeof storedMessage>;

const storedChannel = z.object({
  id: z.string(),
  kind: z.enum(['public', 'private', 'dm']),
  /** Of a DM: empty. */
  name: z.string(),
  topic: z.string(),
  archived: z.boolean(),
  /** In order of joining; of a DM the two sides. */
  members: z.array(z.string()),
  creator: z.string(),
  /** Seconds since 1970. */
  created: z.number(),
});
export type StoredChannel = z.infer<typeof storedChannel>;

const storedPerson = z.object({
  id: z.string(),
  kind: z.enum(['person', 'app', 'slackbot']),
  name: z.string(),
  realName: z.string(),
  title: z.string(),
  timeZone: z.string(),
  locale: z.string(),
  admin: z.boolean(),
  guest: z.boolean(),
  deleted: z.boolean(),
  color: z.string(),
});
export type StoredPerson = z.infer<typeof storedPerson>;

const storedGroup = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string(),
  users: z.array(z.string()),
});
export type StoredGroup = z.infer<typeof storedGroup>;

const storedTeam = z.object({ id: z.string(), name: z.string(), domain: z.string() });
export type Team = Readonly<z.infer<typeof storedTeam>>;

/** The playground's own team. */
export const TEAM: Team = { id: 'T0LOCALDEV', name: 'Playground', domain: 'playground' };

/** Everything that outlives a restart. */
export const workspaceFile = z.object({
  version: z.literal(1),
  team: storedTeam.default(() => TEAM),
  people: z.array(storedPerson),
  groups: z.array(storedGroup),
  channels: z.array(storedChannel),
  messages: z.array(storedMessage),
  /** By person, then channel: `ts` of the last message read. */
  marks: z.record(z.string(), z.record(z.string(), z.string())),
  lastTs: z.string(),
});
export type WorkspaceFile = z.infer<typeof workspaceFile>;
