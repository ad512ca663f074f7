import type { Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import type { Answer } from '../../src/gather/request.js';
import { TestCases } from '../../src/gather/test-cases.js';

const contract = {
  metadata: { id: 'reading' },
  resources: [
    { id: 'person', type: 'Patient', find: 'Patient?family={{trigger.family}}' },
    { id: 'visits', type: 'Appointment', find: 'Appointment?patient={{person.id}}' },
  ],
} as unknown as Contract;

const listed = ['a', 'b', 'c'].map((alias) => ({ alias, id: `p-${alias}`, canary: `Canary-${alias}` }));
const organization = { metadata: { id: 'clinic' }, testData: { patients: listed } } as unknown as OrganizationProfile;

const patient = (alias: string, canary = `Canary-${alias}`): Patient => ({
  resourceType: 'Patient',
  id: `p-${alias}`,
  name: [{ family: canary }],
});

const answered = (exchange: string, resource: unknown, status = 200): Answer =>
  ({ exchange, status, ok: status < 300, resource, headers: {} }) as unknown as Answer;

const searchset = (...rows: object[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: rows.map((resource) => ({ resource })),
});

/** @param together answer to the search for several patients */
function casesWith(together: Answer | undefined, alone: (id: string) => Patient = (id) => patient(id.slice(2))) {
  const sent: string[] = [];
  const cases = new TestCases({
    contract,
    organization,
    now: () => new Date('2026-03-02T09:00:00Z'),
    site: undefined,
    reader: {
      read: (type, id) => {
        sent.push(`${type}/${id}`);
        return Promise.resolve(answered(`read ${id}`, alone(id)));
      },
      patients: (ids) => {
        sent.push(`together ${ids.join(' ')}`);
        return Promise.resolve(together);
      },
      search: (type, parameters) => {
        const [, of = ''] = parameters[0] ?? [];
        sent.push(`${type}?${of}`);
        return Promise.resolve(
          answered(`search ${of}`, searchset({ resourceType: type, id: `${type}-${of}`, status: 'booked' })),
        );
      },
    },
  });
  const collect = (id: string, wanted: number) =>
    cases.collect(contract.resources?.find((each) => each.id === id) as never, wanted);
  return { sent, collect };
}

describe('test patients', () => {
  it('are proven by one search, which every later question uses', async () => {
    const { sent, collect } = casesWith(answered('x1', searchset(patient('a'), patient('b'), patient('c'))));
    const people = await collect('person', 22);
    expect(people.resources.map(({ id }) => id)).toEqual(['p-a', 'p-b', 'p-c']);
    expect(people.exchanges).toEqual(['x1']);
    await collect('visits', 22);
    expect(sent).toEqual(['together p-a p-b p-c', 'Appointment?p-a', 'Appointment?p-b', 'Appointment?p-c']);
  });

  it('are read one by one where one is enough', async () => {
    const { sent, collect } = casesWith(undefined);
    await collect('person', 1);
    expect(sent).toEqual(['Patient/p-a']);
  });

  for (const [title, together] of [
    ['it may not be asked', undefined],
    ['the search is refused', answered('x1', undefined, 403)],
    ['the search finds nobody', answered('x1', searchset())],
    ['strangers come instead', answered('x1', searchset({ ...patient('z'), id: 'stranger' }))],
  ] as const) {
    it(`are read one by one where ${title}, and not searched for again`, async () => {
      const { sent, collect } = casesWith(together);
      expect((await collect('person', 22)).exchanges).toEqual(['read p-a', 'read p-b', 'read p-c']);
      await collect('visits', 22);
      expect(sent.filter((each) => each.startsWith('together'))).toHaveLength(1);
      expect(sent.filter((each) => each.startsWith('Patient/'))).toEqual(['Patient/p-a', 'Patient/p-b', 'Patient/p-c']);
    });
  }

  it('whom the search shows without a canary are read alone, which ends the run', async () => {
    const wrong = patient('b', 'Somebody');
    const { sent, collect } = casesWith(answered('x1', searchset(patient('a'), wrong, patient('c'))), (id) =>
      id === 'p-b' ? wrong : patient(id.slice(2)),
    );
    await expect(collect('person', 22)).rejects.toMatchObject({ code: 'canary-missing', rule: 8 });
    expect(sent).toEqual(['together p-a p-b p-c', 'Patient/p-b']);
  });

  it('that were merged are read alone too', async () => {
    const merged = { ...patient('a'), link: [{ type: 'replaced-by' as const, other: { reference: 'Patient/p-z' } }] };
    const { collect } = casesWith(answered('x1', searchset(merged)), () => merged);
    await expect(collect('person', 22)).rejects.toMatchObject({ code: 'canary-missing' });
  });
});
