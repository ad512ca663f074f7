import type { Encounter, Practitioner } from 'fhir/r4.js';
import type { TestEncounter } from './clinic-index.js';
import { concept, restricted } from './codes.js';
import { type Identity, dayAfter, instantText, minutesAfter, referenceTo } from './identity.js';
import type { Person } from './people.js';

export interface Visits {
  readonly encounters: readonly [Encounter, ...Encounter[]];
  /** Those under a label. */
  readonly labelled: readonly Encounter[];
  readonly described: readonly TestEncounter[];
}

/** Whose finished visit programs may not see. */
const discreet = 'gap-subscriber';
/** Visits under way per test patient: 26 complete patients give 78 events before one has to be undone. */
const openVisitsOfTestPatient = 3;

/** One finished visit first, and for test patients some that are under way. */
export function createVisits(identity: Identity, person: Person, practitioner: Practitioner): Visits {
  const finished = visit(identity, person, practitioner, 'finished');
  const open =
    person.alias === undefined
      ? []
      : Array.from({ length: openVisitsOfTestPatient }, () => visit(identity, person, practitioner, 'in-progress'));
  const encounters: [Encounter, ...Encounter[]] = [finished, ...open];
  const described =
    person.alias === undefined
      ? []
      : encounters.map((encounter) => ({
          id: encounter.id ?? '',
          patient: person.alias ?? '',
          site: person.site.id,
          visitNumber: encounter.identifier?.[0]?.value ?? '',
          closeable: encounter.status === 'in-progress',
        }));
  return { encounters, labelled: encounters.filter(({ meta }) => meta?.security !== undefined), described };
}

function visit(
  identity: Identity,
  { resource, site, gaps, alias }: Person,
  practitioner: Practitioner,
  status: 'finished' | 'in-progress',
): Encounter {
  const start =
    status === 'finished' ? minutesAfter(dayAfter(identity.now, -30), 15 * 60) : minutesAfter(identity.now, -25);
  const individual = { reference: referenceTo(practitioner) };
  return {
    resourceType: 'Encounter',
    id: identity.newId('enc'),
    meta: {
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter'],
      ...(status === 'finished' && alias === discreet ? { security: [...restricted] } : {}),
    },
    identifier: [{ system: identity.system('visit'), value: `V${identity.random.below(90_000_000) + 10_000_000}` }],
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [concept('http://snomed.info/sct', '185349003', 'Encounter for check up')],
    subject: { reference: referenceTo(resource) },
    participant: [
      {
        type: [concept('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'PPRF', 'primary performer')],
        ...(gaps.includes('Encounter.participant.individual.reference') ? {} : { individual }),
      },
    ],
    period: {
      start: instantText(start),
      ...(status === 'finished' ? { end: instantText(minutesAfter(start, 30)) } : {}),
    },
    location: [{ location: { reference: site.location }, status: status === 'finished' ? 'completed' : 'active' }],
    serviceProvider: { reference: site.organization },
  };
}
