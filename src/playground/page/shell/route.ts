import { useEffect, useState } from 'preact/hooks';

/** What the address says is looked at. Kept in the fragment, so that Back works and a reload stays. */
export interface Route {
  /** A channel's id, `home` for the app's home tab, or nothing yet. */
  readonly place: string;
  /** `ts` of the thread that is open beside it. */
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
    // Another fragment, such as the skip link's, is no route.
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
