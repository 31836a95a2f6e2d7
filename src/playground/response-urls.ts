import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Inspector } from './inspector.ts';
import { messageContent } from './messages.ts';
import { BOT_USER } from './workspace/seed.ts';
import type { Workspace } from './workspace/workspace.ts';

const USES = 5;
const LIFE_MS = 30 * 60_000;

/** Where an answer belongs. */
export interface ResponseOrigin {
  channel: string;
  person: string;
  /** The message that was acted on, which `replace_original` and `delete_original` mean. */
  message?: { ts: string; threadTs?: string };
}

/** What an app may send to a `response_url`, or hand back in the ack of a command. */
export const responseMessage = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});
export type ResponseMessage = z.infer<typeof responseMessage>;

interface Issued {
  origin: ResponseOrigin;
  until: number;
  used: number;
}

export interface ResponseAnswer {
  status: number;
  body: string | { ok: boolean; error?: string; errors?: string[] };
}

/** Gives out addresses that an app may answer at: five times, within thirty minutes of real time. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #inspector: Inspector;
  readonly #origin: () => string;
  readonly #lifeMs: number;
  readonly #issued = new Map<string, Issued>();

  constructor(options: { workspace: Workspace; inspector: Inspector; origin: () => string; lifeMs?: number }) {
    this.#workspace = options.workspace;
    this.#inspector = options.inspector;
    this.#origin = options.origin;
    this.#lifeMs = options.lifeMs ?? LIFE_MS;
  }

  issue(origin: ResponseOrigin): string {
    const id = randomBytes(18).toString('base64url');
    this.#issued.set(id, { origin, until: Date.now() + this.#lifeMs, used: 0 });
    return `${this.#origin()}/response/${id}`;
  }

  has(id: string): boolean {
    return this.#issued.has(id);
  }

  /** Ends the life of all that were given out. */
  expireAll(): void {
    for (const issued of this.#issued.values()) issued.until = 0;
  }

  /** @param body the request's JSON, unchecked. */
  use(id: string, body: unknown): ResponseAnswer {
    const exchange = this.#inspector.begin({
      direction: 'from_app',
      via: 'response_url',
      title: 'response_url',
      request: body,
    });
    const answer = this.#use(id, body);
    const error = typeof answer.body === 'string' ? undefined : answer.body.error;
    exchange.end(error === undefined ? 'ok' : 'error', {
      response: answer.body,
      ...(error === undefined ? {} : { error }),
    });
    return answer;
  }

  #use(id: string, body: unknown): ResponseAnswer {
    const refused = (status: number, error: string): ResponseAnswer => ({ status, body: { ok: false, error } });
    const issued = this.#issued.get(id);
    if (issued === undefined) return refused(404, 'invalid_url');
    if (Date.now() > issued.until) return refused(404, 'expired_url');
    if (issued.used >= USES) return refused(404, 'used_url');
    const parsed = responseMessage.safeParse(body);
    if (!parsed.success) return refused(400, 'invalid_payload');
    issued.used += 1;
    const wrong = this.answer(issued.origin, parsed.data);
    return wrong === undefined ? { status: 200, body: 'ok' } : { status: 400, body: { ok: false, ...wrong } };
  }

  /** Post, replace or delete what an answer says. @returns what was wrong with it, if anything. */
  answer(origin: ResponseOrigin, message: ResponseMessage): { error: string; errors?: string[] } | undefined {
    const original =
      origin.message === undefined ? undefined : this.#workspace.message(origin.channel, origin.message.ts);
    if (message.delete_original === true) {
      if (original !== undefined) this.#workspace.delete(original);
      return undefined;
    }
    const checked = messageContent(message, true);
    if (!checked.ok) {
      return { error: checked.error, ...(checked.errors === undefined ? {} : { errors: checked.errors }) };
    }
    const { text = '', blocks = [], attachments } = checked.content;
    if (message.replace_original === true && original !== undefined) {
      this.#workspace.edit(original, {
        text,
        blocks,
        ...(attachments === undefined ? {} : { attachments }),
        ...(original.onlyFor === undefined ? { editedBy: BOT_USER } : {}),
      });
      return undefined;
    }
    const threadTs = message.thread_ts ?? origin.message?.threadTs;
    this.#workspace.post({
      channel: origin.channel,
      author: BOT_USER,
      text,
      blocks,
      ...(attachments === undefined ? {} : { attachments }),
      ...(threadTs === undefined ? {} : { threadTs }),
      ...(message.response_type === 'in_channel' ? {} : { onlyFor: origin.person }),
    });
    return undefined;
  }
}
