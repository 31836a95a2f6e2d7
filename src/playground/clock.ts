/** The clock that what happens in the workspace is stamped with, where it can be moved. */
export interface PlaygroundClock {
  now(): Date;
  /** Move it forward; resolves when it has moved. */
  moveTo(instant: Date): Promise<void>;
  /** When something will next happen by itself; undefined when nothing will. */
  nextEvent(): Promise<Date | undefined>;
}
