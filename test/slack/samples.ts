import fc from 'fast-check';
import { APPROVALS } from '../../src/approvals/rules.ts';
import type { Maintenance } from '../../src/maintenance/repository/maintenances.ts';
import { SERVICE_STATUSES, STATUSES } from '../../src/maintenance/rules/status.ts';

const NASTY = [
  '<!channel>',
  '<!here|x>',
  '@channel',
  '@Here',
  '<@U0ANA>',
  '<#C0GENERAL>',
  '<https://evil.example|click>',
  '&lt;!channel&gt;',
  '&',
  '>',
  '|',
  '*b*',
  '`code`',
  '\n',
  '😀',
  '\ud83d',
  'ﷺ',
  'x'.repeat(300),
  '😀'.repeat(200),
  '&'.repeat(500),
];

/** What people write, and what they write when they mean harm. At most `most` characters, as the actions allow. */
export const words = (most: number, least = 0) =>
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: 20 })), { maxLength: 30 })
    .map((parts) => parts.join(' ').slice(0, most) || 'x'.repeat(least));

/** Lengths as they come, and at their largest. */
const sized = (most: number) => fc.oneof(words(most, 1), fc.constantFrom('&'.repeat(most), '😀'.repeat(most / 2)));

export const T = new Date('2026-11-22T02:00:00Z');
const later = (minutes: number) => new Date(T.getTime() + minutes * 60_000);

/** A plain one, to be varied. */
export const sample = (values: Partial<Maintenance> = {}): Maintenance => ({
  id: 12,
  accountId: 1,
  key: '9VKQB',
  version: 1,
  name: 'Postgres upgrade',
  description: '',
  visibility: 'public',
  audience: 'public',
  status: 'scheduled',
  missed: false,
  scope: null,
  services: [{ id: 1, name: 'api', audience: 'public' }],
  serviceStatus: 'down',
  timezone: 'UTC',
  scheduledStart: T,
  scheduledEnd: later(120),
  startedAt: null,
  endedAt: null,
  endsAt: null,
  postCheckAt: null,
  reopensId: null,
  reminders: [1440, 60, 15],
  remindedUntil: T,
  checks: null,
  selector: null,
  limitedTo: null,
  risk: null,
  externalReference: null,
  externalLink: null,
  owner: { id: 'U0ANA', name: 'Ana' },
  approval: null,
  requestedBy: [],
  approved: null,
  selected: [],
  run: null,
  createdAt: T,
  updatedAt: T,
  overriddenFreezes: [],
  freezeReason: null,
  deletedAt: null,
  ...values,
});

export const maintenances: fc.Arbitrary<Maintenance> = fc
  .record({
    id: fc.integer({ min: 1, max: 2_147_483_647 }),
    name: sized(200),
    description: fc.oneof(fc.constant(''), sized(10_000)),
    status: fc.constantFrom(...STATUSES),
    missed: fc.boolean(),
    scope: fc.option(sized(200).map((name) => ({ id: 1, name }))),
    services: fc.array(
      sized(200).map((name) => ({ id: 1, name, audience: 'public' as const })),
      { maxLength: 300, size: 'max' },
    ),
    serviceStatus: fc.constantFrom(...SERVICE_STATUSES),
    startedAt: fc.option(fc.constant(later(1))),
    endedAt: fc.option(fc.constantFrom(later(0), later(1), later(90), later(100_000))),
    scheduledEnd: fc.constantFrom(later(1), later(120), later(132_000)),
    risk: fc.constantFrom(null, 'medium' as const, 'high' as const),
    externalReference: fc.option(sized(200)),
    externalLink: fc.option(
      fc
        .tuple(fc.constantFrom('https://a.example/', 'http://a.example/?q='), words(1900))
        .map(([start, rest]) => start + rest),
    ),
    owner: fc.oneof(
      fc.constant({ id: 'U0ANA', name: 'Ana' }),
      sized(200).map((name) => ({ id: 'token:5', name })),
      sized(200).map((name) => ({ id: '<!channel>', name })),
    ),
    approval: fc.option(fc.constantFrom(...APPROVALS)),
    run: fc.option(
      fc.constant({
        series: {
          id: 1,
          key: 'NZT234',
          enabled: true,
          cron: '*/7 1,2,3,5-9 1,2,3,4,5 1,3,5,7 1,3',
          timezone: 'America/Argentina/ComodRivadavia',
          durationMinutes: 60,
          duringFreeze: 'skip' as const,
          audience: 'public' as const,
        },
        occurrence: T,
        state: 'following' as const,
      }),
    ),
  })
  .map((values) => sample(values));
