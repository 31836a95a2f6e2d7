import type { AppInfo, Channel, Message, Person } from '../../protocol.ts';
import type { Actions } from '../feed/usePlayground.ts';

/** What messages need to know of the workspace they stand in. It changes only when one of its parts does. */
export interface Room {
  readonly actions: Actions;
  readonly app: AppInfo;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly me: Person;
  readonly person: (id: string) => Person | undefined;
  readonly openThread: (message: Message) => void;
  readonly react: (message: Message, name: string, on: boolean) => void;
  readonly dismiss: (message: Message) => void;
}
