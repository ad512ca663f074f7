import compensate from '../../../checks/rollback/compensate.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Requested = Extract<FactValue<'undo-outcome'>, { readonly status: number }>;

const cancelled: Requested = {
  by: 'patch',
  status: 200,
  tries: 1,
  serverErrors: 0,
  explained: false,
  result: 'as-declared',
  stillListed: false,
  slotFreed: true,
  durationMs: 80,
  controlsHeld: true,
};
const book = { id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' } as const;

const held = (
  heldBy: 'ehr' | 'product' | 'person',
  outcome: FactValue<'undo-outcome'>,
  more: CaseFacts = {},
): FullCase => ({
  facts: { 'undo-outcome': outcome, ...more },
  subject: {
    item: {
      action: {
        ...book,
        compensation: { interaction: 'patch', toState: 'cancelled', limit: 'PT10M' },
        controls: { undo: { heldBy } },
      },
      path: undefined,
    },
  },
});
const ehr = (different: Partial<Requested>): FullCase => held('ehr', { ...cancelled, ...different });
const drills = (count: number, missed: number) => ({
  'person-drills': [{ control: 'undo' as const, drills: count, missed }],
});
const trials = (count: number, breaches: number) => ({
  'product-trials': [{ control: 'undo' as const, trials: count, breaches }],
});
const byPerson = { by: 'person' } as const;

testCheck(compensate, {
  pass: {
    'cancelled as declared': ehr({}),
    'not there any more': ehr({ by: 'delete', status: 204, result: 'gone' }),
    'marked in another way': ehr({ result: 'marked' }),
    'a person undid 3 of 3': held('person', byPerson, drills(3, 0)),
    'refused, the product took back 10 of 10': held(
      'product',
      { ...cancelled, status: 403, result: 'live' },
      trials(10, 0),
    ),
  },
  warn: {
    'still in the list': ehr({ stillListed: true }),
    'the slot is not free': ehr({ slotFreed: false }),
    'taken at the third try': ehr({ tries: 3, serverErrors: 2 }),
  },
  fail: {
    refused: ehr({ status: 403, result: 'live' }),
    'answered 200, still live': ehr({ result: 'live' }),
    'three server errors': ehr({ status: 500, result: 'live', tries: 3, serverErrors: 3 }),
    'later than the limit': ehr({ durationMs: 600_001 }),
    'no undo at all': held('ehr', { by: 'none' }),
    'a person missed one': held('person', byPerson, drills(3, 1)),
    'refused, and the product left one': held('product', { ...cancelled, status: 403, result: 'live' }, trials(10, 1)),
  },
  notMeasured: {
    'refused, and a read fails': ehr({ status: 403, result: 'live', controlsHeld: false }),
    'one server error in three': ehr({ status: 500, result: 'live', tries: 3, serverErrors: 1 }),
    'not in the contract': held('ehr', { by: 'undecided' }),
    'a person, not drilled': held('person', byPerson),
    'a person, though the contract names the EHR': held('ehr', byPerson),
    'refused, the product has too few trials': held(
      'product',
      { ...cancelled, status: 403, result: 'live' },
      trials(9, 0),
    ),
  },
  notApplicable: {
    'a suggestion': {
      facts: { 'undo-outcome': cancelled },
      subject: { item: { action: { id: 'offer', kind: 'suggest', via: 'screen' }, path: undefined } },
    },
  },
});
