import type { ModalView } from '@slack/types';
import type { Ground } from '../../actions/action.ts';
import type { Held } from '../modals/form.ts';
import type { Person } from '../people.ts';
import type { Edited } from './find.ts';
import type { Origin } from './form.ts';

/** Something pressed or chosen in the settings, which opens a form on top of them. */
export type OnOpen = (
  actionId: string,
  draw: (person: Person, origin: Origin, chosen: string) => Promise<ModalView>,
) => void;

/** A submitted form. */
export interface Filled {
  /** Of what it changes. */
  readonly id: string | undefined;
  /** What it holds, by field: all of it, or what was changed in it where it changes something. */
  readonly held: ReadonlyMap<string, Held>;
  /** What is done with it is done on this, and only while everything is as the form showed it. */
  readonly ground: Ground;
}

/** @param kind of what the form changes, where it changes something */
export type OnForm = (
  callbackId: string,
  work: (person: Person, filled: Filled) => Promise<void>,
  kind?: Edited['kind'],
) => void;
