import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { checkMessageContent } from '../block-kit/check.ts';
import type { Inspector } from '../inspector.ts';
import { BOT_USER } from '../workspace/seed.ts';
import type { Workspace } from '../workspace/workspace.ts';

const MAX_USES = 5;
const LIFETIME_MS = 30 * 60_000;

/** The interaction that a response belongs to. */
export interface ResponseOrigin {
  channel: string;
  person: string;
  /** The message acted on, the target of `replace_original` and `delete_original`. */
  message?: { ts: string; threadTs?: string };
}

/** The body of a request to a `response_url`, or of the ack of a command. */
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

interface IssuedUrl {
  origin: ResponseOrigin;
  expiresAt: number;
  used: number;
}

export interface ResponseUrlAnswer {
  status: number;
  body: string | { ok: boolean; error?: string; errors?: string[] };
}

/** Issues `response_url`s. Each can be used five times, within thirty minutes of real time. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #inspector: Inspector;
  readonly #origin: () => string;
  readonly #lifetimeMs: number;
  readonly #issued = new Map<string, IssuedUrl>();

  constructor(options: { workspace: Workspace; inspector: Inspector; origin: () => string; lifetimeMs?: number }) {
    this.#workspace = options.workspace;
    this.#inspector = options.inspector;
    this.#origin = options.origin;
    this.#lifetimeMs = options.lifetimeMs ?? LIFETIME_MS;
  }

  issue(origin: ResponseOrigin): string {
    const id = randomBytes(18).toString('base64url');
    this.#issued.set(id, { origin, expiresAt: Date.now() + this.#lifetimeMs, used: 0 });
    return `${this.#origin()}/response/${id}`;
  }

  has(id: string): boolean {
    return this.#issued.has(id);
  }

  expireAll(): void {
    for (const issued of this.#issued.values()) issued.expiresAt = 0;
  }

  /** @param body the request's JSON, not validated. */
  use(id: string, body: unknown): ResponseUrlAnswer {
    const exchange = this.#inspector.begin({
      direction: 'from_app',
      via: 'response_url',
      title: 'response_url',
      request: body,
    });
    const answer = this.#redeem(id, body);
    const error = typeof answer.body === 'string' ? undefined : answer.body.error;
    exchange.end(error === undefined ? 'ok' : 'error', {
      response: answer.body,
      ...(error === undefined ? {} : { error }),
    });
    return answer;
  }

  #redeem(id: string, body: unknown): ResponseUrlAnswer {
    const refused = (status: number, error: string): ResponseUrlAnswer => ({ status, body: { ok: false, error } });
    const issued = this.#issued.get(id);
    if (issued === undefined) return refused(404, 'invalid_url');
    if (Date.now() > issued.expiresAt) return refused(404, 'expired_url');
    if (issued.used >= MAX_USES) return refused(404, 'used_url');
    const parsed = responseMessage.safeParse(body);
    if (!parsed.success) return refused(400, 'invalid_payload');
    issued.used += 1;
    const error = this.apply(issued.origin, parsed.data);
    return error === undefined ? { status: 200, body: 'ok' } : { status: 400, body: { ok: false, ...error } };
  }

  /** Posts, replaces or deletes a message. @returns the error in the response, if any. */
  apply(origin: ResponseOrigin, message: ResponseMessage): { error: string; errors?: string[] } | undefined {
    const original =
      origin.message === undefined ? undefined : this.#workspace.message(origin.channel, origin.message.ts);
    if (message.delete_original === true) {
      if (original !== undefined) this.#workspace.delete(original);
      return undefined;
    }
    const checked = checkMessageContent(message, true);
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
