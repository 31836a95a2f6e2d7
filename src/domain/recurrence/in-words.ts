import cronstrue from 'cronstrue/dist/cronstrue-i18n.js';
import { readCron } from './read-cron.ts';
import { wordingOf } from './wording.ts';

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

/** Said of days of the month and of the week in one line, by the language of the words. */
const EITHER: Readonly<Record<string, string>> = {
  de: '(Tag des Monats oder der Woche: einer genügt)',
  en: '(day of the month or of the week: either is enough)',
  es: '(día del mes o de la semana: basta uno)',
  fr: '(jour du mois ou de la semaine : un seul suffit)',
  it: '(giorno del mese o della settimana: ne basta uno)',
  ja: '(日付か曜日のどちらかが合えば実行)',
  ko: '(날짜나 요일 중 하나만 맞으면 됨)',
  pt_BR: '(dia do mês ou da semana: basta um)',
  pt_PT: '(dia do mês ou da semana: basta um)',
  ru: '(число месяца или день недели: достаточно одного)',
  zh_CN: '(日期或星期，符合其一即可)',
  zh_TW: '(日期或星期，符合其一即可)',
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
  const [prefix = ''] = locale.split(/[-_]/);
  const language = LANGUAGES[locale] ?? LANGUAGES[prefix] ?? 'en';
  const { cron: line, either } = wordingOf(reading.line);
  const words = cronstrue.toString(line, { use24HourTimeFormat: true, locale: language });
  return either ? `${words} ${EITHER[language] ?? EITHER.en}` : words;
}
