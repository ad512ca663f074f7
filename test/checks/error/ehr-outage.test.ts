import ehrOutage from '../../../checks/error/ehr-outage.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Fact = FactValue<'ehr-outage'>;
type Trial = Fact['trials'][number];

const trial = (more: Partial<Trial> = {}): Trial => ({
  fault: 'refuse',
  during: 'read',
  met: 1,
  answeredMs: 40,
  said: 'queued-for-human',
  saidAgain: 'booked',
  objects: { whileDown: null, byItself: null, askedAgain: 1 },
  ...more,
});
const writing = (more: Partial<Trial> = {}): Trial => trial({ during: 'write', ...more });
const down = (trials: readonly Trial[], more: Partial<Fact> = {}) => ({
  'ehr-outage': {
    behaviour: 'fallback',
    withinMs: 5_000,
    stallMs: 6_000,
    controls: { before: true, between: true, after: true },
    trials: [...trials],
    ...more,
  },
});
const retried = (more: Partial<Trial> = {}): Trial =>
  trial({ said: 'noted', objects: { whileDown: null, byItself: 1, askedAgain: 1 }, ...more });

testCheck(ehrOutage, {
  pass: {
    'told, and done when told again': down([trial(), writing()]),
    'handed to a person for good': down([
      trial({ saidAgain: 'queued-for-human', objects: { whileDown: null, byItself: null, askedAgain: 0 } }),
      writing({
        said: 'refused',
        saidAgain: 'queued-for-human',
        objects: { whileDown: null, byItself: null, askedAgain: 0 },
      }),
    ]),
    'found after half an answer': down([
      trial(),
      writing({ fault: 'truncated', said: 'booked', objects: { whileDown: 1, byItself: null, askedAgain: 1 } }),
    ]),
    'resumed by itself': down([retried(), retried({ during: 'write', said: null })], { behaviour: 'retry' }),
    'no limit agreed': down([trial({ answeredMs: 12_000 }), writing()], { withinMs: null }),
    'what met no fault is not judged': down([trial(), writing(), writing({ met: 0, said: null })]),
  },
  warn: {
    'not a word': down([trial({ said: null }), writing()]),
    'only taken note of': down([trial(), writing({ said: 'noted' })]),
    'says that nothing is free': down([trial({ said: 'nothing-free' }), writing()]),
    'answered too late': down([trial({ fault: 'stall', answeredMs: 6_010 }), writing()]),
    'resumed only when told again': down(
      [retried(), writing({ fault: 'wrong-content', objects: { whileDown: null, byItself: 0, askedAgain: 1 } })],
      { behaviour: 'retry' },
    ),
  },
  fail: {
    'confirmed without an object': down([
      trial(),
      writing({ fault: '500', said: 'booked', objects: { whileDown: 0, byItself: null, askedAgain: 1 } }),
    ]),
    'confirmed when told again': down([
      trial(),
      writing({ objects: { whileDown: null, byItself: null, askedAgain: 0 } }),
    ]),
    lost: down([
      trial({ said: null, saidAgain: null, objects: { whileDown: null, byItself: null, askedAgain: 0 } }),
      writing(),
    ]),
    'two of one event, whatever the controls': down(
      [
        trial(),
        writing({ fault: 'truncated', said: 'booked', objects: { whileDown: 2, byItself: null, askedAgain: 2 } }),
      ],
      { controls: { before: true, between: false, after: true } },
    ),
  },
  notMeasured: {
    'seen in a recording, where nobody looks at what came of it': {
      'ehr-outage': { missing: 'writes-off' },
      'product-faults': [
        {
          fault: '500',
          interaction: 'read',
          resourceType: 'Slot',
          met: 3,
          stored: 0,
          done: 2,
          lookedFirst: 0,
          found: 0,
          left: 1,
          storedTwice: 0,
        },
      ],
    },
    'a recording in which nothing happened': { 'ehr-outage': { missing: 'writes-off' }, 'product-faults': [] },
    'does nothing with nothing wrong': down(
      [trial({ objects: { whileDown: null, byItself: null, askedAgain: 0 }, saidAgain: null, said: null }), writing()],
      { controls: { before: false, between: false, after: false } },
    ),
    'never writes': down([trial(), writing({ met: 0 })]),
    'never reads': down([trial({ met: 0 }), writing()]),
  },
});
