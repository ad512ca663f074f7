import promotionGate from '../../../checks/write/promotion-gate.js';
import type { Holder } from '../../../src/model/outcome.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Tried = Extract<FactValue<'promotion'>, { way: 'tried' }>;
const signed = { status: 200, committed: true, signer: 'human' } as const;
const tried = (more: Partial<Tried> = {}): CaseFacts => ({
  promotion: {
    way: 'tried',
    machine: [403, 403],
    machineCommitted: false,
    controlsHeld: true,
    reviewer: signed,
    ...more,
  },
});
const stated = (mayUpdate: boolean): CaseFacts => ({ promotion: { way: 'stated', mayUpdate } });
const held = (facts: CaseFacts, heldBy?: Holder): FullCase => ({
  facts,
  subject: {
    item: {
      action: {
        id: 'file-draft',
        kind: 'draft',
        resource: 'DocumentReference',
        review: { required: true, role: 'physician', endsIn: 'final' },
        ...(heldBy === undefined ? {} : { controls: { reviewGate: { heldBy } } }),
      },
      path: undefined,
    },
  },
});
const reviewed = (trials: number, breaches: number): CaseFacts => ({
  'product-trials': [{ control: 'reviewGate', trials, breaches }],
});
const drafted = (drafts: number, committed: number): CaseFacts => ({
  'product-drafts': { told: 10, drafts, committed },
});
const drilled = (drills: number, missed: number): CaseFacts => ({
  'person-drills': [{ control: 'reviewGate', drills, missed }],
});
const statement = (interactions: string[]): CaseFacts => ({
  'capability-statement': {
    status: 200,
    found: true,
    fhirVersion: '4.0.1',
    software: null,
    interactions: [],
    operations: [],
    usCoreVersions: [],
    types: [
      {
        type: 'DocumentReference',
        interactions,
        searchParameters: [],
        operations: [],
        versioning: null,
        conditionalCreate: false,
        updateCreate: false,
        supportedProfiles: [],
      },
    ],
  },
});
const machineSigned = tried({ machine: [200], machineCommitted: true });

testCheck(promotionGate, {
  pass: {
    'the machine is refused, the physician signs': held(tried()),
    'refused by different words': held(tried({ machine: [404, 405] })),
    'a PUT was not needed': held(tried({ machine: [422] })),
    'the EHR holds it whoever is declared': held(tried(), 'product'),
    'no right by scope': held(stated(false)),
    'no such interaction': held({ ...stated(true), ...statement(['read', 'create']) }),
    'ten drafts of the product, none final': held({ ...stated(true), ...reviewed(10, 0) }, 'product'),
    'the machine could, and the product never did': held({ ...machineSigned, ...reviewed(12, 0) }, 'product'),
    'ten drafts left to people, and the EHR refuses too': held({ ...tried(), ...drafted(10, 0) }),
    'the machine could, and left ten drafts to people': held({ ...machineSigned, ...drafted(10, 0) }, 'product'),
    'nine drafts and one trial more': held({ ...machineSigned, ...drafted(9, 0), ...reviewed(1, 0) }, 'product'),
    'a person watched three times': held({ ...machineSigned, ...drilled(3, 0) }, 'person'),
  },
  warn: {
    'nobody is named as signer': held(tried({ reviewer: { ...signed, signer: 'nobody' } })),
  },
  fail: {
    'the machine signed': held(machineSigned),
    'the machine signed with a PUT': held(tried({ machine: [405, 200], machineCommitted: true }), 'ehr'),
    'a machine is named as signer': held(tried({ reviewer: { ...signed, signer: 'machine' } })),
    'the product finalised one draft': held({ ...machineSigned, ...reviewed(10, 1) }, 'product'),
    'the EHR refuses a change, and the product files final notes at once': held({ ...tried(), ...drafted(10, 10) }),
    'one of ten drafts was final by itself': held({ ...machineSigned, ...drafted(10, 1) }, 'product'),
    'the machine could, and the product did': held({ ...machineSigned, ...drafted(3, 1) }, 'ehr'),
    'no right to change, and final notes all the same': held({ ...stated(false), ...drafted(10, 1) }, 'person'),
    'a person missed one': held({ ...machineSigned, ...drilled(3, 1) }, 'person'),
  },
  notMeasured: {
    'no end of the review': held({ promotion: { way: 'undecided' } }),
    'a server error is no refusal': held(tried({ machine: [403, 500] })),
    'throttled is no refusal': held(tried({ machine: [429] })),
    'it cannot even read afterwards': held(tried({ controlsHeld: false })),
    'nobody may sign': held(tried({ reviewer: { status: 403, committed: false, signer: 'nobody' } })),
    'no reviewer': held({
      promotion: { way: 'tried', machine: [403], machineCommitted: false, controlsHeld: true },
    }),
    'it may, and nobody tries': held(stated(true)),
    'it may by the statement too': held({ ...stated(true), ...statement(['patch']) }, 'ehr'),
    'it may, and the product was not watched': held(stated(true), 'product'),
    'nine drafts are too few': held({ ...stated(true), ...reviewed(9, 0) }, 'product'),
    'nine drafts left to people': held({ ...machineSigned, ...drafted(9, 0) }, 'product'),
    'two drills are too few': held({ ...machineSigned, ...drilled(2, 0) }, 'person'),
  },
  notApplicable: {
    'no review asked': {
      facts: tried(),
      subject: { item: { action: { id: 'book', kind: 'commit' }, path: undefined } },
    },
  },
});
