/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { type Actions, sentenceOf } from '../feed/usePlayground.ts';
import { Dialog } from './Dialog.tsx';

interface NewChannelProps {
  readonly actions: Actions;
  readonly onMade: (channel: string) => void;
  readonly onClose: () => void;
}

export function NewChannel({ actions, onMade, onClose }: NewChannelProps) {
  const [name, setName] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const [problem, setProblem] = useState<string>();
  const make = async () => {
    if (!name) {
      setProblem('A channel needs a name.');
      return;
    }
    try {
      const { channel } = await actions.request({ type: 'create_channel', name, private: isPrivate });
      onClose();
      if (channel) onMade(channel);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  return (
    <Dialog labelledBy="new-channel-title" className="dialog-small" onClose={onClose}>
      <form
        class="modal-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <header class="dialog-head">
          <h2 id="new-channel-title">New channel</h2>
        </header>
        <div class="dialog-body">
          <div class={`block input ${problem ? 'wrong' : ''}`}>
            <label for="new-channel-name">Name</label>
            <input
              id="new-channel-name"
              type="text"
              autocomplete="off"
              maxLength={80}
              value={name}
              aria-invalid={problem ? true : undefined}
              aria-describedby={problem ? 'new-channel-problem' : undefined}
              onInput={(event) => setName(event.currentTarget.value.toLowerCase().replace(/\s/g, '-'))}
            />
            {problem && (
              <p class="field-error" id="new-channel-problem" role="alert">
                {problem}
              </p>
            )}
          </div>
          <label class="box">
            <input type="checkbox" checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
            <span class="box-text">
              Private
              <span class="box-detail">Only people who are invited can read it, and the app only when invited.</span>
            </span>
          </label>
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
