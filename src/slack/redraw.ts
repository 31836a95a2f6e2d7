import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import { slackError } from './connection/client.ts';

/** Open forms that are tracked. A form that is not is redrawn after each change instead of the newest. */
const MAX_FORMS = 1000;

/**
 * Redraws forms as people fill them in. Of several changes in quick succession only the newest is drawn, over what was drawn
 * before it, and never over a form that something else has replaced.
 */
export class Redraw {
  readonly #client: WebClient;
  /** By view: its newest change, the hash of what was drawn last, and the drawing in progress. */
  readonly #forms = new LRUCache<string, { change: symbol; hash: string | undefined; drawing: Promise<void> }>({
    max: MAX_FORMS,
  });

  constructor(client: WebClient) {
    this.#client = client;
  }

  /** @param draw draws the form with its values at the change */
  async change(view: ViewOutput, draw: () => Promise<ModalView>): Promise<void> {
    const change = Symbol(view.id);
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
      // The change before this one was drawn in between. Anything else must not be overwritten.
      const lastHash = this.#forms.get(id)?.hash;
      if (lastHash !== undefined && lastHash !== hash) await this.#update(id, change, lastHash, view);
    }
  }
}
