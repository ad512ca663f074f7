import governance from '../../../checks/contract/governance.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import { testCheck } from '../../support/test-check.js';
import { agreed, inherited, runCase } from './run-case.js';

const contract = {
  audit: {
    granularity: 'exchange',
    expect: [{ what: 'every access', where: 'ehr' }],
    retention: 'P6Y',
    monitoredBy: 'operations@bot.example',
    incidentPath: 'security@clinic.example',
  },
  dataHandling: {
    phiStores: [{ id: 'calls', party: 'bot' }],
    flows: [{ from: 'ehr', to: 'bot-api', party: 'bot' }],
    modelUse: { trainsOnPhi: false },
  },
  value: { volumePerWeek: 900, steps: [{ name: 'book' }], baselineSource: { owner: 'director@clinic.example' } },
} satisfies Partial<Contract>;
const handling = (more: NonNullable<Contract['dataHandling']>) => ({
  ...contract,
  dataHandling: { ...contract.dataHandling, ...more },
});
const { audit: _a, ...unlogged } = contract;
const { dataHandling: _d, ...unhandled } = contract;
const { value: _v, ...valueless } = contract;
const { monitoredBy: _m, ...unwatched } = contract.audit;

testCheck(governance, {
  pass: {
    'all of it': runCase(agreed, contract),
    'learning under an agreement': runCase(agreed, handling({ modelUse: { trainsOnPhi: true, agreement: 'baa-bot' } })),
  },
  warn: {
    'no baseline': runCase(agreed, valueless),
    'inherited by a draft': runCase(inherited('/audit', '/value/steps'), contract),
  },
  fail: {
    'a store of nobody': runCase(agreed, handling({ phiStores: [{ id: 'calls' }] })),
    'a flow to nobody': runCase(agreed, handling({ flows: [{ from: 'bot-api', to: 'model' }] })),
    'learning without an agreement': runCase(agreed, handling({ modelUse: { trainsOnPhi: true } })),
  },
  notMeasured: {
    'no audit': runCase(agreed, unlogged),
    'no data handling': runCase(agreed, unhandled),
    'nobody watches': runCase(agreed, { ...contract, audit: unwatched }),
  },
});
