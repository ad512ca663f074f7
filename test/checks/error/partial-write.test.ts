import partialWrite from '../../../checks/error/partial-write.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Fact = FactValue<'partial-write'>;
type Trial = Fact['trials'][number];

const item = {
  action: {
    id: 'reschedule',
    kind: 'commit',
    via: 'fhir-r4',
    interaction: 'patch',
    resource: 'Appointment',
    dependsOn: ['book'],
  },
  path: undefined,
};
const trial = (more: Partial<Trial> = {}): Trial => ({
  fault: '500',
  met: 3,
  said: 'queued-for-human',
  answeredMs: 90,
  left: 'nothing',
  halfSeenMs: null,
  ...more,
});
const refused = (trials: readonly Trial[], more: Partial<Fact> = {}) => ({
  subject: { item },
  facts: {
    'partial-write': {
      withinMs: 600_000,
      controls: { before: true, after: true },
      trials: [...trials],
      ...more,
    },
  },
});
const half = (more: Partial<Trial> = {}): Trial => trial({ left: 'half', halfSeenMs: 120, ...more });

testCheck(partialWrite, {
  pass: {
    undone: refused([trial(), trial({ fault: 'refuse' }), trial({ fault: '412', said: 'refused' })]),
    'undone a little later, without a word': refused([trial({ said: null, halfSeenMs: 4_000 })]),
    'handed to a person': refused([half(), half({ fault: '412' })]),
    'handed to a person, and undone since': refused([trial({ halfSeenMs: 200 })]),
    'no limit agreed, nothing left': refused([trial({ answeredMs: 900_000 })], { withinMs: null }),
    'done by another way': refused([trial({ left: 'all', said: 'booked' })]),
    'what met no refusal is not judged': refused([
      trial(),
      trial({ fault: '412', met: 0, left: 'all', said: 'booked' }),
    ]),
  },
  fail: {
    'half of it stands, and it says it is done': refused([half({ said: 'booked', halfSeenMs: 600_000 })]),
    'half of it stands, and not a word': refused([half({ said: null, halfSeenMs: 600_400 })]),
    'half of it stands, and it says that nothing was done': refused([half({ said: 'refused', halfSeenMs: 600_000 })]),
    'whatever the controls': refused([half({ said: 'noted', halfSeenMs: 600_000 })], {
      controls: { before: false, after: false },
    }),
    'handed over too late': refused([half({ answeredMs: 601_000 })]),
    'undone too late': refused([trial({ halfSeenMs: 600_001 })]),
    'undone, and called done': refused([trial({ said: 'booked' })]),
  },
  notMeasured: {
    'half of it stands, and there is no limit': refused([half({ said: 'booked' })], { withinMs: null }),
    'half of it stands, and there was still time': refused([half({ said: null })]),
    'does neither with nothing wrong': refused([trial()], { controls: { before: false, after: true } }),
    'never comes to the second write': refused([trial({ met: 0 })]),
  },
  notApplicable: {
    'one write': { subject: { item: { ...item, action: { ...item.action, dependsOn: [] } } }, facts: {} },
    'a suggestion': { subject: { item: { ...item, action: { ...item.action, kind: 'suggest' } } }, facts: {} },
  },
});
