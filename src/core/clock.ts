/** The only source of the current time in Lull. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A running clock with an offset from the system's, in milliseconds. */
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
