import killSwitch from '../../../checks/prod/kill-switch.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

const statement = (more: Partial<FactValue<'attestations'>[number]> = {}): FactValue<'attestations'>[number] => ({
  id: 'kill-switch',
  owner: 'operations@voicebot.example',
  issued: '2026-10-04',
  expires: '2027-10-04',
  sha256: null,
  ...more,
});
const drill = (more: Partial<FactValue<'stop-drills'>> = {}): FactValue<'stop-drills'> => ({
  drills: 2,
  wroteAfterwards: 0,
  slowestMinutes: 4,
  agreedMinutes: 5,
  witnesses: ['A. Doe', 'B. Roe'],
  ...more,
});
const watched = (more: Partial<FactValue<'switch-drill'>> = {}): FactValue<'switch-drill'> => ({
  servedBefore: true,
  servedAfter: true,
  offDone: true,
  onDone: true,
  stopMs: 12,
  status: 503,
  outcome: null,
  tookMs: 3,
  written: 0,
  ...more,
});

testCheck(killSwitch, {
  pass: {
    'switched off by the tool, it wrote nothing': { attestations: [], 'switch-drill': watched() },
    'switched off, it says that it refuses': {
      attestations: [],
      'switch-drill': watched({ status: 200, outcome: 'refused' }),
    },
    'switched off by the tool and by people': {
      attestations: [],
      'switch-drill': watched(),
      'stop-drills': drill(),
    },
    'it served nobody afterwards, and people saw it stop': {
      attestations: [],
      'switch-drill': watched({ servedAfter: false }),
      'stop-drills': drill(),
    },
    'switched off in time, seen by people': { attestations: [], 'stop-drills': drill() },
    'exactly in time': { attestations: [], 'stop-drills': drill({ slowestMinutes: 5 }) },
    'seen counts more than a statement out of date': {
      attestations: [statement({ expires: '2020-01-01' })],
      'stop-drills': drill(),
    },
  },
  warn: {
    'the switch refused, whatever is stated': {
      attestations: [statement()],
      'switch-drill': watched({ offDone: false }),
    },
    'it could not be switched on again': { attestations: [], 'switch-drill': watched({ onDone: false }) },
    'the switch refused, and it wrote': { attestations: [], 'switch-drill': watched({ offDone: false, written: 1 }) },
    'it goes on answering': { attestations: [], 'switch-drill': watched({ status: 200, outcome: 'nothing-free' }) },
    'it stopped for the tool, and too late for people': {
      attestations: [],
      'switch-drill': watched(),
      'stop-drills': drill({ slowestMinutes: 6 }),
    },
    'it served nobody afterwards, and a drill is stated': {
      attestations: [statement()],
      'switch-drill': watched({ servedAfter: false }),
    },
    'only stated': { attestations: [statement()] },
    'the day of the drill counts, not that of the paper': {
      attestations: [statement({ issued: '2024-01-01', drilledOn: '2025-11-20' })],
    },
    'it stops too late': { attestations: [statement()], 'stop-drills': drill({ slowestMinutes: 6 }) },
  },
  fail: {
    'it wrote after the tool had switched it off': {
      attestations: [statement()],
      'switch-drill': watched({ status: 200, outcome: 'booked', written: 1 }),
      'stop-drills': drill(),
    },
    'it stopped for the tool and not for people': {
      attestations: [],
      'switch-drill': watched(),
      'stop-drills': drill({ wroteAfterwards: 1 }),
    },
    'it wrote after the switch': { attestations: [statement()], 'stop-drills': drill({ wroteAfterwards: 1 }) },
  },
  notMeasured: {
    'no drill': { attestations: [] },
    'it served nobody afterwards': { attestations: [], 'switch-drill': watched({ servedAfter: false }) },
    'nobody owns it': { attestations: [statement({ owner: null })] },
    'no end': { attestations: [statement({ expires: null })] },
    'no day': { attestations: [statement({ issued: null })] },
    'a drill more than a year ago': { attestations: [statement({ issued: '2025-11-19' })] },
    'a drill still to come': { attestations: [statement({ issued: '2026-11-21' })] },
    'out of date': { attestations: [statement({ expires: '2026-11-19' })] },
  },
  notApplicable: {
    'it only suggests': runCase({ attestations: [statement()] }, { actions: [{ id: 'offer', kind: 'suggest' }] }),
  },
});
