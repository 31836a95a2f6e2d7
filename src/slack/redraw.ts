import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { slackError } from './connection/client.ts';

/** How many open forms are remembered; a form that is forgotten is only drawn anew a little less often. */
const MOST = 1000;

/**
 * Draws forms anew as people fill them in. Changes come one upon another: of those of one form only the newest is drawn,
 * over whatever was drawn before it, and never over a form that something else has put in its place.
 */
export class Redraw {
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
