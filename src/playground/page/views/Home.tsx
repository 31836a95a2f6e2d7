/** @jsxImportSource preact */
import { useEffect } from 'preact/hooks';
import type { AppInfo, HomeState } from '../../protocol.ts';
import { Blocks } from '../blocks/Blocks.tsx';
import { SurfaceContext } from '../blocks/surface.ts';
import type { Actions } from '../feed/usePlayground.ts';
import { useSurfaceOf } from './surfaces.ts';

interface HomeProps {
  readonly actions: Actions;
  readonly app: AppInfo;
  readonly home: HomeState | null;
}

function HomeBlocks({ actions, home }: { readonly actions: Actions; readonly home: HomeState }) {
  const { surface, problem } = useSurfaceOf(actions, { in: 'view', view: home.id }, home);
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

/** The app's home tab. The app is told that it is looked at, and fills it. */
export function Home({ actions, app, home }: HomeProps) {
  const { tell } = actions;
  useEffect(() => {
    tell({ type: 'open_home' });
  }, [tell]);
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
