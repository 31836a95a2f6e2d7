import { useEffect, useState } from 'preact/hooks';

/** What is open. It is kept in the URL fragment, so that Back and reloading work. */
export interface Route {
  /** A channel's id, `home` for the app's Home tab, or empty. */
  readonly place: string;
  /** `ts` of the open thread. */
  readonly thread?: string;
}

export function parseRoute(fragment: string): Route {
  const [place = '', thread] = fragment.replace(/^#\/?/, '').split('/');
  return thread ? { place, thread } : { place };
}

export function writeRoute({ place, thread }: Route): string {
  return thread ? `#/${place}/${thread}` : `#/${place}`;
}

export function useRoute(): readonly [Route, (route: Route) => void] {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    // Other fragments, such as the skip link's, are not routes.
    const onChange = () => location.hash.startsWith('#/') && setRoute(parseRoute(location.hash));
    window.addEventListener('hashchange', onChange);
    return () => window.removeEventListener('hashchange', onChange);
  }, []);
  const go = (next: Route) => {
    location.hash = writeRoute(next);
    setRoute(next);
  };
  return [route, go];
}
