/** What the page remembers in this browser. Private windows may forbid it; then it forgets, and nothing else breaks. */
export type Remembered = 'person' | 'theme' | 'inspector' | 'sentence-tried';

const PREFIX = 'playground.';

export function recall(name: Remembered): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: Remembered, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing to do: see above.
  }
}
