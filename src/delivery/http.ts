import { z } from '@hono/zod-openapi';
import { utc } from '../core/time.ts';
import { utcText } from '../http/schemas.ts';
import { recipientProblem } from '../texts/errors.ts';
import { channelFieldTexts } from '../texts/openapi.ts';
import type { ChannelFailure } from './repository.ts';

const failingSince = utcText.describe(channelFieldTexts.failingSince);
const reason = z
  .object({ code: z.string().openapi({ example: 'is_archived' }), text: z.string() })
  .describe(channelFieldTexts.reason);

/** The fields of something that is posted in a channel. */
export const channelHealth = {
  status: z.enum(['ok', 'failing']).describe(channelFieldTexts.status),
  failing_since: failingSince.nullable(),
  reason: reason.nullable(),
};

export function toChannelHealth(failure: ChannelFailure | null) {
  if (failure === null) return { status: 'ok', failing_since: null, reason: null } as const;
  return { status: 'failing', ...toFailure(failure) } as const;
}

/** A channel that nothing can be posted to. */
export const failingChannel = z
  .object({ channel: z.string(), failing_since: failingSince, reason })
  .openapi('FailingChannel');

export function toFailingChannel({ channel, ...failure }: ChannelFailure & { readonly channel: string }) {
  return { channel, ...toFailure(failure) };
}

function toFailure({ reason: code, since }: ChannelFailure) {
  return { failing_since: utc(since), reason: { code, text: recipientProblem(code) } };
}
