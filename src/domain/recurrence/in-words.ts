import cronstrue from 'cronstrue/dist/cronstrue-i18n.js';
import { readCron } from './read-cron.ts';

/** The locales of Slack's that cronstrue has words for, by the name it gives them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  de: 'de',
  en: 'en',
  es: 'es',
  fr: 'fr',
  it: 'it',
  ja: 'ja',
  ko: 'ko',
  pt: 'pt_BR',
  'pt-PT': 'pt_PT',
  ru: 'ru',
  zh: 'zh_CN',
  'zh-TW': 'zh_TW',
};

/**
 * A cron line in words: `0 3 * * 0` is "At 03:00, only on Sunday".
 *
 * @param locale as Slack writes it, `de-DE` or `pt-BR`; words that are missing in its language come in English
 * @throws RangeError when the line is not one that `readCron` accepts
 */
export function cronInWords(cron: string, locale = 'en-US'): string {
  const reading = readCron(cron);
  if (!reading.ok) throw new RangeError(reading.reason);
  const [language = ''] = locale.split(/[-_]/);
  return cronstrue.toString(reading.cron.replaceAll('?', '*'), {
    use24HourTimeFormat: true,
    locale: LANGUAGES[locale] ?? LANGUAGES[language] ?? 'en',
  });
}
