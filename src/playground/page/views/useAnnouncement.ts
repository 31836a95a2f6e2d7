import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message, Snapshot } from '../../protocol.ts';
import type { Workspace } from '../blocks/surface.ts';
import { plainWords } from '../text/plain.ts';

/**
 * What a screen reader is told of messages that arrive elsewhere than in the conversation that is open, whose list
 * announces its own.
 */
export function useAnnouncement(snapshot: Snapshot, workspace: Workspace, place: string): string {
  const [words, setWords] = useState('');
  const seen = useRef<{ me: string; keys: ReadonlySet<string> }>(undefined);

  // Only messages that arrive are announced
  useEffect(() => {
    const key = (message: Message) => `${message.channel}/${message.ts}`;
    const before = seen.current;
    seen.current = { me: snapshot.me, keys: new Set(snapshot.messages.map(key)) };
    if (before?.me !== snapshot.me) return;
    const arrived = snapshot.messages.filter(
      (message) => !before.keys.has(key(message)) && message.author !== snapshot.me && message.channel !== place,
    );
    const latest = arrived.at(-1);
    if (!latest) return;
    const channel = snapshot.channels.find((each) => each.id === latest.channel);
    const where = channel?.kind === 'dm' ? 'to you' : `in ${channel?.name ?? 'a channel'}`;
    setWords(`${latest.authorName} ${where}: ${plainWords(latest.text, workspace)}`);
  }, [snapshot.messages]);

  return words;
}
