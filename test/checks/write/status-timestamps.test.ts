import statusTimestamps from '../../../checks/write/status-timestamps.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Walk = FactValue<'state-walk'>;

const step: Walk['steps'][number] = {
  from: 'requested',
  to: 'in-progress',
  status: 200,
  tries: 1,
  serverErrors: 0,
  stored: true,
  time: 'element',
  offMs: 0,
  lost: [],
};
const last = { ...step, from: 'in-progress', to: 'completed' };
const jump = { from: 'completed', to: 'in-progress', status: 422, accepted: false, controlsHeld: true };
const walked: Walk = { steps: [step, last], jump, controlsHeld: true };

/** An action that moves a task through its states. */
const moving = (walk: Walk): FullCase => ({
  facts: { 'state-walk': walk },
  subject: {
    item: {
      action: {
        id: 'update-status',
        kind: 'commit',
        via: 'fhir-r4',
        interaction: 'patch',
        resource: 'Task',
        states: { from: 'requested', through: ['in-progress'], to: 'completed' },
      },
      path: undefined,
    },
  },
});
const withLast = (change: Partial<typeof step>): FullCase =>
  moving({ ...walked, steps: [step, { ...last, ...change }] });
const withJump = (change: Partial<typeof jump>): FullCase => moving({ ...walked, jump: { ...jump, ...change } });

testCheck(statusTimestamps, {
  pass: {
    'every step and time, the forbidden one refused': moving(walked),
    'no forbidden step named': moving({ steps: [step, last], controlsHeld: true }),
    'times 2 s before the sending': withLast({ offMs: -2_000 }),
    'a type whose version is its time': withLast({ time: 'version' }),
  },
  warn: {
    'time 3 s late': withLast({ offMs: 3_000 }),
    'time in the version only': withLast({ time: 'only-version' }),
    'time in the history only': withLast({ time: 'only-history' }),
  },
  fail: {
    'step refused': withLast({ stored: false, status: 422 }),
    'step answered and lost': withLast({ stored: false, status: 200 }),
    'step fails twice': withLast({ stored: false, status: 500, tries: 3, serverErrors: 3 }),
    'five hours off': withLast({ offMs: -5 * 3_600_000 }),
    'a quarter of an hour off': withLast({ offMs: 15 * 60_000 }),
    'no time anywhere': withLast({ time: 'nowhere' }),
    'business state lost': withLast({ lost: ['businessStatus'] }),
    'forbidden step taken': withJump({ accepted: true, status: 200 }),
  },
  notMeasured: {
    'the object cannot be read at the end': moving({ ...walked, controlsHeld: false }),
    'one server error': withLast({ stored: false, status: 500, tries: 1, serverErrors: 1 }),
    'forbidden step ends in a server error': withJump({ status: 500 }),
    'everything is refused': withJump({ controlsHeld: false }),
  },
  notApplicable: { 'an action without states': { 'state-walk': walked } },
});
