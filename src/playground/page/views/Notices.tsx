/** @jsxImportSource preact */
import { useEffect } from 'preact/hooks';
import type { Notice } from '../feed/state.ts';

/** How long a notice stands, in milliseconds, unless it is closed before. */
const STANDS = 12_000;

function NoticeView({ notice, onDismiss }: { readonly notice: Notice; readonly onDismiss: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(notice.id), STANDS);
    return () => clearTimeout(timer);
  }, [notice.id, onDismiss]);
  return (
    <li class="notice">
      <span>{notice.text}</span>
      <button
        type="button"
        class="icon-button"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => onDismiss(notice.id)}
      >
        <span class="icon icon-close" aria-hidden="true" />
      </button>
    </li>
  );
}

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (id: number) => void;
}

export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div class="notices" role="status">
      <ul>
        {notices.map((notice) => (
          <NoticeView key={notice.id} notice={notice} onDismiss={onDismiss} />
        ))}
      </ul>
    </div>
  );
}
