import { useEffect, useState } from 'preact/hooks';

/** Settings kept in the browser's local storage, if it allows that. */
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
    // Local storage may be disabled.
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

/** The theme, and a function to toggle it. It follows the system until a person chooses. */
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
