import type { App, BlockAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { UserError } from '../core/errors.ts';
import { slackError } from './connection/client.ts';
import type { ListenerContext } from './context.ts';
import type { Person } from './people.ts';

/** How many open forms are remembered; a form that is forgotten is only drawn anew a little less often. */
const MOST = 1000;

/**
 * Draws forms anew as people fill them in. Changes come one upon another: of those of one form only the newest is drawn,
 * over whatever was drawn before it, and never over a form that something else has put in its place.
 */
class Redraw {
  readonly #client: WebClient;
  /** By view: its newest change, the hash that Slack gave to what was drawn last, and what is being drawn. */
  readonly #forms = new Map<string, { change: symbol; hash: string | undefined; drawing: Promise<void> }>();

  constructor(client: WebClient) {
    this.#client = client;
  }

  /** @param draw makes the form from what it held at the change */
  async change(view: ViewOutput, draw: () => Promise<ModalView>): Promise<void> {
    const change = Symbol(view.id);
    if (this.#forms.size >= MOST) this.#forms.clear();
    const before = this.#forms.get(view.id);
    const drawing = (async () => {
      const drawn = await draw();
      await before?.drawing.catch(() => {});
      await this.#update(view.id, change, view.hash, drawn);
    })();
    this.#forms.set(view.id, { change, hash: before?.hash, drawing });
    await drawing;
  }

  async #update(id: string, change: symbol, hash: string, view: ModalView): Promise<void> {
    if (this.#forms.get(id)?.change !== change) return;
    try {
      const { view: updated } = await this.#client.views.update({ view_id: id, hash, view });
      const form = this.#forms.get(id);
      if (form !== undefined) form.hash = updated?.hash;
    } catch (error) {
      const reason = slackError(error);
      if (reason === 'not_found') return;
      if (reason !== 'hash_conflict') throw error;
      // What was drawn for the change before this one has come in between; anything else has the right of way.
      const drawnLast = this.#forms.get(id)?.hash;
      if (drawnLast !== undefined && drawnLast !== hash) await this.#update(id, change, drawnLast, view);
    }
  }
}

/** Redraws a form when one of its inputs changes. The forms of one slice share one call. */
export function onInputChange(
  app: App,
  { context, track }: ListenerContext,
): (actionId: string, draw: (person: Person, view: ViewOutput) => Promise<ModalView>) => void {
  const { client, log, people, workspace } = context;
  const redraw = new Redraw(client);
  return (actionId, draw) => {
    app.action<BlockAction>({ type: 'block_actions', action_id: actionId }, async ({ ack, body }) => {
      await ack();
      const { view } = body;
      if (view === undefined) return;
      const drawing = redraw.change(view, async () => draw(await people.find(workspace, body.user.id), view));
      track(
        drawing.catch((error: unknown) => {
          if (!(error instanceof UserError)) log.error({ error }, 'a form could not be drawn anew');
        }),
      );
    });
  };
}
