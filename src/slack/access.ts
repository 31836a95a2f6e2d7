import { WebAPIRateLimitedError } from '@slack/web-api';
import { slackError } from './client.ts';
import { FINAL_TOKEN_ERRORS } from './workspace.ts';

/** How long an answer holds (milliseconds): however often it is wanted, Slack is not asked more often. */
const HOLDS = 5_000;
/** Who is asked whether Lull is ready does not wait longer than this for Slack (milliseconds). */
const ANSWERED_WITHIN = 2_000;

/** Whether Slack can be reached, and takes the token it is asked with. */
export class Access {
  readonly #test: () => Promise<unknown>;
  #asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  /** @param test asks Slack once */
  constructor(test: () => Promise<unknown>) {
    this.#test = test;
  }

  /** False as well when Slack does not answer in time. */
  granted(): Promise<boolean> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > HOLDS) this.#asked = { at: now, answer: this.#ask() };
    return this.#asked.answer;
  }

  /** Has Slack asked anew the next time, for something happened to the token. */
  forget(): void {
    this.#asked = undefined;
  }

  #ask(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, ANSWERED_WITHIN, false).unref());
    const taken = this.#test().then(
      () => true,
      (error: unknown) => {
        const reason = slackError(error);
        return error instanceof WebAPIRateLimitedError || (reason !== undefined && !FINAL_TOKEN_ERRORS.has(reason));
      },
    );
    return Promise.race([taken, late]);
  }
}
