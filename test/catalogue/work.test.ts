import { describe, expect, test } from 'vitest';
import { isSelected } from '../../src/catalogue/http/selection.ts';
import { Places } from '../../src/catalogue/slack/places.ts';

/** How often the name of a service or scope is looked at, however many names are looked up. */
const MAX_LOOKS_PER_PLACE = 4;

const PLACES = 2_000;
const NAMES = 40;

function countingPlaces() {
  const looks = { count: 0 };
  const all = Array.from({ length: PLACES }, (_, id) => ({
    kind: 'service' as const,
    id,
    full: `Team ${id % 37}/service-${id}`,
    get name() {
      looks.count += 1;
      return `service-${id}`;
    },
  }));
  return { places: new Places(all), looks };
}

const LONG = 'x'.repeat(3_000);

describe('names that people type', () => {
  test.each<[string, (index: number) => string]>([
    ['of services', (index) => `SERVICE-${index}`],
    ['with their scopes', (index) => `team ${index % 37}/service-${index}`],
    ['almost like services', (index) => `servce-${index}`],
    ['of nothing', (index) => `${LONG}${index}`],
  ])('%s are looked up without looking at every service for each', (_, toName) => {
    const { places, looks } = countingPlaces();
    for (let index = 0; index < NAMES; index++) {
      if (places.find(toName(index)) === undefined) places.suggest(toName(index));
    }
    expect(looks.count).toBeGreaterThan(0);
    // Each suggestion shows a few names, too.
    expect(looks.count).toBeLessThanOrEqual(PLACES * MAX_LOOKS_PER_PLACE + NAMES * 3);
  });

  test('find the service, in any case, or those like it', () => {
    const { places } = countingPlaces();
    expect(places.find(' Service-7 ')).toMatchObject({ id: 7 });
    expect(places.find('team 7/SERVICE-7')).toMatchObject({ id: 7 });
    expect(places.find('servce-7')).toBeUndefined();
    expect(places.suggest('servce-1234')).toContain('service-1234');
    expect(places.suggest('zzz')).toEqual([]);
  });
});

test('windows are selected without looking through the services for each', () => {
  let looks = 0;
  const scopeIds = new Map(Array.from({ length: PLACES }, (_, id) => [id, id % 7]));
  const counted = new Proxy(scopeIds, {
    get(map, name) {
      if (name !== 'get') throw new Error(`${String(name)} looks at more than one`);
      return (id: number) => {
        looks += 1;
        return map.get(id);
      };
    },
  });
  const windows = Array.from({ length: 100 }, (_, id) => ({ scope: null, services: [{ id }, { id: id + 100 }] }));
  const selected = windows.filter((window) => isSelected({ scopes: [3], services: [] }, { scopeIds: counted }, window));
  expect(selected.map(({ services: [first] }) => first?.id).slice(0, 4)).toEqual([1, 3, 8, 10]);
  expect(looks).toBeLessThanOrEqual(windows.length * 2);
});
