/** A movable clock. It stamps everything that happens in the workspace. */
export interface PlaygroundClock {
  now(): Date;
  /** Moves the clock forward; resolves when everything due on the way has happened. */
  moveTo(instant: Date): Promise<void>;
  /** The next instant at which something happens by itself, if any. */
  nextEvent(): Promise<Date | undefined>;
}
