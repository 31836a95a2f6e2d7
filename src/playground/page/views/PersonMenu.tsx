/** @jsxImportSource preact */
import type { Person, Snapshot } from '../../protocol.ts';
import { zoneCity } from '../elements/zoned.ts';
import { Menu } from '../popup/Menu.tsx';
import { timeOfDay } from '../text/dates.ts';
import { Avatar } from './Avatar.tsx';

interface PersonMenuProps {
  readonly snapshot: Snapshot;
  readonly me: Person;
  readonly now: number;
  readonly onChoose: (id: string) => void;
}

function standing(person: Person): string {
  const role = person.guest ? 'Guest' : person.admin ? 'admin' : '';
  return person.title === role ? role : [person.title, role].filter(Boolean).join(', ');
}

/** Who one is, and who else one can be. */
export function PersonMenu({ snapshot, me, now, onChoose }: PersonMenuProps) {
  const there = (person: Person) =>
    `${zoneCity(person.timeZone)}, ${timeOfDay(now, { zone: person.timeZone, locale: person.locale, now })}`;
  return (
    <Menu
      label={`You are ${me.realName}. Be someone else`}
      title="Be someone else"
      className="person-button"
      heading="You are"
      face={
        <>
          <Avatar person={me} small />
          <span class="person-name">{me.realName}</span>
          <span class="chevron" aria-hidden="true" />
        </>
      }
      items={snapshot.people
        .filter((person) => person.kind === 'person')
        .map((person) => ({
          key: person.id,
          checked: person.id === me.id,
          label: (
            <span class="person-item">
              <Avatar person={person} small />
              <span>
                <span class="person-item-name">{person.realName}</span>
                <span class="menu-detail">{[standing(person), there(person)].filter(Boolean).join(' · ')}</span>
              </span>
            </span>
          ),
          onPick: () => onChoose(person.id),
        }))}
    />
  );
}
