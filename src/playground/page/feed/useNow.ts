import { useEffect, useState } from 'preact/hooks';
import type { FeedState } from './state.ts';

/** The present instant on the playground's clock, in epoch milliseconds; real time where it has none of its own. */
export function nowOf(state: Pick<FeedState, 'snapshot' | 'clockHeardAt'>): number {
  const clock = state.snapshot?.clock;
  if (!clock) return Date.now();
  return Date.parse(clock.now) + (performance.now() - state.clockHeardAt);
}

/** As `nowOf`, drawn again whenever another `step` milliseconds begin, and at once when the clock is moved. */
export function useNow(state: Pick<FeedState, 'snapshot' | 'clockHeardAt'>, step: number): number {
  const [, redraw] = useState(0);
  const now = nowOf(state);
  const floor = Math.floor(now / step);
  // A timer for the next step, set anew when that step has begun
  useEffect(() => {
    const timer = setTimeout(() => redraw((count) => count + 1), step - (nowOf(state) % step) + 5);
    return () => clearTimeout(timer);
  }, [floor, state.clockHeardAt, step]);
  return step >= 60_000 ? floor * step : now;
}
