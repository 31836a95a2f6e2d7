import { context } from './blocks.ts';
import type { Message } from './message.ts';

const WORDS = 'A maintenance that was announced here is not announced in this channel any more.';

/** What stays in a public channel of a window that turned internal: neither what it was nor why. */
export const withdrawn: Message = { text: WORDS, blocks: [context([`:information_source: ${WORDS}`])] };
