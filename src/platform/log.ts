import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

const HIDDEN = '[hidden]';

/** In the name of a field whose value is a secret. Lengths are bounded, so that the work is linear. */
const SECRET_NAME =
  '[\\w.-]{0,40}(?:token|secret|passw(?:or)?d|credential|authorization|cookie|signature|api[_-]?key|encryption[_-]?key|response[_-]?url|trigger[_-]?id|ticket)[\\w.-]{0,40}';
/** How a field begins, in JSON at any depth, as Node shows objects, and in a form. */
const SEPARATOR = '(?:\\s{0,4}(?::|=>|=)\\s{0,4}|%3D)';
const QUOTED = new RegExp(`(\\b${SECRET_NAME})(\\\\*["'])?(${SEPARATOR})(\\\\*["'])((?:(?!\\4)[^])*)\\4`, 'gi');
const IN_FORM = new RegExp(`(\\b(?:${SECRET_NAME}|code|state)(?:=|%3D))([^&\\s"'\\\\]+)`, 'gi');
/** A code of OAuth, but not the code of an error, such as `ECONNREFUSED`, `23505` or `invalid_auth`. */
const OAUTH_CODE = new RegExp(
  `(\\bcode)(\\\\*["'])?(${SEPARATOR})(\\\\*["'])(?!(?:[A-Z0-9_]{1,40}|[a-z]+(?:[_-][a-z]+)+)\\4)((?:(?!\\4)[^])*)\\4`,
  'g',
);

/** What is a secret wherever it is. */
const SECRET_VALUES: readonly RegExp[] = [
  /\bxox[a-z](?:\.xox[a-z])?-[\w-]+/g,
  /\bxapp-[\w-]+/g,
  /\blull_[\w-]{16,}/g,
  /\bwhsec_[\w+/=]+/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
  /\bv0=[0-9a-f]{64}\b/g,
  /\b(?<=(?:Bearer|Basic) )[\w+/.=~-]{8,}/gi,
  /(?<=\/calendar\/)[\w-]{20,64}(?=\.ics)/g,
  /(?<=https:\/\/hooks\.slack\.com\/)[\w/-]+/g,
  /(?<=:\/\/[^\s/:@"'\\]{0,200}:)[^\s/@"'\\]{1,200}(?=@)/g,
];
/** The query of an address may hold a secret of somebody else's. */
const QUERY = /(?<=\b(?:https?|wss?):\/\/[^\s"'\\?]{1,500}\?)[^\s"'\\]+/g;

/**
 * Hides the secrets in a line of the log, by the names of their fields and by what they look like.
 * @param known secrets that are hidden wherever they are
 */
export function hideSecrets(line: string, known: readonly string[] = []): string {
  let text = line;
  for (const secret of known) {
    for (const form of [secret, encodeURIComponent(secret)]) text = text.replaceAll(form, HIDDEN);
  }
  text = text
    .replace(QUOTED, `$1$2$3$4${HIDDEN}$4`)
    .replace(OAUTH_CODE, `$1$2$3$4${HIDDEN}$4`)
    .replace(IN_FORM, `$1${HIDDEN}`);
  for (const pattern of SECRET_VALUES) text = text.replace(pattern, HIDDEN);
  return text.replace(QUERY, HIDDEN);
}

interface LogOptions {
  readonly level: string;
  /** Secrets of the configuration. */
  readonly secrets?: readonly string[];
  /** Default: the standard output. */
  readonly destination?: DestinationStream;
}

/** The log of the process. Every logger is a child of it, so that no line has a secret, whoever wrote it. */
export function createLog({ level, secrets = [], destination }: LogOptions): Logger {
  const hooks = { streamWrite: (line: string) => hideSecrets(line, secrets) };
  const options = { level, serializers: { error: stdSerializers.err }, hooks };
  return destination === undefined ? pino(options) : pino(options, destination);
}
