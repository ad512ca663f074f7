import vendorReconcile from '../../../checks/audit/vendor-reconcile.js';
import type { FactValue } from '../../../src/model/fact.js';
import { logElements } from '../../../src/model/facts/product-log.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Ehr = FactValue<'writes-of-product'>;
type Log = FactValue<'product-log'>;
type Recorded = Ehr['writes'][number];
type Logged = Log['writes'][number];

const digestOf = (number: number): string => String(number).padStart(32, '0');
const at = (second: number): string => `2026-11-20T09:00:0${second}.000Z`;

/** The write of this second, as the EHR and as the product tell it. */
const recorded = (second: number, more: Partial<Recorded> = {}): Recorded => ({
  at: at(second),
  kind: 'create',
  of: 'Appointment',
  object: digestOf(second),
  version: '1',
  requests: [],
  ...more,
});
const logged = (second: number, more: Partial<Logged> = {}): Logged => ({
  at: at(second),
  of: 'Appointment',
  object: digestOf(second),
  version: '1',
  unknown: false,
  says: [...logElements],
  ...more,
});

const [one, two, three] = [1, 2, 3];
const all = [one, two, three];
const told = (
  ehr: readonly Recorded[],
  log: readonly Logged[],
  more: Partial<Log> = {},
  actions: readonly object[] = [{ id: 'book', kind: 'commit', via: 'fhir-r4' }],
): FullCase => ({
  facts: {
    'writes-of-product': { source: 'fhir-auditevent', from: at(0), to: at(9), writes: [...ehr] },
    'product-log': {
      source: 'door',
      lines: log.length,
      unreadable: 0,
      firstUnreadable: null,
      elsewhere: 0,
      until: at(9),
      writes: [...log],
      ...more,
    },
  },
  subject: { item: { contract: { actions }, organization: {}, environmentId: 'simulator' } },
});
const written = all.map((second) => recorded(second));
const lines = all.map((second) => logged(second));
const { object: _, version: __, ...lost } = logged(three, { unknown: true });

testCheck(vendorReconcile, {
  pass: {
    'three of three': told(written, lines),
    'by request id, where the answer was lost': told(
      [...written.slice(0, 2), recorded(three, { requests: [digestOf(7)] })],
      [...lines.slice(0, 2), { ...lost, request: digestOf(7), says: logElements.filter((each) => each !== 'version') }],
    ),
    'a write that never got an answer and never arrived': told(written, [...lines, { ...lost, at: at(5) }]),
    'lines of before the run': told(written, [...lines, logged(8, { at: '2026-11-20T08:59:30.000Z' })]),
    'the same object twice, each in its version': told(
      [...written, recorded(4, { object: digestOf(one), kind: 'update', version: '2' })],
      [...lines, logged(4, { object: digestOf(one), version: '2' })],
    ),
  },
  warn: {
    'a line of a write the EHR does not know': told(written, [...lines, logged(4)]),
    'no reviewer': told(written, [
      ...lines.slice(1),
      logged(one, { says: logElements.filter((each) => each !== 'reviewer') }),
    ]),
    'another version': told(written, [...lines.slice(1), logged(one, { version: '4' })]),
    'records without an object': told(
      all.map((second) => ({ at: at(second), kind: 'create', of: 'Appointment', requests: [] })),
      lines,
    ),
    'a line that cannot be read, and nothing missing': told(written, lines, {
      lines: 4,
      unreadable: 1,
      firstUnreadable: 2,
    }),
  },
  fail: {
    'one of three missing': told(written, lines.slice(1)),
    'one of two missing': told(written.slice(0, 2), lines.slice(0, 1)),
    'in a file that goes on after it': told(written, [logged(one), logged(three)], { source: 'file', until: at(3) }),
    'the second version': told(
      [...written, recorded(4, { object: digestOf(one), kind: 'update', version: '2' })],
      lines,
    ),
  },
  notMeasured: {
    'the log of another day': told(written, []),
    'two are too few': told(written.slice(0, 2), lines.slice(0, 2)),
    'nothing written': told([], []),
    'a file that ends before the last write': told(written, lines.slice(0, 2), { source: 'file', until: at(2) }),
    'what is missing may be what cannot be read': told(written, lines.slice(1), {
      lines: 3,
      unreadable: 1,
      firstUnreadable: 1,
    }),
  },
  notApplicable: {
    'suggestions only': told(written, lines, {}, [{ id: 'offer', kind: 'suggest', via: 'fhir-r4' }]),
  },
});
