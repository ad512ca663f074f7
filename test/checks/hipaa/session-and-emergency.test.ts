import session from '../../../checks/hipaa/session-and-emergency.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Statement = FactValue<'attestations'>[number];
const statement = (id: string, more: Partial<Statement> = {}): Statement => ({
  id,
  owner: 'operations@clinic.example',
  issued: '2026-01-01',
  expires: '2027-01-01',
  sha256: null,
  ...more,
});
const downtime = (more: Partial<Statement> = {}) =>
  statement('downtime-procedure', { drilledOn: '2026-05-02', ...more });
const timeout = (more: Partial<Statement> = {}) => statement('session-timeout', more);
const witnesses = ['A. Doe', 'B. Roe'];
const idle = (stillOpen: number): FactValue<'idle-screens'> => ({ tries: 3, stillOpen, agreedMinutes: 15, witnesses });
const opened: FactValue<'session-opened'> = { agreedSeconds: 900, shown: true, besideAnother: true };
const left: FactValue<'idle-session'> = { agreedSeconds: 900, idleSeconds: 990, state: 'ended', opensAgain: true };
const measured = (more: Partial<typeof left> = {}, before: Partial<typeof opened> = {}) => ({
  'session-opened': { ...opened, ...before },
  'idle-session': { ...left, ...more },
});
const without = (...attestations: Statement[]) => runCase({ attestations }, { productScreens: 'none' });
const embedded = (attestations: Statement[], more: object = {}) =>
  runCase({ attestations, ...more }, { productScreens: 'embedded' });

testCheck(session, {
  pass: {
    'a session left alone ended': embedded([downtime(), timeout()], measured()),
    'no screens, a plan and a drill': without(downtime()),
    'the drill was a year ago to the day': without(downtime({ drilledOn: '2025-11-20' })),
    'the newer statement counts': without(downtime({ expires: '2026-01-01' }), downtime()),
    'the drill was seen': runCase(
      { attestations: [statement('downtime-procedure')], 'downtime-drills': { drills: 1, missed: 0, witnesses } },
      { productScreens: 'none' },
    ),
  },
  warn: {
    'a session that a second sign-in ends': embedded([downtime(), timeout()], measured({}, { besideAnother: false })),
    'a page that needs no session': embedded([downtime(), timeout()], measured({}, { shown: false })),
    'no sign-in is possible afterwards': embedded([downtime(), timeout()], measured({ opensAgain: false })),
    'a fault where the session was': embedded([downtime(), timeout()], measured({ state: 'fault' })),
    'the lock is only stated': embedded([downtime(), timeout()]),
    'the lock was seen by people': embedded([downtime()], { 'idle-screens': idle(0) }),
    'no drill': without(statement('downtime-procedure')),
    'a drill long ago': without(downtime({ drilledOn: '2025-11-19' })),
    'a drill to come': without(downtime({ drilledOn: '2026-11-21' })),
    'the drill went wrong': runCase(
      { attestations: [downtime()], 'downtime-drills': { drills: 2, missed: 1, witnesses } },
      { productScreens: 'none' },
    ),
  },
  fail: {
    'signed in beyond the agreed time': embedded([downtime(), timeout()], measured({ state: 'alive' })),
    'signed in, though people saw it lock': embedded([downtime()], {
      ...measured({ state: 'alive' }),
      'idle-screens': idle(0),
    }),
    'open on the screen, though the session ended': embedded([downtime()], { ...measured(), 'idle-screens': idle(1) }),
    'open beyond the agreed time': embedded([downtime(), timeout()], { 'idle-screens': idle(1) }),
  },
  notMeasured: {
    'no plan': without(),
    'nobody owns the plan': without(downtime({ owner: null })),
    'a plan without end': without(downtime({ expires: null })),
    'the plan is out of date': without(downtime({ expires: '2026-11-19' })),
    'nobody says anything about screens': embedded([downtime()]),
    'the statement about screens is out of date': embedded([downtime(), timeout({ expires: '2026-11-19' })]),
    'the contract does not say whether there are screens': runCase({ attestations: [downtime()] }),
  },
});
