import { listServiceNames, type ServiceName } from '../../catalogue/services/repository.ts';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { isAllowed } from '../../core/permissions.ts';
import { describeCron, nextOccurrences } from '../../core/recurrence/index.ts';
import { errorMessage, escapeMrkdwn, type Message, quote, successMessage, welcomeMessage } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { slackProblemText } from '../../texts/slack-errors.ts';
import { EXAMPLE } from '../../texts/slack-help.ts';
import { maintenanceMessages } from '../../texts/slack-messages.ts';
import type { Assumption, Sentence, SeriesAnswer, UnknownWord, WindowAnswer } from '../../when/index.ts';
import { readSentence, removeWord, replaceWord } from '../../when/index.ts';
import { preview } from '../commands/schedule.ts';
import { CONTENT_FIELDS, contentInSentence } from '../fields.ts';
import { saveDraft } from '../repository/changes.ts';
import { validateContent } from '../rules/validation.ts';
import type { Choice, DraftContent, DraftSeries, DraftWindow } from './drafts.ts';
import { askChoice, serializeDraft } from './drafts.ts';
import { previewMessage, seriesPreview } from './preview.ts';

const texts = maintenanceMessages.sentence;

const SHOWN_RUNS = 5;
const SEARCHED_RUNS = 400;
const MAX_SUGGESTIONS = 3;

/**
 * Reads a sentence and answers with a preview, a question, or the reason why it is not understood. Nothing is scheduled yet.
 * Needs only the words, so it serves the command and the buttons of a question alike.
 */
export async function previewSentence(context: SlackContext, person: Person, text: string): Promise<Message> {
  const { ctx } = context;
  const { timezone, locale, actor } = person;
  const services = await listServiceNames(ctx.database, actor.accountId, 'internal');
  const sentence = readSentence(text, { now: ctx.clock.now(), timezone, locale, services });
  const unknownChannel = sentence.channels.find((channel) => channel.startsWith('#'));
  if (unknownChannel !== undefined) return successMessage(texts.noChannel(escapeMrkdwn(unknownChannel)));
  const [unknown] = sentence.unknown;
  if (unknown !== undefined) return askForService(context, person, text, sentence, unknown, services.length === 0);
  const [firstService] = services;
  if (firstService === undefined) return welcomeMessage;
  const { when } = sentence;
  if (when.outcome === 'refusal') {
    const service = services.find(({ id }) => sentence.services.includes(id)) ?? firstService;
    return errorMessage(when.reason, `/maintenance ${service.name} ${when.example}`);
  }
  if (when.outcome === 'question') return askChoice(ctx, person, when.question, when.choices);
  if (sentence.services.length === 0 && sentence.selector === undefined) {
    return successMessage(texts.whichService(`${escapeMrkdwn(firstService.name)} ${quote(text, 500)}`));
  }
  const content = toDraftContent(sentence, when, services);
  // What could not be scheduled is reported before it is shown.
  const problems = validateContent(content);
  if (problems.length > 0) {
    const reasons = problems.map((problem) => slackProblemText(problem, 'UTC', 'elsewhere'));
    return successMessage(escapeMrkdwn(reasons.join(' ')));
  }
  return when.outcome === 'window'
    ? previewWindow(context, person, { kind: 'window', ...content, start: when.start, end: when.end }, services)
    : previewSeries(
        context,
        person,
        { kind: 'series', ...content, cron: when.cron, durationMinutes: when.durationMinutes },
        services,
      );
}

async function previewWindow(
  { ctx }: SlackContext,
  { actor, timezone }: Person,
  window: DraftWindow,
  services: readonly ServiceName[],
): Promise<Message> {
  const forecast = await preview(ctx, actor, { ...window, scopeId: null });
  const id = await saveDraft(ctx.database, actor.accountId, actor.id, serializeDraft(window), ctx.clock.now());
  return previewMessage(id, window, serviceNames(window, services), timezone, forecast);
}

/** The same for a series; its next run stands for all. */
async function previewSeries(
  { ctx }: SlackContext,
  { actor, timezone, locale }: Person,
  series: DraftSeries,
  services: readonly ServiceName[],
): Promise<Message> {
  const now = ctx.clock.now();
  const next = nextOccurrences(series, now, SHOWN_RUNS);
  const [first] = next;
  if (first === undefined) return errorMessage(texts.neverAgain(series.cron), EXAMPLE);
  const forecast = await preview(ctx, actor, { ...series, ...first, scopeId: null, runs: next });
  const id = await saveDraft(ctx.database, actor.accountId, actor.id, serializeDraft(series), now);
  const inAYear = new Date(now.getTime() + 366 * 86_400_000);
  const runs = nextOccurrences(series, now, SEARCHED_RUNS, inAYear);
  const changed = [...next, ...runs].find((run) => run.notice !== undefined);
  return seriesPreview(id, series, serviceNames(series, services), timezone, forecast, {
    words: describeCron(series.cron, locale),
    clockChange: changed && { ...changed, notice: changed.notice ?? '' },
  });
}

function serviceNames({ services: ids }: { services: readonly number[] }, services: readonly ServiceName[]): string[] {
  return services.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
}

function toDraftContent(
  sentence: Sentence,
  { timezone, assumed, notices }: WindowAnswer | SeriesAnswer,
  services: readonly ServiceName[],
): DraftContent {
  const named = serviceNames(sentence, services);
  const subject = named.length === 0 ? (sentence.selector ?? '') : named.slice(0, 3).join(', ');
  const name = sentence.name ?? texts.defaultName(`${subject}${named.length > 3 ? ', ...' : ''}`);
  return {
    ...withInitial(CONTENT_FIELDS, { ...fromNamed(CONTENT_FIELDS, contentInSentence(sentence)), name }),
    services: [...sentence.services],
    checks: null,
    selector: sentence.selector === undefined ? null : { text: sentence.selector, follows: false },
    timezone,
    channels: [...sentence.channels],
    assumed: [
      ...assumed.map((assumption) => ASSUMPTIONS[assumption]),
      ...(sentence.name === undefined ? [texts.assumedName(name)] : []),
      ...(sentence.serviceStatus === undefined ? [texts.assumedStatus] : []),
    ],
    notices: [...notices],
  };
}

const ASSUMPTIONS: Record<Assumption, string> = { duration: texts.assumedDuration, day: texts.assumedDay };

/** Offers the services with the nearest names to an unknown one, and to those who may, to add it. */
async function askForService(
  { ctx }: SlackContext,
  person: Person,
  text: string,
  sentence: Sentence,
  { word, suggestions }: UnknownWord,
  first: boolean,
): Promise<Message> {
  // "restart api tomorrow 2am": with a known service and no name, the word may well be the name.
  const mayBeName = sentence.services.length > 0 && sentence.name === undefined;
  const nearest = suggestions.slice(0, MAX_SUGGESTIONS).map(({ name }) => name);
  const choices: Choice[] = [
    ...(mayBeName ? [{ label: texts.callIt(word), text: `${removeWord(text, word)}: ${word}` }] : []),
    ...nearest.map((name) => ({ label: texts.useService(name), text: replaceWord(text, word, name) })),
    ...(isAllowed(person.actor, 'add-service') ? [{ label: texts.addService(word), text, addService: word }] : []),
  ];
  const question = nearest.length > 0 ? texts.didYouMean(word, nearest) : texts.unknownWord(word);
  const answer = first ? texts.firstService(word) : question;
  return choices.length === 0 ? errorMessage(answer, EXAMPLE) : askChoice(ctx, person, answer, choices);
}
