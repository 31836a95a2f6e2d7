import { type Preview, preview as previewOf } from '../../actions/preview.ts';
import { may } from '../../domain/permissions.ts';
import { readSentence, type Sentence } from '../../domain/when/index.ts';
import { listServices, type Service } from '../../store/catalogue.ts';
import { keepDraft } from '../../store/drafts.ts';
import type { SlackContext } from '../context.ts';
import { type DraftChoices, type DraftWindow, toContent } from '../draft.ts';
import { answer, EXAMPLE, question, refusal, welcome } from '../messages/answers.ts';
import { escaped, quote } from '../messages/blocks.ts';
import type { Message } from '../messages/message.ts';
import { preview } from '../messages/preview.ts';
import type { Person } from '../people.ts';

/** Slack's buttons in one row; more choices than this are too many to read anyway. */
const MOST_CHOICES = 5;
/** How many suggestions for a name nobody knows. */
const SUGGESTIONS = 3;

/**
 * Reads a sentence and answers with what was understood, with a question, or with why not. Nothing is scheduled yet.
 * Needs nothing but the words, so it serves the command and the buttons of a question alike.
 */
export async function readAloud(context: SlackContext, person: Person, text: string): Promise<Message> {
  const { ground } = context;
  const { accountId } = person.actor;
  const services = await listServices(ground.database, accountId);
  const sentence = readSentence(text, {
    now: ground.clock.now(),
    timezone: person.timezone,
    locale: person.locale,
    services: services.map(({ id, name, scope }) => ({ id, name, ...(scope === null ? {} : { scope: scope.name }) })),
  });
  if (sentence.unknown.length > 0) return askForService(context, person, text, sentence, services.length === 0);
  if (services.length === 0) return welcome;
  const { when } = sentence;
  switch (when.outcome) {
    case 'refusal': {
      const service = services.find(({ id }) => sentence.services.includes(id)) ?? services[0];
      return refusal(when.reason, `/maintenance ${service === undefined ? '' : `${service.name} `}${when.example}`);
    }
    case 'question': {
      const choices = when.choices.slice(0, MOST_CHOICES);
      const id = await keepChoices(context, person, choices);
      return question(
        when.question,
        id,
        choices.map(({ label }) => label),
      );
    }
    case 'series':
      return answer(
        `That is a recurring window (\`${escaped(when.cron)}\`, ${escaped(when.timezone)}). Lull cannot schedule those from Slack yet; name one day, such as \`tomorrow 2am for 2h\`.`,
      );
    case 'window':
      if (sentence.services.length === 0) {
        return answer(
          `Which service is it for? Begin with its name, such as \`/maintenance ${escaped(services[0]?.name ?? 'api')} ${quote(text, 500)}\`.`,
        );
      }
      return previewMessage(context, person, windowOf(sentence, when, services), services);
  }
}

/** Keeps the window as a draft and draws its preview with the buttons. */
async function previewMessage(
  context: SlackContext,
  person: Person,
  window: DraftWindow,
  services: readonly Service[],
): Promise<Message> {
  const meant: Preview = await previewOf(context.ground, person.actor, { ...window, scopeId: null });
  const id = await keepDraft(
    context.ground.database,
    person.actor.accountId,
    person.actor.id,
    toContent(window),
    context.ground.clock.now(),
  );
  const called = services.filter((service) => window.services.includes(service.id)).map((service) => service.name);
  return preview(id, window, called, person.timezone, meant);
}

function windowOf(
  sentence: Sentence,
  when: Extract<Sentence['when'], { outcome: 'window' }>,
  services: readonly Service[],
): DraftWindow {
  const called = services.filter((service) => sentence.services.includes(service.id)).map((service) => service.name);
  const name = sentence.name ?? `Maintenance of ${called.slice(0, 3).join(', ')}${called.length > 3 ? ', ...' : ''}`;
  return {
    kind: 'window',
    name,
    services: [...sentence.services],
    checks: null,
    start: when.start,
    end: when.end,
    timezone: when.timezone,
    serviceStatus: sentence.serviceStatus ?? 'down',
    visibility: sentence.internal ? 'internal' : 'public',
    description: '',
    externalReference: sentence.reference ?? null,
    externalLink: sentence.link ?? null,
    channels: [...sentence.channels],
    assumed: [
      ...(when.assumed.includes('duration') ? ['it lasts one hour, because no duration was said'] : []),
      ...(sentence.name === undefined ? [`it is called "${name}"; say a name after a colon`] : []),
      ...(sentence.serviceStatus === undefined
        ? ['the services are down meanwhile; say status:degraded or status:up if not']
        : []),
    ],
    notices: [...when.notices],
  };
}

/** A name that no service has: the nearest ones, and for those who may, to add it on the spot. */
async function askForService(
  context: SlackContext,
  person: Person,
  text: string,
  sentence: Sentence,
  first: boolean,
): Promise<Message> {
  const [unknown] = sentence.unknown;
  if (unknown === undefined) return welcome;
  const { word } = unknown;
  const choices: (DraftChoices['choices'][number] & { label: string })[] = [
    ...unknown.suggestions
      .slice(0, SUGGESTIONS)
      .map(({ name }) => ({ label: `Use ${name}`, text: replaceWord(text, word, name) })),
    ...(may(person.actor, 'add-service') ? [{ label: `Add ${word} as a service`, text, addService: word }] : []),
  ];
  const suggested = unknown.suggestions.slice(0, SUGGESTIONS).map(({ name }) => `\`${name}\``);
  const asked = first
    ? `Welcome to Lull. It does not know any service yet, and \`${word}\` looks like the first.`
    : suggested.length > 0
      ? `There is no service \`${word}\`. Did you mean ${suggested.join(' or ')}?`
      : `There is no service \`${word}\`, and it is not a time either.`;
  if (choices.length === 0) return refusal(asked, EXAMPLE);
  const id = await keepChoices(
    context,
    person,
    choices.map(({ label: _, ...choice }) => choice),
  );
  return question(
    asked,
    id,
    choices.map(({ label }) => label),
  );
}

async function keepChoices(
  { ground }: SlackContext,
  person: Person,
  choices: readonly { text: string; addService?: string | undefined }[],
): Promise<string> {
  const content = {
    kind: 'choices',
    choices: choices.map(({ text, addService }) => (addService === undefined ? { text } : { text, addService })),
  };
  return keepDraft(ground.database, person.actor.accountId, person.actor.id, content, ground.clock.now());
}

/** The sentence with the first such word replaced; quoted when the name has spaces. */
function replaceWord(text: string, word: string, name: string): string {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  const put = /\s/.test(name) ? `"${name}"` : name;
  return at < 0 ? `${put} ${text}` : `${text.slice(0, at)}${put}${text.slice(at + word.length)}`;
}
