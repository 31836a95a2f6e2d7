import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor, Role } from '../../../src/core/permissions.ts';
import { type HomeContent, listDaysAhead, MAX_SHOWN } from '../../../src/home/content.ts';
import { homeView } from '../../../src/home/slack/view.ts';
import type { Maintenance } from '../../../src/maintenance/repository/maintenances.ts';
import { checkHome } from '../../../src/playground/block-kit/check.ts';
import { textsOf } from '../../slack/accepted.ts';
import { maintenances, sample, T, words } from '../../slack/samples.ts';

const person = (role: Role): Actor => ({ accountId: 1, id: 'U0ANA', name: 'Ana', source: 'slack', role });
const ZONE = 'America/Argentina/ComodRivadavia';

const content = (values: Partial<HomeContent> = {}): HomeContent => ({
  waiting: { shown: [], total: 0 },
  yours: { services: { shown: [], total: 0 }, windows: { shown: [], total: 0 } },
  active: { shown: [], total: 0 },
  next: { shown: [], total: 0 },
  own: { shown: [], total: 0 },
  recent: [],
  services: { shown: [], total: 0 },
  days: listDaysAhead(T, ZONE),
  week: [],
  ...values,
});
const part = <S>(shown: readonly S[], total = shown.length) => ({ shown, total });
const withIds = (all: readonly Maintenance[], from: number, status: Maintenance['status']) =>
  all.map((maintenance, index) => ({ ...maintenance, id: from + index, status }));
const drawn = (values: Partial<HomeContent>, role: Role = 'operator') =>
  textsOf(homeView(person(role), ZONE, content(values)).blocks).join('\n');

describe('the App Home', () => {
  test('is taken by Slack with a thousand windows and whatever people write', () => {
    const many = (count: number) => fc.array(maintenances, { minLength: count, maxLength: count });
    const service = fc.record({
      id: fc.constant(1),
      name: words(200, 1),
      scope: fc.constant(null),
      audience: fc.constant('public' as const),
      status: fc.constantFrom('up' as const, 'degraded' as const, 'down' as const),
    });
    fc.assert(
      fc.property(
        many(MAX_SHOWN.waiting),
        many(MAX_SHOWN.active),
        many(MAX_SHOWN.next),
        many(MAX_SHOWN.own),
        many(MAX_SHOWN.recent),
        fc.array(service, { minLength: MAX_SHOWN.services, maxLength: MAX_SHOWN.services }),
        fc.array(words(200, 1), { minLength: 3, maxLength: 3 }),
        (waiting, active, next, own, recent, services, called) => {
          const week = Array.from({ length: MAX_SHOWN.calendar }, (_, id) => ({
            id: id + 1,
            name: called[id % called.length] ?? '',
            status: id % 2 === 0 ? ('scheduled' as const) : ('in-progress' as const),
            start: new Date(T.getTime() + (id % 7) * 86_400_000),
            end: new Date(T.getTime() + (id % 7) * 86_400_000 + 7_200_000),
          }));
          const view = homeView(
            person('admin'),
            ZONE,
            content({
              waiting: part(
                withIds(waiting, 500, 'scheduled').map((each) => ({ ...each, approval: 'pending' as const })),
                1000,
              ),
              yours: { services: part(services, 10_000), windows: part(withIds(own, 600, 'scheduled'), 1000) },
              active: part(withIds(active, 100, 'in-progress'), 1000),
              next: part(withIds(next, 200, 'scheduled'), 1000),
              own: part(withIds(own, 300, 'scheduled'), 1000),
              recent: withIds(recent, 400, 'succeed'),
              services: part(services, 10_000),
              week,
            }),
          );
          const checked = checkHome(structuredClone(view));
          expect(checked.ok ? [] : checked.errors).toEqual([]);
          expect(JSON.stringify(view).length).toBeLessThan(250_000);
          const read = view.blocks.filter(({ type }) => type === 'section' || type === 'context');
          for (const text of textsOf(read))
            expect(text).not.toMatch(/<!(?:channel|here|everyone)|@(?:here|channel)\b/i);
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
  });

  test('shows what is on, what is next and what was, each with what can be done', () => {
    const text = drawn({
      active: part([sample({ id: 1, name: 'Running', status: 'in-progress', startedAt: T })]),
      next: part([sample({ id: 2, name: 'Coming' })], 9),
      recent: [sample({ id: 3, name: 'Gone', status: 'succeed', startedAt: T })],
    });
    expect(text).toMatch(/Now[\s\S]*Running[\s\S]*End now[\s\S]*Next[\s\S]*Coming[\s\S]*Start now[\s\S]*and 8 more/);
    expect(text).toMatch(/Recently[\s\S]*Done: \*Gone\*/);
  });

  test('names each window once, though it is theirs', () => {
    const window = sample({ id: 1, name: 'Mine', status: 'in-progress', startedAt: T });
    const later = sample({ id: 2, name: 'Mine later' });
    const text = drawn({ active: part([window]), own: part([window, later], 2) });
    expect(text.match(/\*Mine\*/g)).toHaveLength(1);
    expect(text).toMatch(/Also yours[\s\S]*Mine later/);
    expect(text).not.toContain('and 1 more');
  });

  test('asks those who approve first, and shows what waits for them once', () => {
    const window = sample({ id: 7, name: 'Risky', approval: 'pending' });
    const text = drawn({ waiting: part([window]), next: part([window]) }, 'approver');
    expect(text).toMatch(/To approve[\s\S]*Risky[\s\S]*Approve[\s\S]*Now[\s\S]*Nothing else is planned/);
    expect(text.match(/\*Risky\*/g)).toHaveLength(1);
  });

  test('has the services of a person before those of others, and their windows once', () => {
    const [mine, other] = [sample({ id: 8, name: 'On mine' }), sample({ id: 9, name: 'On others' })];
    const service = { id: 1, name: 'ledger', scope: null, audience: 'public' as const, status: 'degraded' as const };
    const yours = { services: part([service]), windows: part([mine]) };
    const text = drawn({ yours, next: part([mine, other]) });
    expect(text).toMatch(/Your services[\s\S]*degraded: ledger[\s\S]*On mine[\s\S]*Now[\s\S]*Next[\s\S]*On others/);
    expect(text.match(/\*On mine\*/g)).toHaveLength(1);
    expect(drawn({ yours: { ...yours, windows: part([]) } })).toContain('Nothing is planned for them');
    expect(drawn({})).not.toContain('Your services');
  });

  test('joins days on which nothing is planned', () => {
    const at = (days: number) => new Date(T.getTime() + days * 86_400_000);
    const text = drawn({
      week: [{ id: 4, name: 'Midweek', status: 'scheduled', start: at(2), end: new Date(at(2).getTime() + 3_600_000) }],
    });
    expect(text).toMatch(/Today – Tomorrow: nothing planned[\s\S]*\|02:00 UTC> – <.*\|03:00 UTC> {2}Midweek {2}\(4\)/);
    expect(text).toMatch(/Midweek[\s\S]*: nothing planned/);
  });

  test('leaves a viewer the details, and a guest nothing', () => {
    const some = { active: part([sample({ name: 'Running', status: 'in-progress', startedAt: T })]) };
    expect(drawn(some, 'viewer')).toContain('Details');
    expect(drawn(some, 'viewer')).not.toMatch(/End now|Schedule maintenance|Comment/);
    expect(drawn(some, 'none')).not.toContain('Running');
  });
});
