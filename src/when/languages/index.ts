import { de } from './de.ts';
import { en, type Term } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { LanguageTable } from './language.ts';
import { pt } from './pt.ts';

export type Language = LanguageTable<Term>;

const LANGUAGES: readonly Language[] = [en, de, fr, es, pt, ja];

/** The languages of a locale such as `de-DE`: its own first if there is one, and English always. */
export function getLanguages(locale: string | undefined): readonly [Language, ...Language[]] {
  const code = locale?.toLowerCase().split(/[-_]/)[0];
  const own = LANGUAGES.find((language) => language.code === code) ?? en;
  return own === en ? [en] : [own, en];
}
