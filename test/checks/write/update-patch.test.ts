import updatePatch from '../../../checks/write/update-patch.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const changed: FactValue<'change-outcome'> = {
  method: 'PATCH',
  part: 'undo',
  status: 200,
  tries: 1,
  serverErrors: 0,
  explained: false,
  applied: true,
  newVersion: true,
  lost: [],
  narrativeDropped: false,
  controlsHeld: true,
};
const book = { id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' } as const;

const undonePatch = (different: Partial<typeof changed>): FullCase => ({
  facts: { 'change-outcome': { ...changed, ...different } },
  subject: {
    item: { action: { ...book, compensation: { interaction: 'patch', toState: 'cancelled' } }, path: undefined },
  },
});

testCheck(updatePatch, {
  pass: {
    'patched, nothing else touched': undonePatch({}),
    'updated as the contract says': undonePatch({ method: 'PUT', part: 'action' }),
  },
  warn: {
    'only PUT is taken': undonePatch({ status: 405, applied: false, putStatus: 200, putApplied: true }),
    'the narrative is gone': undonePatch({ narrativeDropped: true }),
    'taken at the second try': undonePatch({ tries: 2, serverErrors: 1 }),
  },
  fail: {
    refused: undonePatch({ status: 403, applied: false }),
    'refused, PUT too': undonePatch({ status: 405, applied: false, putStatus: 405, putApplied: false }),
    'three server errors': undonePatch({ status: 500, applied: false, tries: 3, serverErrors: 3 }),
    'answered 200, not applied': undonePatch({ applied: false }),
    'other elements gone': undonePatch({ lost: ['authoredOn'] }),
    'the old version number': undonePatch({ newVersion: false }),
  },
  notMeasured: {
    'not readable afterwards': undonePatch({ controlsHeld: false }),
    'a server error among tries': undonePatch({ status: 500, applied: false, tries: 3, serverErrors: 1 }),
    'an informational status': undonePatch({ status: 304, applied: false }),
  },
  notApplicable: {
    'nothing is changed': {
      facts: { 'change-outcome': changed },
      subject: { item: { action: { ...book, compensation: 'none' }, path: undefined } },
    },
    'on a screen': {
      facts: { 'change-outcome': changed },
      subject: {
        item: { action: { ...book, compensation: { interaction: 'patch' } }, path: { via: 'screen' } },
      },
    },
  },
});
