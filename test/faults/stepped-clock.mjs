/**
 * Loaded into Lull's process before its own code: the clock of its host, which somebody steps. As with a real clock, timers
 * and `performance.now()` go on as before. Its parent sends `{ clock: <milliseconds from the real time> }`.
 */
const RealDate = Date;
let offset = 0;

class SteppedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offset;
  }
}
Object.defineProperty(SteppedDate, 'name', { value: 'Date' });
globalThis.Date = SteppedDate;

process.on('message', (message) => {
  if (typeof message?.clock === 'number') offset = message.clock;
});
process.channel?.unref();
