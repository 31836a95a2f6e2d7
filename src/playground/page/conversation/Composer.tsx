/** @jsxImportSource preact */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Channel, WorkflowStep } from '../../protocol.ts';
import { describeError } from '../feed/usePlayground.ts';
import { parseCommand } from '../text/mrkdwn.ts';
import { Menu, usePopup } from '../widgets/Menu.tsx';
import { applySuggestion, type Completion, findCompletion, findUsage, type Suggestion } from './completion.ts';
import type { MessageContext } from './Message.tsx';
import { StepForm } from './StepForm.tsx';

interface ComposerProps {
  readonly context: MessageContext;
  readonly channel: Channel;
  /** The thread to reply in. */
  readonly threadTs?: string;
  readonly placeholder: string;
  /** Put into an empty composer when its `at` changes. */
  readonly draft?: { readonly text: string; readonly at: number } | undefined;
  /** Called when a command is sent. */
  readonly onCommand?: () => void;
  /** Focus the field when it appears, on devices with a keyboard. */
  readonly takesFocus?: boolean;
}

/** The message field: Enter sends, Shift+Enter starts a line, commands and names complete. */
export function Composer({ context, channel, threadTs, placeholder, draft, ...more }: ComposerProps) {
  const [text, setText] = useState('');
  const [completion, setCompletion] = useState<Completion>();
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [broadcast, setBroadcast] = useState(false);
  const [step, setStep] = useState<WorkflowStep>();
  const frame = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const caretAfter = useRef<number | undefined>(undefined);
  const listId = useId();
  const { app, people, channels, actions } = context;
  usePopup(popup, frame, completion !== undefined, 'start', completion);

  useEffect(() => {
    if (!draft) return;
    setText(draft.text);
    caretAfter.current = draft.text.length;
    field.current?.focus();
  }, [draft?.at]);

  // The field grows with its text.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 200)}px`;
    if (caretAfter.current !== undefined) element.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  }, [text]);

  // Only at first: later it would steal the focus.
  useLayoutEffect(() => {
    if (more.takesFocus && matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const lookFor = (written: string, caret: number) => {
    const found =
      threadTs && written.startsWith('/') ? undefined : findCompletion(written, caret, { app, people, channels });
    setCompletion(found);
    setAt(0);
  };

  const accept = (suggestion: Suggestion) => {
    if (!completion) return;
    const taken = applySuggestion(text, completion, suggestion);
    caretAfter.current = taken.caret;
    setText(taken.text);
    setCompletion(undefined);
    field.current?.focus();
  };

  const send = async () => {
    const typed = text.trim();
    if (!typed || busy) return;
    const command = parseCommand(typed);
    setProblem(undefined);
    if (command && threadTs) {
      setProblem('Slack has no commands in threads. Use it in the channel.');
      return;
    }
    setText('');
    setCompletion(undefined);
    setBusy(true);
    try {
      if (command) {
        more.onCommand?.();
        await actions.request({ type: 'command', channel: channel.id, ...command });
      } else {
        await actions.request({
          type: 'post',
          channel: channel.id,
          text: typed,
          ...(threadTs ? { threadTs, broadcast } : {}),
        });
      }
    } catch (error) {
      setProblem(describeError(error));
      setText((now) => now || typed);
    }
    setBusy(false);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const suggestions = completion?.suggestions ?? [];
    const picked = suggestions[at];
    // Enter sends a command that is complete already.
    const done = picked && event.key === 'Enter' && picked.text === text.slice(completion?.from, completion?.to);
    if (picked && event.key === 'ArrowDown') setAt((at + 1) % suggestions.length);
    else if (picked && event.key === 'ArrowUp') setAt((at - 1 + suggestions.length) % suggestions.length);
    else if (picked && !done && (event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) accept(picked);
    else if (completion && event.key === 'Escape') setCompletion(undefined);
    else if (event.key === 'Enter' && !event.shiftKey) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const usage = completion ? undefined : findUsage(text, app);
  const shortcuts = app.shortcuts.filter((shortcut) => shortcut.type === 'global');
  const optionId = (index: number) => `${listId}-${index}`;

  return (
    <div class="composer">
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="composer-frame" ref={frame}>
        {shortcuts.length + app.steps.length > 0 && !threadTs && (
          <Menu
            label="Shortcuts"
            side="start"
            face={<span class="icon icon-bolt" aria-hidden="true" />}
            heading="Shortcuts"
            items={[
              ...shortcuts.map((shortcut) => ({
                key: shortcut.callbackId,
                label: shortcut.name,
                detail: `${app.name} · ${shortcut.description}`,
                onPick: () => actions.requestOrNotify({ type: 'shortcut', callbackId: shortcut.callbackId }),
              })),
              ...app.steps.map((each) => ({
                key: each.callbackId,
                label: each.title,
                detail: `Workflow · ${each.description}`,
                onPick: () => setStep(each),
              })),
            ]}
          />
        )}
        <textarea
          ref={field}
          data-composer={threadTs ? undefined : true}
          rows={1}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={completion ? listId : undefined}
          aria-activedescendant={completion ? optionId(at) : undefined}
          onInput={(event) => {
            setText(event.currentTarget.value);
            lookFor(event.currentTarget.value, event.currentTarget.selectionStart);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setCompletion(undefined)}
        />
        <button
          type="button"
          class="button primary send"
          aria-label="Send"
          title="Send"
          aria-disabled={!text.trim() || undefined}
          onClick={send}
        >
          {busy ? <span class="spinner" aria-hidden="true" /> : <span class="icon icon-send" aria-hidden="true" />}
        </button>
      </div>
      <div class="composer-foot">
        {threadTs && channel.kind !== 'dm' && (
          <label class="box box-inline">
            <input
              type="checkbox"
              checked={broadcast}
              onChange={(event) => setBroadcast(event.currentTarget.checked)}
            />
            <span class="box-text">Also send to #{channel.name}</span>
          </label>
        )}
        {usage && (
          <span class="usage">
            <code>{usage.command}</code> {usage.usageHint}
          </span>
        )}
      </div>
      {step && (
        <StepForm
          actions={actions}
          step={step}
          me={context.me}
          channels={channels}
          channel={channel}
          onClose={() => setStep(undefined)}
        />
      )}
      {completion && (
        <div ref={popup} popover="manual" class="popup options" onPointerDown={(event) => event.preventDefault()}>
          <div id={listId} role="listbox" aria-label="Suggestions">
            {completion.suggestions.map((suggestion, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field holds the focus and the keys
              <div
                key={suggestion.text}
                id={optionId(index)}
                role="option"
                aria-selected={index === at}
                data-at={index === at}
                class="option"
                onPointerMove={() => setAt(index)}
                onClick={() => accept(suggestion)}
              >
                <span class="option-text">
                  <span>{suggestion.label}</span>
                  {suggestion.detail && <span class="option-detail">{suggestion.detail}</span>}
                </span>
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
