import { type Match, matchAt, parseAt, type Span } from './source-text.ts';

const STATUSES = ['up', 'degraded', 'down'] as const;
const RISKS = ['low', 'medium', 'high'] as const;

export type ServiceStatus = (typeof STATUSES)[number];
export type Risk = (typeof RISKS)[number];

/** A part of a command that is neither a service nor a time. */
export type Annotation = Span & AnnotationMeaning;

type AnnotationMeaning =
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
  | { readonly kind: 'invalid'; readonly text: string };

// Tried in this order at each position.
const CHANNEL = /<#([A-Z0-9]+)(?:\|([^>]*))?>/uy;

const MENTION = /<[@!][^>]*>/uy;

// Without `service:` and `name:`, which people use for the service and the name of the window.
const SELECTOR = /-?(?:tag|provider):(?:"[^"]+"|[^\s,;<>"]+)(?:,(?:"[^"]+"|[^\s,;<>"]+))*/iuy;

const CHOICE = /(status|risk) ?[:=] ?([a-z]+)/iuy;

const LINK = /(?:link ?[:=] ?)?(?:<(https?:\/\/[^|>\s]+)(?:\|[^>]*)?>|(https?:\/\/[^\s<>"]+))/iuy;

const INVALID_LINK = /link ?[:=] ?[^\s]+/iuy;

const REFERENCE = /ref(?:erence)? ?[:=] ?([^\s,;<>]+)/iuy;

const HASH = /#([\p{L}\d][\p{L}\d_-]{0,79})/uy;

const INTERNAL = /internal(?![\p{L}\d_-])/iuy;

const QUOTED = /"([^"]+)"|`([^`]+)`|(?<![\p{L}\d])'([^']+)'(?![\p{L}\d])/uy;

/** `folded` has the same positions as `text`. A link ends before punctuation that closes a sentence. */
export function findAnnotations(text: string, folded: string): Annotation[] {
  const annotations: Annotation[] = [];
  for (let at = 0; at < text.length; ) {
    const isFree = at === 0 || /[\s([{,;"'`]/.test(folded.charAt(at - 1));
    const found = isFree || text[at] === '<' ? parseAnnotation(text, folded, at) : undefined;
    if (found !== undefined) annotations.push({ start: at, end: found.end, ...found.value });
    at = found?.end ?? at + 1;
  }
  return annotations;
}

type AnnotationMatch = Match<AnnotationMeaning> | undefined;

function parseAnnotation(text: string, folded: string, at: number): AnnotationMatch {
  const parse = (pattern: RegExp, convert: (groups: RegExpExecArray) => AnnotationMeaning) =>
    parseAt(pattern, text, at, convert);
  return (
    parse(CHANNEL, ([, channel = '']) => ({ kind: 'channel', channel })) ??
    parse(MENTION, ([source]) => ({ kind: 'invalid', text: source })) ??
    // The colon before the name is not part of the term.
    parseTrimmed(SELECTOR, /:+$/u, text, at, (term) => ({ kind: 'selector', term })) ??
    parse(CHOICE, readChoice) ??
    parseTrimmed(LINK, /[.,:;!?)]+$/u, text, at, (link) => ({ kind: 'link', link })) ??
    parse(INVALID_LINK, ([source]) => ({ kind: 'invalid', text: source })) ??
    parseTrimmed(REFERENCE, /[.:]+$/u, text, at, (reference) => ({ kind: 'reference', reference })) ??
    parse(HASH, ([channel]) => ({ kind: 'channel', channel })) ??
    parse(INTERNAL, () => ({ kind: 'internal' })) ??
    parseAt(QUOTED, folded, at, ([{ length }]) => ({ kind: 'quoted', text: text.slice(at + 1, at + length - 1) }))
  );
}

function readChoice([source, key = '', word = '']: RegExpExecArray): AnnotationMeaning {
  const status = STATUSES.find((each) => each === word.toLowerCase());
  const risk = RISKS.find((each) => each === word.toLowerCase());
  if (key.toLowerCase() === 'status' && status !== undefined) return { kind: 'status', status };
  if (key.toLowerCase() === 'risk' && risk !== undefined) return { kind: 'risk', risk };
  return { kind: 'invalid', text: source };
}

/** Parses a value, the first group or the whole match, without `trailing` characters. */
function parseTrimmed(
  pattern: RegExp,
  trailing: RegExp,
  text: string,
  at: number,
  convert: (value: string) => AnnotationMeaning,
): AnnotationMatch {
  const found = matchAt(pattern, text, at);
  if (found === undefined) return undefined;
  const [source, first, second] = found;
  const trimmed = source.replace(trailing, '');
  const value = first ?? second ?? source;
  return { value: convert(value.slice(0, value.length + trimmed.length - source.length)), end: at + trimmed.length };
}
