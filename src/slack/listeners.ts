import type { App, BlockAction, BlockButtonAction, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import type { ModalView, PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { authorize, roleUnverified } from '../core/permissions.ts';
import { sharedForms } from '../texts/slack-forms.ts';
import type { Message } from './blocks.ts';
import type { Reply, SlackContext } from './context.ts';
import { createReply, failureMessage, messageDialog, replyInDialog, withErrorReply } from './context.ts';
import { fieldErrors, ReplyError } from './form.ts';
import type { Person } from './people.ts';
import { Redraw } from './redraw.ts';

/** The result of a submitted form besides closing it: another form in its place, or work after the acknowledgement. */
export type Outcome = { readonly show?: ModalView; readonly after?: () => Promise<void> };

interface ButtonPress {
  readonly value: string;
  /** Opens one form, within three seconds. */
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly body: BlockButtonAction;
}

/** A button or a select in a view. `value`: of the button, or of the option chosen. */
export type ViewPress = { readonly view: ViewOutput; readonly value: string; readonly triggerId: string };

const select = z.object({ selected_option: z.object({ value: z.string() }) });

/**
 * Registers what Lull reacts to in one workspace. Everything but a submitted form is acknowledged at once and worked on
 * after, so that Slack's three seconds are never at stake; an error is answered to the person who asked.
 */
export class Listeners {
  readonly app: App;
  readonly context: SlackContext;
  /** Registers work that continues after the acknowledgement, so that a stop can wait for it. */
  readonly track: (work: Promise<void>) => void;
  readonly #redraw: Redraw;

  constructor(app: App, context: SlackContext, track: (work: Promise<void>) => void) {
    this.app = app;
    this.context = context;
    this.track = track;
    this.#redraw = new Redraw(context.client);
  }

  run(userId: string, reply: Reply, work: (person: Person) => Promise<void>): void {
    this.track(withErrorReply(this.context.log, reply, () => this.#actAs(userId, work)));
  }

  /** @param work returns the answer, if there is one @param how `replace`: it replaces the message of the button */
  button(
    actionId: string | RegExp,
    work: (person: Person, press: ButtonPress) => Promise<Message | undefined> | Promise<void>,
    how?: { readonly replace: true },
  ): void {
    const { client, log } = this.context;
    const constraints = { type: 'block_actions', action_id: actionId } as const;
    this.app.action<BlockButtonAction>(constraints, async ({ ack, body, action }) => {
      await ack();
      const { trigger_id: triggerId, response_url: responseUrl } = body;
      const inView = body.container.type === 'view';
      const reply = inView ? replyInDialog(client, triggerId, log) : createReply(responseUrl, log);
      this.run(body.user.id, reply, async (person) => {
        const message = await work(person, { value: action.value ?? '', triggerId, responseUrl, body });
        if (message) await reply(message, how);
      });
    });
  }

  /** A button or a select in a view. An error is shown in a dialog on top of it. */
  inView(actionId: string, work: (person: Person, press: ViewPress) => Promise<void>): void {
    const { client, log } = this.context;
    this.app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body, action }) => {
      await ack();
      const { view, trigger_id: triggerId } = body;
      if (view === undefined) return;
      const value =
        (action.type === 'button' ? action.value : select.safeParse(action).data?.selected_option.value) ?? '';
      this.run(body.user.id, replyInDialog(client, triggerId, log, 'push'), (person) =>
        work(person, { view, value, triggerId }),
      );
    });
  }

  /** A changed input of a form. @param draw returns the form as it is shown from then on */
  change(actionId: string, draw: (person: Person, view: ViewOutput) => Promise<ModalView>): void {
    this.app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body }) => {
      await ack();
      const { view } = body;
      if (view === undefined) return;
      const redrawn = this.#redraw.change(view, async () => draw(await this.#find(body.user.id), view));
      const failed = (error: unknown) => {
        if (!(error instanceof UserError)) this.context.log.error({ error }, 'a form could not be drawn anew');
      };
      this.track(redrawn.catch(failed));
    });
  }

  /** A submitted form. It is acknowledged after the work, so that each problem shows at its field. */
  submission(
    callbackId: string,
    work: (person: Person, view: ViewOutput) => Promise<Outcome | undefined> | Promise<void>,
  ): void {
    const { log } = this.context;
    const constraints = { type: 'view_submission', callback_id: callbackId } as const;
    this.app.view<ViewSubmitAction>(constraints, async ({ ack, body, view }) => {
      let zone = 'UTC';
      try {
        const outcome = await this.#actAs(body.user.id, async (person) => {
          zone = person.timezone;
          return work(person, view);
        });
        if (outcome?.show === undefined) await ack();
        else await ack({ response_action: 'update', view: outcome.show });
        const after = outcome?.after;
        if (after) this.track(after().catch((error: unknown) => log.error({ error }, 'an answer could not be made')));
      } catch (error) {
        // Shown at the fields, so that nothing that was filled in is lost.
        if ((error instanceof UserError || error instanceof ReplyError) && error.problems.length > 0) {
          const fields = view.blocks.flatMap((block) =>
            block.type === 'input' && block.block_id ? [block.block_id] : [],
          );
          await ack({ response_action: 'errors', errors: fieldErrors(error.problems, fields, zone) });
        } else {
          await ack({
            response_action: 'update',
            view: messageDialog(failureMessage(log, error), sharedForms.notDone),
          });
        }
      }
    });
  }

  /** The options of a searchable select. @param search finds them by what was typed */
  options(actionId: string, search: (typed: string) => Promise<PlainTextOption[]>): void {
    this.app.options(actionId, async ({ options, ack, body }) => {
      try {
        authorize((await this.#find(body.user.id)).actor, 'read');
        await ack({ options: await search(options.value) });
      } catch (error) {
        if (!(error instanceof UserError))
          this.context.log.error({ error }, 'the options of a form could not be loaded');
        await ack({ options: [] });
      }
    });
  }

  /** Does something once more for an admin after Slack confirmed that they are one, where it was not done without that. */
  async #actAs<T>(userId: string, work: (person: Person) => Promise<T>): Promise<T> {
    const person = await this.#find(userId);
    try {
      return await work(person);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== roleUnverified.code) throw error;
      const { people, workspace } = this.context;
      const verified = await people.verify(workspace, person);
      if (verified === undefined) throw error;
      return work(verified);
    }
  }

  #find(userId: string): Promise<Person> {
    return this.context.people.find(this.context.workspace, userId);
  }
}
