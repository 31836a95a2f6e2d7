/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ConfirmDialog } from '../../protocol.ts';
import { PlainText, Text } from '../text/Text.tsx';

interface DialogProps {
  readonly labelledBy: string;
  readonly className?: string;
  readonly role?: 'dialog' | 'alertdialog';
  /** Id of the view in the dialog. The focus is set again when it changes. */
  readonly content?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Where the focus belongs: the app's choice, else the first field, else the first button. */
function firstFocus(dialog: HTMLElement): HTMLElement | null {
  return (
    dialog.querySelector<HTMLElement>('[data-autofocus=true], [data-autofocus=""]') ??
    dialog.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select)') ??
    dialog.querySelector<HTMLElement>('.dialog-body button, .dialog-foot .primary, .dialog-foot button')
  );
}

/** A modal dialog. The browser traps the focus; Esc closes. */
export function Dialog({ labelledBy, className, role, content, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (!element) return;
    element.showModal();
    const onCancel = (event: Event) => {
      if (event.target !== element) return;
      event.preventDefault();
      close.current();
    };
    element.addEventListener('cancel', onCancel);
    return () => {
      element.removeEventListener('cancel', onCancel);
      element.close();
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
      else document.querySelector<HTMLElement>('[data-composer]')?.focus();
    };
  }, []);

  useEffect(() => {
    if (dialog.current) firstFocus(dialog.current)?.focus();
  }, [content]);

  return (
    <dialog ref={dialog} class={`dialog ${className ?? ''}`} role={role} aria-labelledby={labelledBy}>
      {children}
    </dialog>
  );
}

/** The confirmation dialog of an element. */
export function Confirm({ ask, onAnswer }: { readonly ask: ConfirmDialog; readonly onAnswer: (yes: boolean) => void }) {
  return (
    <Dialog labelledBy="confirm-title" className="dialog-small" role="alertdialog" onClose={() => onAnswer(false)}>
      <header class="dialog-head">
        <h2 id="confirm-title">{ask.title ? <PlainText text={ask.title} /> : 'Are you sure?'}</h2>
      </header>
      <div class="dialog-body">
        <Text text={ask.text} />
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={() => onAnswer(false)}>
          {ask.deny ? <PlainText text={ask.deny} /> : 'Cancel'}
        </button>
        <button
          type="button"
          class={`button ${ask.style ?? 'primary'}`}
          data-autofocus={true}
          onClick={() => onAnswer(true)}
        >
          {ask.confirm ? <PlainText text={ask.confirm} /> : 'Yes'}
        </button>
      </footer>
    </Dialog>
  );
}
