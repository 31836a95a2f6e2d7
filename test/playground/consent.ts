/** What somebody decides on the page that asks whether the app may be installed. */
export interface Decision {
  readonly team: string;
  readonly person: string;
  /** False: they cancel. */
  readonly allow?: boolean;
}

/**
 * Decides on the page at `authorizeUrl`, as its form does.
 * @returns the address the browser is sent back to
 * @throws Error with the page's text when it sends nobody anywhere
 */
export async function decideAt(authorizeUrl: string, { team, person, allow = true }: Decision): Promise<URL> {
  const answer = await fetch(authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ team, person, decision: allow ? 'allow' : 'cancel' }),
  });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(await answer.text());
  return new URL(location);
}
