import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { Language } from './language.ts';
import { pt } from './pt.ts';

const LANGUAGES: readonly Language[] = [en, de, fr, es, pt, ja];

/** The languages that a locale such as `de-DE` reads: its own first where there is one, English always. */
export function getLanguages(locale: string | undefined): readonly Language[] {
  const code = locale?.toLowerCase().split(/[-_]/)[0];
  const own = LANGUAGES.find((language) => language.code === code);
  return own === undefined || own === en ? [en] : [own, en];
}
