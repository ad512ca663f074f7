import type { Appointment, Patient, Resource, Slot } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { gapCases } from '../../../src/gather/observers/gap-cases.js';
import {
  HardCases,
  saidBy,
  together,
  type HardCase,
  type PreparedCases,
} from '../../../src/gather/observers/hard-cases.js';
import type { ProductEvent, TellingHow } from '../../../src/gather/observers/product-events.js';
import { twinCase } from '../../../src/gather/observers/twin-case.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import { ExchangeFault } from '../../../src/gather/request.js';
import { missing } from '../../../src/model/fact.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import type { TestPatient } from '../../../src/model/documents/organization.js';

const system = 'https://lakeside.example/test-object';
const book: ContractAction = {
  id: 'book',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'Appointment',
};
const testPatient = (id: string, more: Partial<TestPatient> = {}): TestPatient => ({
  alias: id,
  id,
  synthetic: true,
  canary: 'ZZTESTONE',
  ...more,
});
const visit = (id: string, patient: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
  ...more,
});
const withIdentifier = (value: string): Partial<Appointment> => ({ identifier: [{ system, value }] });

/** A product that is told, and an EHR that holds `stored` whatever it is asked for; what is taken back is cancelled. */
function asking(
  stored: Appointment[],
  product: (event: ProductEvent) => void,
  { mayUndo = true, next }: { readonly mayUndo?: boolean; readonly next?: string } = {},
) {
  const told: ProductEvent[] = [];
  const lookedFor: (readonly string[] | undefined)[] = [];
  const searches: string[] = [];
  const taken: string[] = [];
  let identifiers = 0;
  const client = {
    search(_: string, parameters: readonly (readonly [string, string])[]) {
      searches.push(parameters.map((pair) => pair.join('=')).join('&'));
      const entry = stored.map((resource) => ({ resource }));
      const link = next === undefined ? [] : [{ relation: 'next', url: next }];
      const resource = { resourceType: 'Bundle', type: 'searchset', entry, link };
      return Promise.resolve({ ok: true, status: 200, resource });
    },
    write({ objectId }: { objectId: string }) {
      const at = stored.findIndex(({ id }) => id === objectId);
      const object = stored[at];
      if (mayUndo && object !== undefined) stored[at] = { ...object, status: 'cancelled' };
      taken.push(objectId);
      return Promise.resolve({ ok: mayUndo, status: mayUndo ? 200 : 403 });
    },
  } as unknown as Client;
  const tools = {
    contract: { triggers: [{ id: 'call', kind: 'external', inputs: ['id', 'family', 'birthDate'] }] },
    organization: { writePolicy: { identifierSystem: system } },
    clients: { ai: client },
    startedAt: new Date('2026-11-20T08:00:00.000Z'),
    pause: () => Promise.resolve(),
    product: {
      tell(event: ProductEvent, how?: TellingHow) {
        told.push(event);
        lookedFor.push(how?.lookFor);
        product(event);
        return Promise.resolve({
          event: 'e',
          status: 200,
          outcome: 'queued-for-human',
          found: false,
          durationMs: 12.4,
        });
      },
    },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: () => Promise.resolve(),
      foreign: () => Promise.resolve(),
    },
    cases: {
      seriesPatients: () => [testPatient('p1')],
      values: () =>
        Promise.resolve(
          new Map([
            ['trigger.family', 'ORDINARY'],
            ['trigger.birthDate', '1980-01-01'],
          ]),
        ),
      takeSlot: () => Promise.resolve<Slot | undefined>(undefined),
      returnSlot: () => undefined,
    },
  } as unknown as ProbeTools;
  return { hard: new HardCases(tools, book), told, lookedFor, searches, taken, client };
}

const gap: HardCase = {
  patients: [testPatient('g1')],
  said: { family: 'ZZTESTONE', birthDate: '1970-01-01', mrn: '7' },
};
const nothing = () => Promise.resolve();

describe('asking for hard cases', () => {
  it('says what the caller says, and the rest as for an ordinary patient', async () => {
    const { hard, told } = asking([], nothing);
    await hard.reactions([gap], nothing);
    expect(told.map(({ inputs }) => inputs)).toEqual([{ id: 'run-1', family: 'ZZTESTONE', birthDate: '1970-01-01' }]);
  });

  it('counts what is new of the patients, living, and takes it back', async () => {
    const stored = [visit('before', 'g1'), visit('other', 'p9')];
    const { hard, taken } = asking(stored, () =>
      stored.push(visit('new', 'g1'), visit('gone', 'g1', { status: 'cancelled' }), visit('stranger', 'p9')),
    );
    const { reactions } = await hard.reactions([gap], nothing);
    expect(reactions).toEqual([{ status: 200, outcome: 'queued-for-human', tookMs: 12, written: 1, leaked: false }]);
    expect(taken).toEqual(['new']);
  });

  it('counts what carries the identifier of the case, whoever’s it is', async () => {
    const stored: Appointment[] = [];
    const { hard, taken } = asking(stored, ({ creates }) =>
      stored.push(visit(`astray-${stored.length}`, 'p9', withIdentifier(creates?.identifier ?? ''))),
    );
    const { reactions } = await hard.reactions([gap, { ...gap, patients: [testPatient('g2')] }], nothing);
    expect(reactions.map(({ written }) => written)).toEqual([1, 1]);
    expect(taken).toHaveLength(2);
  });

  it('looks only after everything else was done', async () => {
    const stored: Appointment[] = [];
    const { hard } = asking(stored, nothing);
    const { reactions, meanwhile } = await hard.reactions([gap], () => {
      stored.push(visit('late', 'g1'));
      return Promise.resolve('done');
    });
    expect([reactions[0]?.written, meanwhile]).toEqual([1, 'done']);
  });

  it('keeps what it has seen when it cannot be taken back', async () => {
    const stored: Appointment[] = [];
    const { hard, taken } = asking(stored, () => stored.push(visit('new', 'g1')), { mayUndo: false });
    expect((await hard.reactions([gap], nothing)).reactions[0]?.written).toBe(1);
    expect(taken).toEqual(['new']);
  });

  it('asks each reader for its own patients in one search', async () => {
    const { hard, searches, client } = asking([], nothing);
    const reader = { ...client };
    await hard.reactions(
      [gap, { ...gap, patients: [testPatient('g2')] }, { ...gap, patients: [testPatient('s1')], reader }],
      nothing,
    );
    expect(searches.filter((each) => each.startsWith('patient=')).concat(searches.at(-1) ?? '')).toEqual([
      'patient=g1,g2&_count=200',
      'patient=s1&_count=200',
      'patient=g1,g2&_count=200',
      'patient=s1&_count=200',
      `identifier=${system}|run-1,${system}|run-2,${system}|run-3`,
    ]);
  });

  it('looks in the answer for what the caller has not said', async () => {
    const { hard, lookedFor } = asking([], nothing);
    await hard.reactions([{ ...gap, secret: ['555-0100', '1970-01-01'] }], nothing);
    expect(lookedFor).toEqual([['555-0100']]);
  });

  it('asks for another action, in other words, and does something around it, where the case wants that', async () => {
    const { hard, told } = asking([], nothing);
    const order: string[] = [];
    await hard.reactions(
      [
        {
          ...gap,
          action: 'arrived',
          turned: ({ birthDate = '', ...others }) => ({ ...others, family: birthDate }),
          async around(ask) {
            order.push('before');
            const answer = await ask();
            order.push(`after ${told.length}`);
            return answer;
          },
        },
        gap,
      ],
      nothing,
    );
    expect(told.map(({ action, inputs }) => [action, inputs])).toEqual([
      ['arrived', { id: 'run-1', family: '1970-01-01' }],
      ['book', { id: 'run-2', family: 'ZZTESTONE', birthDate: '1970-01-01' }],
    ]);
    expect(order).toEqual(['before', 'after 1']);
  });

  it('says nothing of records that do not fit one page', async () => {
    const { hard } = asking([], nothing, { next: 'https://ehr.example/fhir?page=2' });
    await expect(hard.reactions([gap], nothing)).rejects.toThrow(ExchangeFault);
  });
});

const record = (more: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  id: 'g1',
  name: [{ use: 'official', family: 'ZZTESTONE', given: ['Avery'] }],
  birthDate: '1980-01-01',
  identifier: [{ system: 'mrn', value: '7' }],
  ...more,
});
const { birthDate: _, ...withoutBirthDate } = record();

it('a caller knows a date of birth the record lacks', () => {
  expect(saidBy(withoutBirthDate, 'mrn')).toEqual({
    family: 'ZZTESTONE',
    given: 'Avery',
    birthDate: '1970-01-01',
    mrn: '7',
  });
});

const failure = { behaviour: 'queue-for-human' } as const;
function documents(of: Readonly<Record<string, { patient: TestPatient; record: Patient }>>, lines: object) {
  const all = Object.values(of);
  return {
    contract: {
      triggers: [{ id: 'call', kind: 'external', inputs: ['family', 'birthDate'] }],
      failure: lines,
      resources: [
        {
          id: 'caller',
          type: 'Patient',
          fields: [{ path: "Patient.name.where(use = 'official').family", need: 'must' }, 'Patient.birthDate'],
        },
      ],
    },
    organization: { testData: { twins: [all.map(({ patient }) => patient.alias)] } },
    cite: () => undefined,
    cases: {
      patients: () => all.map(({ patient }) => patient),
      withGaps: () => all.map(({ patient }) => patient),
      proven: ({ alias }: TestPatient) => Promise.resolve({ patient: of[alias]?.record as Resource, exchange: 'x1' }),
    },
  } as unknown as ProbeTools;
}
const patientWith = (alias: string, gaps: string[], own: Patient) => ({
  [alias]: { patient: testPatient(alias, { gaps }), record: own },
});

describe('patients with gaps', () => {
  const lines = { 'missing-required-field': failure };

  it.each([
    ['as the contract writes it', 'Patient.birthDate', withoutBirthDate],
    ['without its filter', 'Patient.name.family', record({ name: [{ use: 'usual', family: 'ZZTESTONE' }] })],
    ['and all below it', 'Patient.name', record({ name: [{ use: 'usual', family: 'ZZTESTONE' }] })],
  ])('are asked for where the field is missing, named %s', async (_name, path, own) => {
    expect(await gapCases(documents(patientWith('g1', [path], own), lines))).toMatchObject({
      cases: [{ patients: [{ alias: 'g1' }], said: { family: 'ZZTESTONE' } }],
    });
  });

  it.each([
    ['the record holds it after all', 'Patient.birthDate', record()],
    ['the contract does not ask for it', 'Patient.gender', withoutBirthDate],
    ['a whole type is meant', 'DocumentReference', withoutBirthDate],
  ])('are left alone where %s', async (_name, path, own) => {
    expect(await gapCases(documents(patientWith('g1', [path], own), lines))).toMatchObject({
      missing: 'no-test-object',
    });
  });

  it('are left alone while nobody has decided what is to happen', async () => {
    const given = documents(patientWith('g1', ['Patient.birthDate'], withoutBirthDate), {});
    expect(await gapCases(given)).toMatchObject({ missing: 'undecided' });
  });
});

describe('two of one name', () => {
  const lines = { 'output-needs-review': failure };
  const pair = (other: Patient) => ({ ...patientWith('a', [], record()), ...patientWith('b', [], other) });

  it('are both looked at, and only what fits both is said', async () => {
    const other = record({ id: 'g2', name: [{ family: 'ZZTESTONE', given: ['Blake'] }] });
    expect(await twinCase(documents(pair(other), lines))).toMatchObject({
      cases: [{ patients: [{ alias: 'a' }, { alias: 'b' }], said: { family: 'ZZTESTONE', birthDate: '1980-01-01' } }],
    });
  });

  it('are no twins where the birth dates differ', async () => {
    expect(await twinCase(documents(pair(record({ birthDate: '1980-01-02' })), lines))).toMatchObject({
      missing: 'no-test-object',
    });
  });
});

describe('several sorts of cases', () => {
  const sort = (name: string, cases: number): PreparedCases<{ cases: string[]; sort: string }> => ({
    cases: Array.from({ length: cases }, () => gap),
    fact: (reactions) => ({ sort: name, cases: reactions.map(({ status }) => `${name} ${status}`) }),
  });
  const reaction = (status: number) => ({ status, outcome: null, tookMs: 1, written: 0, leaked: false });
  const served = { servedBefore: true, servedAfter: true };

  it('make one fact, each of its own reactions; what cannot be had is left out', async () => {
    const all = together(sort('one', 1), missing('no-test-object'), sort('two', 2));
    if (!('fact' in all)) throw new Error('nothing is together');
    expect(all.cases).toHaveLength(3);
    expect(await all.fact([reaction(1), reaction(2), reaction(3)], served)).toEqual({
      sort: 'one',
      cases: ['one 1', 'two 2', 'two 3'],
    });
  });

  it('are missing where none can be had, as the first is', () => {
    expect(together(missing('undecided'), missing('no-ai-system'))).toEqual(missing('undecided'));
  });
});
