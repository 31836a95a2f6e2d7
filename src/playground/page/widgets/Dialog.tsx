/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ConfirmDialog } from '../../protocol.ts';
import { PlainText, Text } from '../text/Text.tsx';

interface DialogProps {
  readonly labelledBy: string;
  readonly className?: string;
  readonly role?: 'dialog' | 'alertdialog';
  /** Another focus is set when this changes: the view that the dialog shows. */
  readonly content?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Where typing should begin: where the app wants it, else in the first field, else on the first button of the body. */
function firstFocus(dialog: HTMLElement): HTMLElement | null {
  return (
    dialog.querySelector<HTMLElement>('[data-autofocus=true], [data-autofocus=""]') ??
    dialog.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select)') ??
    dialog.querySelector<HTMLElement>('.dialog-body button, .dialog-foot .primary, .dialog-foot button')
  );
}

/** A modal dialog: the browser keeps the focus inside and the rest of the page out; Esc closes. */
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

  // Another content is another reason to set the focus
  useEffect(() => {
    if (dialog.current) firstFocus(dialog.current)?.focus();
  }, [content]);

  return (
    <dialog ref={dialog} class={`dialog ${className ?? ''}`} role={role} aria-labelledby={labelledBy}>
      {children}
    </dialog>
  );
}

/** The question of an element's `confirm`, asked before the app is told. */
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
