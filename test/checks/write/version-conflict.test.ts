import versionConflict from '../../../checks/write/version-conflict.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const refused = { status: 412, newerDataKept: true, explained: true, currentAccepted: true };
const lost = { status: 200, newerDataKept: false, explained: false, currentAccepted: true };

/** An action that patches, with the control held by somebody. */
const held = (heldBy: 'ehr' | 'product' | 'person', facts: FullCase['facts']): FullCase => ({
  facts,
  subject: {
    item: {
      action: {
        id: 'cancel',
        kind: 'commit',
        via: 'fhir-r4',
        interaction: 'patch',
        resource: 'Appointment',
        controls: { noOverwrite: { heldBy } },
      },
      path: undefined,
    },
  },
});
const trials = (count: number, breaches: number) => [
  { control: 'noOverwrite' as const, trials: count, breaches, raceWindowMs: 40 },
];
const drills = (count: number, missed: number) => [{ control: 'noOverwrite' as const, drills: count, missed }];

const seen = (changes: number): FullCase['facts'] => ({
  'stale-update': { missing: 'writes-off' },
  'product-writing': [
    {
      resourceType: 'Appointment',
      creates: 0,
      conditional: 0,
      identified: 0,
      changes,
      guarded: changes,
      unread: 0,
      readLongBefore: 0,
      longestMs: 40,
      refusals: [
        { status: 412, injected: false, refused: 3, readAgain: 3, sentAgain: 0, taken: 0, takenByVersion: 0, left: 0 },
      ],
    },
  ],
});

testCheck(versionConflict, {
  pass: {
    'refused with 412, current one accepted': held('ehr', { 'stale-update': refused }),
    'refused with 409, and without a version with 428': held('ehr', {
      'stale-update': { ...refused, status: 409 },
      'unconditional-update': { status: 428 },
    }),
    'lost by the EHR, held by the product in 12 trials': held('product', {
      'stale-update': lost,
      'product-trials': trials(12, 0),
    }),
    'lost by the EHR, held by a person in 3 drills': held('person', {
      'stale-update': lost,
      'person-drills': drills(3, 0),
    }),
  },
  warn: {
    'refused without a word': held('ehr', { 'stale-update': { ...refused, explained: false } }),
    'accepted without a version': held('ehr', { 'stale-update': refused, 'unconditional-update': { status: 200 } }),
  },
  fail: {
    'lost update': held('ehr', { 'stale-update': lost }),
    'lost, and the product breaks its control': held('product', {
      'stale-update': lost,
      'product-trials': trials(40, 1),
    }),
    'lost, and a person misses it': held('person', { 'stale-update': lost, 'person-drills': drills(3, 1) }),
  },
  notMeasured: {
    'refused in a recording, which provokes nothing': held('ehr', seen(8)),
    'not once changed in a recording': held('ehr', seen(0)),
    'everything is refused': held('ehr', { 'stale-update': { ...refused, currentAccepted: false } }),
    'server error instead of a refusal': held('ehr', { 'stale-update': { ...refused, status: 500 } }),
    'lost, the product has too few trials': held('product', { 'stale-update': lost, 'product-trials': trials(9, 0) }),
    'lost, a person has too few drills': held('person', { 'stale-update': lost, 'person-drills': drills(2, 0) }),
  },
  notApplicable: {
    'an action without change of existing data': {
      facts: { 'stale-update': refused },
      subject: {
        item: {
          action: {
            id: 'note',
            kind: 'draft',
            via: 'fhir-r4',
            interaction: 'create',
            compensation: { interaction: 'person' },
          },
          path: undefined,
        },
      },
    },
  },
});
