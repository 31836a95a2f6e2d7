import fc from 'fast-check';

/** Cron lines with every kind of field. Some are invalid, such as a list with the same value twice. */
export const cronLines: fc.Arbitrary<string> = fc
  .tuple(
    timeField(59),
    timeField(23),
    dayOfMonth(),
    field(1, 12, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'], 1),
    dayOfWeek(),
  )
  .map((fields) => fields.join(' '));

/** Mostly early hours, in which clocks change, and few minutes. */
function timeField(max: number): fc.Arbitrary<string> {
  const early = max === 23 ? fc.integer({ min: 0, max: 4 }) : fc.constantFrom(0, 5, 15, 30, 45, 59);
  return fc.oneof(
    { weight: 4, arbitrary: early.map(String) },
    { weight: 2, arbitrary: fc.uniqueArray(early, { minLength: 2, maxLength: 3 }).map((values) => values.join(',')) },
    { weight: 4, arbitrary: field(0, max, [], 0) },
  );
}

function dayOfMonth(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.constantFrom('?', 'L', '1,L', 'L,15', '29', '30', '31', '1-7', '*/2') },
    { weight: 2, arbitrary: field(1, 31, [], 1) },
  );
}

function dayOfWeek(): fc.Arbitrary<string> {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const day = fc.oneof(fc.integer({ min: 0, max: 7 }).map(String), fc.constantFrom(...names, 'SUN', 'Mon'));
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.constantFrom('?', '1-5', 'mon-fri', '0,6', '5-7', '1,3L') },
    { weight: 1, arbitrary: day.map((d) => `${d}L`) },
    { weight: 1, arbitrary: fc.tuple(day, fc.integer({ min: 1, max: 5 })).map(([d, n]) => `${d}#${n}`) },
    { weight: 2, arbitrary: field(0, 7, names, 0) },
  );
}

/** `names[i]` stands for the number `i + offset`. */
function field(min: number, max: number, names: readonly string[], offset: number): fc.Arbitrary<string> {
  const number = fc.integer({ min, max });
  const value = fc.tuple(number, fc.boolean()).map(([n, byName]) => (byName && names[n - offset]) || String(n));
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max });
  const item = fc.oneof(
    value,
    range,
    fc.tuple(range, step).map(([r, s]) => `${r}/${s}`),
    fc.tuple(number, step).map(([n, s]) => `${n}/${s}`),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('*', '*', '?') },
    { weight: 2, arbitrary: value },
    { weight: 1, arbitrary: step.map((s) => `*/${s}`) },
    { weight: 2, arbitrary: item },
    { weight: 2, arbitrary: fc.array(item, { minLength: 2, maxLength: 4 }).map((items) => items.join(',')) },
  );
}
