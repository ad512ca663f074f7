import aiProvenance from '../../../checks/write/ai-provenance.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Origin = FactValue<'machine-origin'>[number];
const kept = { status: 201, stored: true, author: 'device', sources: 2, sourcesKept: 2 } as const;
const refused = { status: 403, stored: false, author: 'nobody', sources: 2, sourcesKept: 0 } as const;
const origin = (more: Partial<Origin> = {}): Origin => ({
  action: 'open-task',
  label: 'kept',
  author: 'nobody',
  provenance: kept,
  controlsHeld: true,
  ...more,
});
const of = (...origins: Origin[]) =>
  runCase({ 'machine-origin': origins }, { audit: { provenance: { required: true, aiLabel: 'AIAST' } } });

testCheck(aiProvenance, {
  pass: {
    'label and Provenance': of(origin()),
    'no label asked': of(origin({ label: 'not-asked' })),
    'a device as author in the object too': of(origin({ author: 'device' })),
    'no sources asked': of(origin({ provenance: { ...kept, sources: 0, sourcesKept: 0 } })),
  },
  warn: {
    'the label is gone': of(origin({ label: 'dropped' })),
    'the Provenance is refused': of(origin({ provenance: refused })),
    'no right to a Provenance': of(origin({ provenance: { ...refused, status: null } })),
    'stored, and gone': of(origin({ provenance: { ...refused, status: 201 } })),
    'a source is gone': of(origin({ provenance: { ...kept, sourcesKept: 1 } })),
    'the Provenance names nobody': of(origin({ provenance: { ...kept, author: 'nobody' } })),
  },
  fail: {
    'neither is there': of(origin({ label: 'dropped', provenance: refused })),
    'no Provenance, and no label asked': of(origin({ label: 'not-asked', provenance: refused })),
    'a clinician in the object': of(origin({ author: 'clinician' })),
    'a clinician in the Provenance': of(origin({ provenance: { ...kept, author: 'clinician' } })),
    'one action of two': of(origin(), origin({ action: 'note', author: 'clinician' })),
  },
  notMeasured: { 'the object is gone': of(origin({ controlsHeld: false })) },
  notApplicable: {
    'not asked': runCase({ 'machine-origin': [origin()] }, { audit: { provenance: { required: false } } }),
    'nothing said about it': runCase({ 'machine-origin': [origin()] }),
  },
});
