/** @jsxImportSource preact */
import type { ConfirmDialog } from '../../protocol.ts';
import { PlainText, Text } from '../text/Text.tsx';
import { Dialog } from './Dialog.tsx';

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
