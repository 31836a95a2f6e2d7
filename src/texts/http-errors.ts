import type { Problem, UserError } from '../core/errors.ts';
import { type ErrorTexts, wordError } from '../errors.ts';
import { type OwnTexts, SHARED_TEXTS } from './errors.ts';

/** What only readers of the HTTP API need: endpoints. */
const OWN_TEXTS: OwnTexts = {
  'fields-changed': ({ fields }) =>
    `${fields.join(', ')} changed since you read it. Read it again, and repeat the change.`,
  'maintenance-not-found': ({ ref }) =>
    `There is no maintenance ${ref}. GET /api/v1/maintenances lists the maintenances.`,
  'approval-missing': ({ id, approval }) =>
    `Maintenance ${id} ${approval === 'declined' ? 'was declined' : 'is not approved yet'}. Another person has to approve it in Slack.`,
  'series-not-found': ({ ref }) => `There is no series ${ref}. GET /api/v1/series lists the series.`,
  'scope-not-found': ({ id }) => `There is no scope ${id}. GET /api/v1/scopes lists the scopes.`,
  'service-not-found': ({ id }) => `There is no service ${id}. GET /api/v1/services lists the services.`,
  'check-not-found': ({ id }) => `There is no check ${id}. GET /api/v1/checks lists the checks.`,
  'provider-not-found': ({ name }) =>
    `There is no monitoring system ${name}. GET /api/v1/providers lists the monitoring systems.`,
  'checks-not-listable': ({ name }) =>
    `${name} is of a kind that cannot say which checks it has. Add each check that windows should switch: POST /api/v1/checks.`,
  'setting-invalid': ({ expected }, { subject }) => `${subject}: ${expected}`,
  'expiry-invalid': ({ days, max }, { subject }) =>
    `${subject} is ${days}; expected a whole number from 1 to ${max}, or null for never.`,
  'webhook-not-found': ({ id }) => `There is no webhook ${id}. GET /api/v1/webhooks lists the webhooks.`,
};

const HTTP_TEXTS: ErrorTexts = { ...SHARED_TEXTS, ...OWN_TEXTS };

const instant = (at: Date) => at.toISOString().replace(/\.000Z$/, 'Z');

/** A problem in the words of the HTTP API, which calls fields by their names. */
export function httpProblemText(problem: Problem): string {
  return wordError(HTTP_TEXTS, problem, { subject: problem.field, instant });
}

/** An error in the words of the HTTP API: those of its problems where it is about several, one a line. */
export function httpErrorText(error: UserError): string {
  const { problems } = error;
  if (problems.some(({ code }) => code !== error.code)) {
    return problems
      .map((problem) => {
        const text = httpProblemText(problem);
        // A place within a document, which the text may not name.
        return problem.field.includes('.') && !text.startsWith(problem.field) ? `${problem.field}: ${text}` : text;
      })
      .join('\n');
  }
  return wordError(HTTP_TEXTS, error, { subject: problems[0]?.field ?? 'A value', instant });
}

/** Why Lull is not ready, for whoever runs it. */
export const databaseProblemTexts = {
  unreachable: 'PostgreSQL does not answer.',
  'disk-full': 'PostgreSQL stores nothing: its disk is full. Lull continues once there is space.',
  'read-only': 'PostgreSQL stores nothing: it is read-only.',
};
