export interface ZoneAbbreviation {
  /** A representative IANA zone. */
  readonly zone: string;
  /** Minutes east of UTC, of the season; of winter for letters that hold all year (`ET`). */
  readonly offset: number;
  readonly season: 'standard' | 'summer' | 'any';
  /** For people. */
  readonly place: string;
  /** The areas of the zone database in which it is used. */
  readonly areas: readonly string[];
  /** Only people who live there use it. */
  readonly onlyThere?: true;
}

const AMERICA = ['America', 'US', 'Canada', 'Mexico'];
const EUROPE = ['Europe', 'Africa', 'Arctic', 'Atlantic'];
const ASIA = ['Asia', 'Indian'];
const OCEANIA = ['Australia', 'Pacific', 'Antarctica'];

const create =
  (season: ZoneAbbreviation['season']) =>
  (zone: string, offset: number, place: string, areas: readonly string[], onlyThere?: true): ZoneAbbreviation => ({
    ...{ zone, offset, season, place, areas },
    ...(onlyThere && { onlyThere }),
  });

const standard = create('standard');
const summer = create('summer');
const allYear = create('any');

/** Meanings of zone abbreviations, in no particular order. */
export const ZONE_ABBREVIATIONS: Readonly<Record<string, readonly ZoneAbbreviation[]>> = {
  // Programs write GMT and mean UTC all year.
  GMT: [standard('UTC', 0, 'Greenwich', [])],
  WET: [standard('Europe/Lisbon', 0, 'Western Europe', EUROPE)],
  WEST: [summer('Europe/Lisbon', 60, 'Western Europe', EUROPE)],
  CET: [standard('Europe/Berlin', 60, 'Central Europe', EUROPE)],
  CEST: [summer('Europe/Berlin', 120, 'Central Europe', EUROPE)],
  MEZ: [standard('Europe/Berlin', 60, 'Central Europe', EUROPE)],
  MESZ: [summer('Europe/Berlin', 120, 'Central Europe', EUROPE)],
  EET: [standard('Europe/Helsinki', 120, 'Eastern Europe', [...EUROPE, 'Asia'])],
  EEST: [summer('Europe/Helsinki', 180, 'Eastern Europe', [...EUROPE, 'Asia'])],
  MSK: [standard('Europe/Moscow', 180, 'Moscow', EUROPE)],
  TRT: [standard('Europe/Istanbul', 180, 'Turkey', [...EUROPE, 'Asia'])],
  BST: [summer('Europe/London', 60, 'Britain', EUROPE), standard('Asia/Dhaka', 360, 'Bangladesh', ['Asia'])],
  IST: [
    standard('Asia/Kolkata', 330, 'India', ASIA),
    standard('Asia/Jerusalem', 120, 'Israel', ASIA),
    // Ireland calls its summer time IST.
    summer('Europe/Dublin', 60, 'Ireland', []),
  ],
  IDT: [summer('Asia/Jerusalem', 180, 'Israel', ASIA)],
  ET: [allYear('America/New_York', -300, 'US Eastern', AMERICA)],
  CT: [allYear('America/Chicago', -360, 'US Central', AMERICA)],
  MT: [allYear('America/Denver', -420, 'US Mountain', AMERICA)],
  PT: [allYear('America/Los_Angeles', -480, 'US Pacific', AMERICA)],
  EST: [
    standard('America/New_York', -300, 'US Eastern', AMERICA),
    standard('Australia/Sydney', 600, 'Australian Eastern', ['Australia'], true),
  ],
  EDT: [summer('America/New_York', -240, 'US Eastern', AMERICA)],
  CST: [standard('America/Chicago', -360, 'US Central', AMERICA), standard('Asia/Shanghai', 480, 'China', ASIA)],
  CDT: [summer('America/Chicago', -300, 'US Central', AMERICA)],
  MST: [standard('America/Denver', -420, 'US Mountain', AMERICA)],
  MDT: [summer('America/Denver', -360, 'US Mountain', AMERICA)],
  PST: [
    standard('America/Los_Angeles', -480, 'US Pacific', AMERICA),
    standard('Asia/Manila', 480, 'Philippines', ASIA, true),
  ],
  PDT: [summer('America/Los_Angeles', -420, 'US Pacific', AMERICA)],
  AKST: [standard('America/Anchorage', -540, 'Alaska', AMERICA)],
  AKDT: [summer('America/Anchorage', -480, 'Alaska', AMERICA)],
  HST: [standard('Pacific/Honolulu', -600, 'Hawaii', ['Pacific', 'US'])],
  AST: [
    standard('America/Halifax', -240, 'Canadian Atlantic', [...AMERICA, 'Atlantic']),
    standard('Asia/Riyadh', 180, 'Arabia', ASIA),
  ],
  ADT: [summer('America/Halifax', -180, 'Canadian Atlantic', [...AMERICA, 'Atlantic'])],
  NST: [standard('America/St_Johns', -210, 'Newfoundland', AMERICA)],
  NDT: [summer('America/St_Johns', -150, 'Newfoundland', AMERICA)],
  BRT: [standard('America/Sao_Paulo', -180, 'Brazil', [...AMERICA, 'Brazil'])],
  ART: [standard('America/Argentina/Buenos_Aires', -180, 'Argentina', AMERICA)],
  COT: [standard('America/Bogota', -300, 'Colombia', AMERICA)],
  PET: [standard('America/Lima', -300, 'Peru', AMERICA)],
  CLT: [standard('America/Santiago', -240, 'Chile', [...AMERICA, 'Chile'])],
  SAST: [standard('Africa/Johannesburg', 120, 'South Africa', ['Africa'])],
  EAT: [standard('Africa/Nairobi', 180, 'East Africa', ['Africa', 'Indian'])],
  WAT: [standard('Africa/Lagos', 60, 'West Africa', ['Africa'])],
  CAT: [standard('Africa/Maputo', 120, 'Central Africa', ['Africa'])],
  GST: [standard('Asia/Dubai', 240, 'the Gulf', ASIA)],
  PKT: [standard('Asia/Karachi', 300, 'Pakistan', ASIA)],
  NPT: [standard('Asia/Kathmandu', 345, 'Nepal', ASIA)],
  ICT: [standard('Asia/Bangkok', 420, 'Indochina', ASIA)],
  WIB: [standard('Asia/Jakarta', 420, 'West Indonesia', ASIA)],
  SGT: [standard('Asia/Singapore', 480, 'Singapore', ASIA)],
  HKT: [standard('Asia/Hong_Kong', 480, 'Hong Kong', ASIA)],
  MYT: [standard('Asia/Kuala_Lumpur', 480, 'Malaysia', ASIA)],
  PHT: [standard('Asia/Manila', 480, 'Philippines', ASIA)],
  AWST: [standard('Australia/Perth', 480, 'Australian Western', OCEANIA)],
  JST: [standard('Asia/Tokyo', 540, 'Japan', ASIA)],
  KST: [standard('Asia/Seoul', 540, 'Korea', ASIA)],
  ACST: [standard('Australia/Adelaide', 570, 'Australian Central', OCEANIA)],
  ACDT: [summer('Australia/Adelaide', 630, 'Australian Central', OCEANIA)],
  AEST: [standard('Australia/Sydney', 600, 'Australian Eastern', OCEANIA)],
  AEDT: [summer('Australia/Sydney', 660, 'Australian Eastern', OCEANIA)],
  NZST: [standard('Pacific/Auckland', 720, 'New Zealand', OCEANIA)],
  NZDT: [summer('Pacific/Auckland', 780, 'New Zealand', OCEANIA)],
};

function byName(names: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(names).flatMap(([zone, list]) => list.split(', ').map((name) => [name, zone] as const)),
  );
}

/** Names of zones in words, with an abbreviation of the table above or an IANA zone. The longest name first. */
export const ZONE_PHRASES: readonly (readonly [string, string])[] = [
  ...byName({
    EST: 'eastern standard time',
    EDT: 'eastern daylight time',
    ET: 'eastern time, us eastern, eastern',
    CEST: 'central european summer time',
    CET: 'central european time',
    CST: 'central standard time',
    CDT: 'central daylight time',
    CT: 'central time, us central',
    MST: 'mountain standard time',
    MT: 'mountain time',
    PST: 'pacific standard time',
    PDT: 'pacific daylight time',
    PT: 'pacific time, us pacific, pacific',
    'Asia/Kolkata': 'india standard time, indian standard time, india time, indian time',
    'Asia/Tokyo': 'japan standard time, japan time, 日本時間',
    'Europe/London': 'uk time, british time',
    BST: 'british summer time',
    'Europe/Berlin': 'german time',
    'Europe/Paris': 'french time, heure de paris',
    'Asia/Shanghai': 'china time',
    'Asia/Singapore': 'singapore time',
    UTC: 'coordinated universal time, universal time, utc time',
    GMT: 'greenwich mean time, gmt time',
  }),
].sort(([a], [b]) => b.length - a.length);

/** Cities that are no names of IANA zones, with their zones. */
export const MORE_CITIES: ReadonlyMap<string, string> = byName({
  'Asia/Kolkata': 'kolkata, calcutta, mumbai, bangalore, delhi',
  'Europe/Kyiv': 'kyiv',
  'America/Los_Angeles': 'san francisco, seattle',
  'America/New_York': 'boston, washington, nyc',
  'America/Chicago': 'austin, dallas',
  'Europe/Berlin': 'munich, frankfurt, hamburg',
  'Asia/Shanghai': 'beijing',
  'Asia/Tokyo': 'osaka',
});

/** A zone as written in a sentence. */
export type ZoneReference =
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'reader' }
  | { readonly kind: 'offset'; readonly minutes: number }
  /** An abbreviation such as CET, which can have several meanings and belongs to a season. */
  | { readonly kind: 'abbreviation'; readonly letters: string; readonly readings: readonly ZoneAbbreviation[] }
  /** A city: `Berlin` for `Europe/Berlin`. */
  | { readonly kind: 'city'; readonly name: string; readonly zone: string }
  | { readonly kind: 'unknown'; readonly name: string };
