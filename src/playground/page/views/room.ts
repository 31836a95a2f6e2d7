import type { Message, Person, Snapshot } from '../../protocol.ts';
import type { Playground } from '../feed/usePlayground.ts';

/** What a message needs to know of the conversation it stands in. */
export interface Room {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
  readonly me: Person;
  readonly person: (id: string) => Person | undefined;
  readonly openThread: (message: Message) => void;
  readonly react: (message: Message, name: string, on: boolean) => void;
  readonly dismiss: (message: Message) => void;
}
