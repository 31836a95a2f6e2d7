/** What time it is. Nothing else in Lull asks the system. */
export interface Clock {
  /** The present UTC instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that runs like the system's and can be set ahead or back by an offset in milliseconds. */
export class MovableClock implements Clock {
  #offset: number;

  constructor(offset = 0) {
    this.#offset = offset;
  }

  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  moveTo(instant: Date): void {
    this.#offset = instant.getTime() - Date.now();
  }

  get offset(): number {
    return this.#offset;
  }
}
