import { listServices, type Service } from '../../catalogue/services/repository.ts';
import { fromNamed, withInitial } from '../../core/fields.ts';
import { isAllowed } from '../../core/permissions.ts';
import { describeCron, nextOccurrences } from '../../core/recurrence/index.ts';
import { errorMessage, successMessage, welcomeMessage } from '../../slack/answers.ts';
import { escapeMrkdwn, type Message, quote } from '../../slack/blocks.ts';
import type { SlackContext } from '../../slack/context.ts';
import type { Person } from '../../slack/people.ts';
import { slackProblemText } from '../../texts/slack-errors.ts';
import { EXAMPLE } from '../../texts/slack-help.ts';
import {
  type Assumption,
  readSentence,
  removeWord,
  replaceWord,
  type Sentence,
  type SeriesAnswer,
  type WindowAnswer,
} from '../../when/index.ts';
import { preview as previewOf } from '../commands/schedule.ts';
import { CONTENT_FIELDS, contentInSentence } from '../fields.ts';
import { saveDraft } from '../repository/drafts.ts';
import { validateContent } from '../rules/validation.ts';
import {
  askChoice,
  type Choice,
  type DraftContent,
  type DraftSeries,
  type DraftWindow,
  serializeDraft,
} from './drafts.ts';
import { previewMessage, seriesPreview } from './preview.ts';

/** How many of the next runs are shown, and how many are looked at for a clock change. */
const SHOWN_RUNS = 5;
const FORESEEN = 400;
/** How many suggestions for a name nobody knows. */
const SUGGESTIONS = 3;

/**
 * Reads a sentence and answers with what was understood, with a question, or with why not. Nothing is scheduled yet.
 * Needs nothing but the words, so it serves the command and the buttons of a question alike.
 */
export async function previewSentence(context: SlackContext, person: Person, text: string): Promise<Message> {
  const { ctx } = context;
  const { accountId } = person.actor;
  const services = await listServices(ctx.database, accountId);
  const sentence = readSentence(text, {
    now: ctx.clock.now(),
    timezone: person.timezone,
    locale: person.locale,
    services,
  });
  const noChannel = sentence.channels.find((channel) => channel.startsWith('#'));
  if (noChannel !== undefined) {
    return successMessage(
      `There is no channel ${escapeMrkdwn(noChannel)} that Lull can see. Choose one from the list that Slack offers after #.`,
    );
  }
  if (sentence.unknown.length > 0) return askForService(context, person, text, sentence, services.length === 0);
  if (services.length === 0) return welcomeMessage;
  const { when } = sentence;
  switch (when.outcome) {
    case 'refusal': {
      const service = services.find(({ id }) => sentence.services.includes(id)) ?? services[0];
      return errorMessage(
        when.reason,
        `/maintenance ${service === undefined ? '' : `${service.name} `}${when.example}`,
      );
    }
    case 'question':
      return askChoice(ctx, person, when.question, when.choices);
    case 'series':
    case 'window':
      if (sentence.services.length === 0 && sentence.selector === undefined) {
        return successMessage(
          `Which service is it for? Begin with its name, such as \`/maintenance ${escapeMrkdwn(services[0]?.name ?? 'api')} ${quote(text, 500)}\`.`,
        );
      }
      return when.outcome === 'window'
        ? previewWindow(context, person, windowOf(sentence, when, services), services)
        : previewSeries(context, person, seriesOf(sentence, when, services), services);
  }
}

/** What could not be scheduled is said before it is shown; undefined where nothing is wrong. */
function wrong(understood: DraftContent): Message | undefined {
  const problems = validateContent(understood);
  return problems.length === 0
    ? undefined
    : successMessage(escapeMrkdwn(problems.map((problem) => slackProblemText(problem, 'UTC', 'elsewhere')).join(' ')));
}

/** Keeps the window as a draft and draws its preview with the buttons. */
async function previewWindow(
  { ctx }: SlackContext,
  person: Person,
  window: DraftWindow,
  services: readonly Service[],
): Promise<Message> {
  const { accountId, id: personId } = person.actor;
  const problem = wrong(window);
  if (problem !== undefined) return problem;
  const meant = await previewOf(ctx, person.actor, { ...window, scopeId: null });
  const id = await saveDraft(ctx.database, accountId, personId, serializeDraft(window), ctx.clock.now());
  return previewMessage(id, window, called(window, services), person.timezone, meant);
}

/** The same for a series. What its next run means stands for all. */
async function previewSeries(
  { ctx }: SlackContext,
  person: Person,
  series: DraftSeries,
  services: readonly Service[],
): Promise<Message> {
  const { accountId, id: personId } = person.actor;
  const problem = wrong(series);
  if (problem !== undefined) return problem;
  const now = ctx.clock.now();
  const runs = nextOccurrences(series, now, FORESEEN);
  const [first] = runs;
  if (first === undefined) return errorMessage(`\`${series.cron}\` never comes again.`, EXAMPLE);
  const meant = await previewOf(ctx, person.actor, { ...series, ...first, scopeId: null });
  const id = await saveDraft(ctx.database, accountId, personId, serializeDraft(series), now);
  const changed = runs.find((run) => run.notice !== undefined);
  return seriesPreview(id, series, called(series, services), person.timezone, meant, {
    words: describeCron(series.cron, person.locale),
    next: runs.slice(0, SHOWN_RUNS),
    clockChange: changed && { ...changed, notice: changed.notice ?? '' },
  });
}

/** The names of the services it is for. */
function called({ services: ids }: { services: readonly number[] }, services: readonly Service[]): string[] {
  return services.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
}

function windowOf(sentence: Sentence, when: WindowAnswer, services: readonly Service[]): DraftWindow {
  return { kind: 'window', ...understoodOf(sentence, when, services), start: when.start, end: when.end };
}

function seriesOf(sentence: Sentence, when: SeriesAnswer, services: readonly Service[]): DraftSeries {
  const { cron, durationMinutes } = when;
  return { kind: 'series', ...understoodOf(sentence, when, services), cron, durationMinutes };
}

/** What a sentence says besides when. */
function understoodOf(
  sentence: Sentence,
  { timezone, assumed, notices }: WindowAnswer | SeriesAnswer,
  services: readonly Service[],
): DraftContent {
  const named = called(sentence, services);
  const about = named.length === 0 ? (sentence.selector ?? '') : named.slice(0, 3).join(', ');
  const name = sentence.name ?? `Maintenance of ${about}${named.length > 3 ? ', ...' : ''}`;
  return {
    ...withInitial(CONTENT_FIELDS, { ...fromNamed(CONTENT_FIELDS, contentInSentence(sentence)), name }),
    services: [...sentence.services],
    checks: null,
    selector: sentence.selector === undefined ? null : { text: sentence.selector, follows: false },
    timezone,
    channels: [...sentence.channels],
    assumed: [
      ...assumed.map((assumption) => ASSUMPTIONS[assumption]),
      ...(sentence.name === undefined ? [`it is called "${name}"; say a name after a colon`] : []),
      ...(sentence.serviceStatus === undefined
        ? ['the services are down meanwhile; say status:degraded or status:up if not']
        : []),
    ],
    notices: [...notices],
  };
}

const ASSUMPTIONS: Record<Assumption, string> = {
  duration: 'it lasts one hour, because no duration was said',
  day: 'the first day is meant, because none was said',
};

/** A name that no service has: the nearest ones, and for those who may, to add it on the spot. */
async function askForService(
  context: SlackContext,
  person: Person,
  text: string,
  sentence: Sentence,
  first: boolean,
): Promise<Message> {
  const [unknown] = sentence.unknown;
  if (unknown === undefined) return welcomeMessage;
  const { word } = unknown;
  // "restart api tomorrow 2am": with the service known and no name said, the word may well be the name.
  const mayBeName = sentence.services.length > 0 && sentence.name === undefined;
  const choices: Choice[] = [
    ...(mayBeName ? [{ label: `Call it "${word}"`, text: `${removeWord(text, word)}: ${word}` }] : []),
    ...unknown.suggestions
      .slice(0, SUGGESTIONS)
      .map(({ name }) => ({ label: `Use ${name}`, text: replaceWord(text, word, name) })),
    ...(isAllowed(person.actor, 'add-service') ? [{ label: `Add ${word} as a service`, text, addService: word }] : []),
  ];
  const suggested = unknown.suggestions.slice(0, SUGGESTIONS).map(({ name }) => `\`${name}\``);
  const asked = first
    ? `Welcome to Lull. It does not know any service yet, and \`${word}\` looks like the first.`
    : suggested.length > 0
      ? `There is no service \`${word}\`. Did you mean ${suggested.join(' or ')}?`
      : `There is no service \`${word}\`, and it is not a time either.`;
  if (choices.length === 0) return errorMessage(asked, EXAMPLE);
  return askChoice(context.ctx, person, asked, choices);
}
