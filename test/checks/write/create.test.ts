import create from '../../../checks/write/create.js';
import { testCheck, type FullCase } from '../../support/test-check.js';
import type { FactValue } from '../../../src/model/fact.js';

const stored: FactValue<'create-outcome'> = {
  status: 201,
  tries: 1,
  serverErrors: 0,
  explained: false,
  location: 'own',
  representation: true,
  versioned: true,
  foundBy: 'answer',
  normalised: [],
  dropped: [],
  changed: [],
  controlsHeld: true,
};
const outcome = (different: Partial<typeof stored>) => ({ 'create-outcome': { ...stored, ...different } });
const refused = (status: number, controlsHeld = true) =>
  outcome({ status, controlsHeld, foundBy: 'nothing', location: 'absent', representation: false, versioned: false });
const cancel: FullCase = {
  facts: outcome({ status: 200 }),
  subject: {
    item: {
      action: { id: 'cancel', kind: 'commit', via: 'fhir-r4', interaction: 'patch', resource: 'Appointment' },
      path: undefined,
    },
  },
};

testCheck(create, {
  pass: {
    'stored as sent': outcome({}),
    'stored as sent, answered without the resource': outcome({ representation: false }),
  },
  warn: {
    'only accepted, found later': outcome({
      status: 202,
      location: 'absent',
      representation: false,
      versioned: false,
      foundBy: 'search',
    }),
    'no Location, the resource in the answer': outcome({ location: 'absent' }),
    'relative Location': outcome({ location: 'relative' }),
    'another form, same meaning': outcome({ normalised: ['start'] }),
    'taken at the third try': outcome({ tries: 3, serverErrors: 2 }),
  },
  fail: {
    refused: refused(403),
    'not implemented': refused(501),
    'server error three times': { 'create-outcome': { ...refused(500)['create-outcome'], tries: 3, serverErrors: 3 } },
    'stored, answered 500': outcome({ status: 500, foundBy: 'search' }),
    'answered 201, nothing there': refused(201),
    'an element is not stored': outcome({ dropped: ['businessStatus'] }),
    'an element is stored differently': outcome({ changed: ['start'] }),
    'Location of another host': outcome({ location: 'elsewhere' }),
    'nothing names what was created': outcome({
      location: 'absent',
      representation: false,
      versioned: false,
      foundBy: 'search',
    }),
  },
  notMeasured: {
    'refused, and so is a read': refused(403, false),
    'nothing there, and a read fails': refused(201, false),
    'a status that says neither': refused(418),
  },
  notApplicable: { 'an action that changes': cancel },
});
