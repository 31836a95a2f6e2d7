/** @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks';
import type { AppInfo, HomeState, ModalStack, ModalState } from '../../protocol.ts';
import { SurfaceContext } from '../contexts.ts';
import { type Actions, describeError } from '../feed/usePlayground.ts';
import { PlainText } from '../text/Text.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Blocks } from './Blocks.tsx';
import { useSurfaceState } from './useSurfaceState.ts';

interface ModalProps {
  readonly actions: Actions;
  readonly stack: ModalStack;
}

/** The modal on top of the stack. */
export function Modal({ actions, stack }: ModalProps) {
  const top = stack.at(-1);
  if (!top) return null;
  const close = (all: boolean) => actions.requestOrNotify({ type: 'close_view', view: top.id, all });
  return (
    <Dialog labelledBy="modal-title" className="modal" content={top.id} onClose={() => close(stack.length === 1)}>
      <ModalView key={top.id} actions={actions} state={top} depth={stack.length} close={close} />
    </Dialog>
  );
}

interface ModalViewProps {
  readonly actions: Actions;
  readonly state: ModalState;
  readonly depth: number;
  readonly close: (all: boolean) => void;
}

function ModalView({ actions, state, depth, close }: ModalViewProps) {
  const { view, busy } = state;
  const { surface, problem, setProblem } = useSurfaceState(actions, { in: 'view', view: state.id }, state);
  const form = useRef<HTMLFormElement>(null);
  const wrong = Object.keys(state.errors).join(' ');

  useEffect(() => {
    if (wrong) form.current?.querySelector<HTMLElement>('.wrong :is(input, textarea, button)')?.focus();
  }, [wrong]);

  const submit = async () => {
    if (busy) return;
    setProblem();
    try {
      const { submitted } = await actions.request({ type: 'submit', view: state.id });
      if (submitted === 'failed') setProblem('The app could not take this. Nothing was saved; try again.');
      if (submitted === 'errors') form.current?.querySelector<HTMLElement>('.wrong :is(input, textarea)')?.focus();
    } catch (error) {
      setProblem(describeError(error));
    }
  };

  return (
    <form
      ref={form}
      class="modal-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (view.submit) submit();
      }}
    >
      <header class="dialog-head">
        {depth > 1 && (
          <button type="button" class="icon-button" aria-label="Back" title="Back" onClick={() => close(false)}>
            <span class="icon icon-back" aria-hidden="true" />
          </button>
        )}
        <h2 id="modal-title">
          <PlainText text={view.title} />
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the dialog"
          title="Close"
          onClick={() => close(true)}
        >
          <span class="icon icon-close" aria-hidden="true" />
        </button>
      </header>
      <div class="dialog-body">
        <SurfaceContext.Provider value={surface}>
          <Blocks blocks={view.blocks} />
        </SurfaceContext.Provider>
      </div>
      {problem && (
        <p class="problem dialog-problem" role="alert">
          {problem}
        </p>
      )}
      <footer class="dialog-foot">
        {(view.submit || view.close) && (
          <button type="button" class="button" onClick={() => close(false)}>
            {view.close ? <PlainText text={view.close} /> : depth > 1 ? 'Back' : 'Cancel'}
          </button>
        )}
        {view.submit && (
          <button type="submit" class="button primary" aria-disabled={busy || undefined} aria-busy={busy}>
            {busy && <span class="spinner" aria-hidden="true" />}
            <PlainText text={view.submit} />
          </button>
        )}
      </footer>
    </form>
  );
}

interface HomeProps {
  readonly actions: Actions;
  readonly app: AppInfo;
  readonly home: HomeState | null;
}

function HomeBlocks({ actions, home }: { readonly actions: Actions; readonly home: HomeState }) {
  const { surface, problem } = useSurfaceState(actions, { in: 'view', view: home.id }, home);
  return (
    <SurfaceContext.Provider value={surface}>
      <Blocks blocks={home.view.blocks} />
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </SurfaceContext.Provider>
  );
}

/** The app's Home tab. Opening it sends `app_home_opened`. */
export function Home({ actions, app, home }: HomeProps) {
  const { requestOrNotify } = actions;
  useEffect(() => {
    requestOrNotify({ type: 'open_home' });
  }, [requestOrNotify]);
  return (
    <div class="home" id="main-content" tabIndex={-1}>
      {home ? (
        <HomeBlocks key={home.id} actions={actions} home={home} />
      ) : (
        <p class="empty">{app.name} has put nothing on its home tab yet.</p>
      )}
    </div>
  );
}
