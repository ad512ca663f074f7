import type { Patient } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import type { Reaction } from '../../../src/gather/observers/hard-cases.js';
import { hiddenCase } from '../../../src/gather/observers/hidden-case.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import type { PreparedCases } from '../../../src/gather/observers/hard-cases.js';
import type { FactValue } from '../../../src/model/fact.js';

const book: ContractAction = {
  id: 'book',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'Appointment',
};
const record: Patient = {
  resourceType: 'Patient',
  id: 's1',
  name: [{ use: 'official', family: 'ZZTESTTWO', given: ['Avery'] }],
  birthDate: '1980-01-01',
  identifier: [{ system: 'mrn', value: '7654321' }],
  telecom: [{ system: 'phone', value: '555-0100' }],
};
const nobody = { behaviour: 'queue-for-human' };

interface Given {
  readonly status?: number;
  readonly failure?: object;
  readonly inputs?: readonly string[];
  /** Whether the patient is shown, reading after reading. */
  readonly shown?: readonly boolean[];
  /** What the product was answered at the proxy. */
  readonly opened?: readonly number[];
}

/** Two sites; the AI system's client of the first is answered `status`, the scheduler of the second sees its patient. */
function tools({
  status = 403,
  failure = { 'no-access': nobody },
  inputs = ['id', 'family', 'birthDate'],
  shown = [true, true, true],
  opened,
}: Given = {}): ProbeTools {
  const binding = (id: string) => ({
    id,
    environment: 'sandbox',
    flow: 'backend',
    scopes: ['system/Patient.rs', 'system/Appointment.rs'],
  });
  const answers = [...shown];
  const reader = {
    signedIn: () => Promise.resolve({ usableToken: true }),
    read: () => Promise.resolve(answers.shift() === true ? { ok: true, resource: record } : { ok: false }),
  } as unknown as Client;
  const made = new Map<string, unknown>();
  return {
    contract: {
      triggers: [{ id: 'call', kind: 'external', inputs }],
      failure,
      permissions: { workflowClient: 'scheduling' },
    },
    environmentId: 'sandbox',
    organization: {
      sites: [{ id: 'north' }, { id: 'south' }],
      auth: {
        bindings: [
          { ...binding('bot'), usedBy: 'ai-system', workflow: 'scheduling' },
          { ...binding('scheduler'), usedBy: 'staff' },
        ],
      },
      contexts: [
        { id: 'bot', role: 'bot', site: 'north', binding: 'bot' },
        { id: 'scheduler-south', role: 'scheduler', site: 'south', binding: 'scheduler' },
      ],
      identifierSystems: { mrn: 'mrn' },
      testData: { patients: [{ alias: 'south-1', id: 's1', site: 'south', synthetic: true, canary: 'ZZTESTTWO' }] },
    },
    clients: { ai: { read: () => Promise.resolve({ ok: status === 200, status }) } },
    context: () => reader,
    once: (key: string, make: () => unknown) => {
      if (!made.has(key)) made.set(key, make());
      return made.get(key);
    },
    ...(opened === undefined ? {} : { proxy: { seen: () => opened.map((each) => ({ status: each })) } }),
  } as unknown as ProbeTools;
}
const prepared = async (given: ProbeTools) =>
  (await hiddenCase(given, book)) as PreparedCases<FactValue<'asked-without-access'>>;
const reaction: Reaction = { status: 200, outcome: 'queued-for-human', tookMs: 3, written: 0, leaked: false };
const controls = { servedBefore: true, servedAfter: true };

it('asks for a patient of another site, and knows what only the record says', async () => {
  expect((await prepared(tools())).cases).toMatchObject([
    {
      patients: [{ alias: 'south-1' }],
      said: { family: 'ZZTESTTWO', birthDate: '1980-01-01' },
      secret: ['7654321', '555-0100', 'Avery'],
    },
  ]);
});

it.each([
  ['the AI system may see it', { status: 200 }, 'prerequisite-failed'],
  ['the EHR fails', { status: 500 }, 'control-failed'],
  ['nobody has decided', { failure: {} }, 'undecided'],
  ['the event names nobody', { inputs: ['id'] }, 'no-ai-system'],
  ['nobody sees the patient', { shown: [] }, 'no-test-object'],
  ['the patient is gone before the product is asked', { shown: [true] }, 'control-failed'],
])('asks for nobody where %s', async (_name, given, reason) => {
  expect(await hiddenCase(tools(given), book)).toMatchObject({ missing: reason });
});

it.each([
  ['still shown, and no proxy', {}, { shownAfter: true, opened: null }],
  ['not shown any more', { shown: [true, true] }, { shownAfter: false }],
  ['refused at the proxy', { opened: [403, 404] }, { opened: false }],
  ['opened by another right', { opened: [403, 200] }, { opened: true }],
])('says how it was afterwards: %s', async (_name, given, expected) => {
  const fact = await (await prepared(tools(given))).fact([reaction], controls);
  expect(fact).toMatchObject({
    ...controls,
    cases: [{ patient: 'south-1', refusedWith: 403, shownBefore: true, ...expected }],
  });
});
