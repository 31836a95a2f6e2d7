import { matchAt, type Span } from './source-text.ts';

const STATUSES = ['up', 'degraded', 'down'] as const;
const RISKS = ['low', 'medium', 'high'] as const;

export type ServiceStatus = (typeof STATUSES)[number];
export type Risk = (typeof RISKS)[number];

/** A part of a command that is neither a service nor a time. */
export type Annotation = Span &
  (
    | { readonly kind: 'channel'; readonly channel: string }
    | { readonly kind: 'status'; readonly status: ServiceStatus }
    | { readonly kind: 'risk'; readonly risk: Risk }
    | { readonly kind: 'reference'; readonly reference: string }
    | { readonly kind: 'link'; readonly link: string }
    /** A term of a selector of checks. */
    | { readonly kind: 'selector'; readonly term: string }
    | { readonly kind: 'internal' }
    | { readonly kind: 'quoted'; readonly text: string }
    /** Has a known key or form, but an invalid value. */
    | { readonly kind: 'invalid'; readonly text: string }
  );

// Tried in this order at each position.
const CHANNEL = /<#([A-Z0-9]+)(?:\|([^>]*))?>/uy;

const LINK = /<(https?:\/\/[^|>\s]+)(?:\|[^>]*)?>|(https?:\/\/[^\s<>"]+)/uy;

const MENTION = /<[@!][^>]*>/uy;

const CHOICE = /(status|risk) ?[:=] ?([a-z]+)/iuy;

const REFERENCE = /ref(?:erence)? ?[:=] ?([^\s,;<>]+)/iuy;

const LINK_KEY = /link ?[:=] ?(?:<(https?:\/\/[^|>\s]+)(?:\|[^>]*)?>|(https?:\/\/[^\s<>"]+)|([^\s]+))/iuy;

// Without `service:` and `name:`, which people use for the service and the name of the window.
const SELECTOR = /-?(?:tag|provider):(?:"[^"]+"|[^\s,;<>"]+)(?:,(?:"[^"]+"|[^\s,;<>"]+))*/iuy;

const HASH = /#([\p{L}\d][\p{L}\d_-]{0,79})/uy;

const INTERNAL = /internal(?![\p{L}\d_-])/iuy;

const QUOTED = /"([^"]+)"|`([^`]+)`|(?<![\p{L}\d])'([^']+)'(?![\p{L}\d])/uy;

/**
 * Finds the annotations of a command. `folded` has the same positions as `text`.
 * A link ends before punctuation that closes a sentence.
 */
export function findAnnotations(text: string, folded: string): Annotation[] {
  const marks: Annotation[] = [];
  for (let at = 0; at < text.length; ) {
    const free = at === 0 || /[\s([{,;"'`]/.test(folded.charAt(at - 1));
    const mark = free || text[at] === '<' ? parseAnnotation(text, folded, at) : undefined;
    if (mark !== undefined) marks.push(mark);
    at = mark?.end ?? at + 1;
  }
  return marks;
}

function parseAnnotation(text: string, folded: string, at: number): Annotation | undefined {
  const span = (found: RegExpExecArray) => ({ start: at, end: at + found[0].length });
  const channel = matchAt(CHANNEL, text, at);
  if (channel !== undefined) return { ...span(channel), kind: 'channel', channel: channel[1] ?? '' };
  const mention = matchAt(MENTION, text, at);
  if (mention !== undefined) return { ...span(mention), kind: 'invalid', text: mention[0] };
  const selector = matchAt(SELECTOR, text, at);
  if (selector !== undefined) {
    // The colon before the name is not part of the term.
    const term = selector[0].replace(/:+$/u, '');
    return { start: at, end: at + term.length, kind: 'selector', term };
  }
  const choice = matchAt(CHOICE, text, at);
  if (choice !== undefined) {
    const [written, key = '', word = ''] = choice;
    const status = STATUSES.find((each) => each === word.toLowerCase());
    const risk = RISKS.find((each) => each === word.toLowerCase());
    if (key.toLowerCase() === 'status' && status !== undefined) return { ...span(choice), kind: 'status', status };
    if (key.toLowerCase() === 'risk' && risk !== undefined) return { ...span(choice), kind: 'risk', risk };
    return { ...span(choice), kind: 'invalid', text: written };
  }
  const key = matchAt(LINK_KEY, text, at);
  if (key !== undefined) {
    const address = key[1] ?? key[2];
    if (address === undefined) return { ...span(key), kind: 'invalid', text: key[0] };
    return toLink(address, at, key[0], key[1] !== undefined);
  }
  const link = matchAt(LINK, text, at);
  if (link !== undefined) return toLink(link[1] ?? link[2] ?? '', at, link[0], link[1] !== undefined);
  const reference = matchAt(REFERENCE, text, at);
  if (reference !== undefined) {
    const value = (reference[1] ?? '').replace(/[.:]+$/u, '');
    const end = at + reference[0].length - ((reference[1] ?? '').length - value.length);
    return { start: at, end, kind: 'reference', reference: value };
  }
  const hash = matchAt(HASH, text, at);
  if (hash !== undefined) return { ...span(hash), kind: 'channel', channel: `#${hash[1] ?? ''}` };
  const internal = matchAt(INTERNAL, text, at);
  if (internal !== undefined) return { ...span(internal), kind: 'internal' };
  const quoted = matchAt(QUOTED, folded, at);
  if (quoted !== undefined)
    return { ...span(quoted), kind: 'quoted', text: text.slice(at + 1, at + quoted[0].length - 1) };
  return undefined;
}

function toLink(address: string, at: number, written: string, closed: boolean): Annotation {
  const link = closed ? address : address.replace(/[.,:;!?)]+$/u, '');
  return { start: at, end: at + written.length - (address.length - link.length), kind: 'link', link };
}
