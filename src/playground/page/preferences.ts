import { useEffect, useState } from 'preact/hooks';

/** What the page remembers in this browser. Private windows may forbid it; then it forgets, and nothing else breaks. */
export type Preference = 'person' | 'theme' | 'inspector' | 'sentence-tried';

const PREFIX = 'playground.';

export function loadPreference(name: Preference): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function savePreference(name: Preference, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing to do: see above.
  }
}

export type Theme = 'light' | 'dark';

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function chosenTheme(): Theme | undefined {
  const theme = loadPreference('theme');
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** The theme shown, and a function for the other one. It is the system's until a person has chosen. */
export function useTheme(): readonly [Theme, () => void] {
  const [chosen, setChosen] = useState(chosenTheme);
  const [system, setSystem] = useState(systemTheme);
  const theme = chosen ?? system;
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => setSystem(systemTheme());
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = () => {
    const other = theme === 'dark' ? 'light' : 'dark';
    savePreference('theme', other);
    setChosen(other);
  };
  return [theme, toggle];
}
