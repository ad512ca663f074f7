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

testCheck(killSwitch, {
  pass: {
    'switched off in time, seen by people': { attestations: [], 'stop-drills': drill() },
    'exactly in time': { attestations: [], 'stop-drills': drill({ slowestMinutes: 5 }) },
    'seen counts more than a statement out of date': {
      attestations: [statement({ expires: '2020-01-01' })],
      'stop-drills': drill(),
    },
  },
  warn: {
    'only stated': { attestations: [statement()] },
    'the day of the drill counts, not that of the paper': {
      attestations: [statement({ issued: '2024-01-01', drilledOn: '2025-11-20' })],
    },
    'it stops too late': { attestations: [statement()], 'stop-drills': drill({ slowestMinutes: 6 }) },
  },
  fail: {
    'it wrote after the switch': { attestations: [statement()], 'stop-drills': drill({ wroteAfterwards: 1 }) },
  },
  notMeasured: {
    'no drill': { attestations: [] },
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
