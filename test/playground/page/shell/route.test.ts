import { expect, it } from 'vitest';
import { parseRoute, writeRoute } from '../../../../src/playground/page/shell/route.ts';

it.each([
  ['#/C1', { place: 'C1' }],
  ['#/home', { place: 'home' }],
  ['#/C1/1768507200.000100', { place: 'C1', thread: '1768507200.000100' }],
])('%s is a route, and back', (fragment, route) => {
  expect(parseRoute(fragment)).toEqual(route);
  expect(writeRoute(route)).toBe(fragment);
});

it('an empty fragment has no place', () => {
  expect(parseRoute('')).toEqual({ place: '' });
});
