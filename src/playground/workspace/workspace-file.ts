import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { PlacedBlock } from '../block-kit/blocks.ts';

export const messageMetadata = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});
export type MessageMetadata = z.infer<typeof messageMetadata>;

// Blocks were validated when the app sent them, so they are not validated again.
const storedArray = <T>() => z.custom<T>((value) => Array.isArray(value));

const storedMessage = z.object({
  channel: z.string(),
  ts: z.string(),
  /** Id of a person, of the app's bot user, or of Slackbot. */
  author: z.string(),
  /** Set if the app posted under another name than its own. */
  authorName: z.string().exactOptional(),
  text: z.string(),
  blocks: storedArray<PlacedBlock[]>(),
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
  /** Empty for a DM. */
  name: z.string(),
  topic: z.string(),
  archived: z.boolean(),
  /** In order of joining; both people of a DM. */
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
export type TeamInfo = Readonly<z.infer<typeof storedTeam>>;

/** The playground's own team. */
export const PLAYGROUND_TEAM: TeamInfo = { id: 'T0LOCALDEV', name: 'Playground', domain: 'playground' };

/** Everything that survives a restart. */
export const workspaceFile = z.object({
  version: z.literal(1),
  team: storedTeam.default(() => PLAYGROUND_TEAM),
  people: z.array(storedPerson),
  groups: z.array(storedGroup),
  channels: z.array(storedChannel),
  messages: z.array(storedMessage),
  /** By person, then channel: `ts` of the last message read. */
  marks: z.record(z.string(), z.record(z.string(), z.string())),
  lastTs: z.string(),
});
export type WorkspaceFile = z.infer<typeof workspaceFile>;

const DEBOUNCE_MS = 250;

/**
 * Reads a workspace; undefined if the file does not exist.
 *
 * @throws Error when the file is not a workspace; the file is not changed
 */
export async function readWorkspaceFile(path: string): Promise<WorkspaceFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(unreadableMessage(path, 'it is no JSON'));
  }
  const parsed = workspaceFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(unreadableMessage(path, `${issue?.path.map(String).join('.')}: ${issue?.message}`));
}

const unreadableMessage = (path: string, why: string): string =>
  `The playground's workspace ${path} cannot be read (${why}). Move the file away to start with an empty workspace.`;

/** Writes the workspace shortly after a change, atomically. */
export class WorkspaceFileWriter {
  readonly #path: string;
  readonly #state: () => WorkspaceFile;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  readonly #report: (error: Error) => void;

  /** @param report called when a write fails; the next change tries again */
  constructor(path: string, state: () => WorkspaceFile, report: (error: Error) => void) {
    this.#path = path;
    this.#state = state;
    this.#report = report;
  }

  schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, DEBOUNCE_MS);
  }

  #write(): void {
    this.#writing = this.#writing.then(async () => {
      try {
        const half = `${this.#path}.new`;
        await mkdir(dirname(this.#path), { recursive: true });
        await writeFile(half, JSON.stringify(this.#state()), { mode: 0o600 });
        await rename(half, this.#path);
      } catch (error) {
        this.#report(new Error(`The playground's workspace cannot be kept in ${this.#path}.`, { cause: error }));
      }
    });
  }

  /** Writes pending changes. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#write();
    }
    await this.#writing;
  }
}
