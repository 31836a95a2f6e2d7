/** Longer paths are cut: what follows may be a secret. */
const MAX_SHOWN_PATH_CHARS = 5;

/** An address that may hold a secret, as it is shown and recorded: `https://hooks.example.com/lull…`. @param url valid */
export function shownUrl(url: string): string {
  const { origin, pathname, search, hash } = new URL(url);
  const isWhole = pathname.length <= MAX_SHOWN_PATH_CHARS && search === '' && hash === '';
  return `${origin}${pathname.slice(0, MAX_SHOWN_PATH_CHARS)}${isWhole ? '' : '…'}`;
}
