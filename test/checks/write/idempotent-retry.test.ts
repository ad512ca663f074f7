import idempotentRetry from '../../../checks/write/idempotent-retry.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

const book = { id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' } as const;
const query = 'Appointment?patient={{caller.id}}';

const held = (
  heldBy: 'ehr' | 'product' | 'person',
  objects: FactValue<'retry-objects'>,
  more: CaseFacts = {},
  idempotency: object = { by: 'slot' },
): FullCase => ({
  facts: { 'retry-objects': objects, ...more },
  subject: { item: { action: { ...book, idempotency, controls: { noDuplicate: { heldBy } } }, path: undefined } },
});
const once = { sequence: 'slot', afterLostAnswer: 1, cut: true, afterRepeat: 1 } as const;
const doubled = { sequence: 'slot', afterLostAnswer: 2, cut: true } as const;
const trials = (count: number, breaches: number) => ({
  'product-trials': [{ control: 'noDuplicate' as const, trials: count, breaches }],
});
const drills = (count: number, missed: number) => ({
  'person-drills': [{ control: 'noDuplicate' as const, drills: count, missed }],
});
const repeats = (way: 'same-event' | 'lost-answer' | 'other-words', objects: number) => ({
  'product-repeats': [{ way, trials: 1, breaches: objects > 1 ? 1 : 0, objects, flagged: 0 }],
});

const seen = (storedTwice: number, resourceType = 'Appointment'): FullCase => ({
  facts: {
    'retry-objects': { missing: 'writes-off' },
    'product-writing': [
      {
        resourceType,
        creates: 5,
        conditional: 0,
        identified: 4,
        changes: 0,
        guarded: 0,
        unread: 0,
        readLongBefore: 0,
        longestMs: 0,
        refusals: [],
      },
    ],
    'product-faults': [
      {
        fault: 'no-answer',
        interaction: 'write',
        resourceType,
        met: 2,
        stored: 2,
        done: 2,
        lookedFirst: 0,
        found: 0,
        left: 0,
        storedTwice,
      },
    ],
  },
});

testCheck(idempotentRetry, {
  pass: {
    'one object each time, and one of the product': held('ehr', { ...once, inParallel: 1 }, repeats('same-event', 1)),
    'the same wish in other words is another row’s': held('ehr', once, repeats('other-words', 2)),
    'the product left nothing': held('ehr', once, {
      'product-repeats': [{ way: 'same-event', trials: 0, breaches: 0, objects: 0, flagged: 0 }],
    }),
    'one object each time': held('ehr', { ...once, inParallel: 1 }),
    'not tried at once where nothing can be undone': held('ehr', once),
    'the same change again changes nothing': held('ehr', { sequence: 'change', sameContent: true }),
    'two objects, the product holds it in 12 trials': held('product', doubled, trials(12, 0)),
    'two objects, a person holds it in 3 drills': held('person', doubled, drills(3, 0)),
  },
  warn: {
    'two at once, and a query finds the second': held('ehr', { ...once, inParallel: 2 }, {}, { by: 'search', query }),
  },
  fail: {
    'stored twice in a recording': seen(1),
    'one object of the EHR, two of the product told again': held('ehr', once, repeats('same-event', 2)),
    'one object of the EHR, two of the product after a lost answer': held('ehr', once, repeats('lost-answer', 2)),
    'two of both, and the product should hold it': held('product', doubled, {
      ...trials(12, 1),
      ...repeats('same-event', 2),
    }),
    'two after a lost answer': held('ehr', doubled),
    'two after one more': held('ehr', { ...once, afterRepeat: 2 }),
    'two at once, nothing finds the second': held('ehr', { ...once, inParallel: 2 }),
    'the same change changes again': held('ehr', { sequence: 'change', sameContent: false }),
    'two objects, the product breaks it': held('product', doubled, trials(20, 1)),
    'two objects, a person misses it': held('person', doubled, drills(4, 1)),
  },
  notMeasured: {
    'stored once in a recording, which provokes nothing': seen(0),
    'nothing lost in a recording': { ...seen(0), facts: { ...seen(0).facts, 'product-faults': [] } },
    'stored twice in a recording, and something else': seen(1, 'Task'),
    'nothing to count': held('ehr', { sequence: 'slot', afterLostAnswer: 0, cut: false }),
    'no key in the contract': held('ehr', { sequence: 'undecided' }),
    'two objects, the product has too few trials': held('product', doubled, trials(9, 0)),
    'two objects, a person has too few drills': held('person', doubled, drills(2, 0)),
  },
  notApplicable: {
    'a suggestion': {
      facts: { 'retry-objects': doubled },
      subject: { item: { action: { id: 'offer', kind: 'suggest', via: 'screen' }, path: undefined } },
    },
  },
});
