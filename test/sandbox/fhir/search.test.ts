import { describe, expect, it } from 'vitest';
import type { Appointment, Bundle, FhirResource } from 'fhir/r4.js';
import { base, clinic, everything, testServer } from './server.js';

const visit = (id: string, date: string, extra: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  start: date,
  end: date,
  participant: [
    { actor: { reference: `${base}/Patient/p1` }, status: 'accepted' },
    { actor: { reference: 'Location/l1' }, status: 'accepted' },
  ],
  ...extra,
});

const records: readonly FhirResource[] = [
  ...clinic,
  { resourceType: 'Location', id: 'l1', name: 'North' },
  visit('a1', '2030-01-05T08:00:00Z'),
  visit('a2', '2030-01-05T09:00:00+01:00', { status: 'cancelled' }),
  visit('a3', '2030-02-01T08:00:00Z', { meta: { tag: [{ system: 'urn:run', code: 'r1' }] } }),
];

describe('search values', () => {
  it.each([
    ['Patient?family=low', ['p1', 'p2']],
    ['Patient?family=lowe', ['p1', 'p2']],
    ['Patient?family:exact=Lowell', ['p2']],
    ['Patient?family:exact=lowell', []],
    ['Patient?given=mar', ['p1']],
    ['Patient?given:contains=ari', ['p1']],
    ['Patient?family=low&birthdate=1980-05-06', ['p1']],
    ['Patient?birthdate=1980', ['p1']],
    ['Patient?birthdate=lt1985', ['p1']],
    ['Patient?birthdate=ge1990-01-01', ['p2']],
    ['Patient?birthdate=ne1980', ['p2']],
    ['Patient?identifier=urn:mrn|1001', ['p1']],
    ['Patient?identifier=1001', ['p1']],
    ['Patient?identifier=urn:mrn|', ['p1', 'p2']],
    ['Patient?identifier=|1001', []],
    ['Patient?identifier=urn:mrn|1001,urn:mrn|1002', ['p1', 'p2']],
    ['Patient?_id=p2', ['p2']],
    ['Patient?gender:not=female', ['p2']],
    ['Patient?gender:missing=true', ['p2']],
    ['Patient?_lastUpdated=ge2030-01-02', ['p1', 'p2']],
    ['Patient?_lastUpdated=gt2030-01-02', []],
    ['Slot?status=free', ['s9', 's10']],
    ['Slot?schedule=Schedule/sch1&status=busy', ['s11']],
    ['Slot?schedule=sch1&start=gt2030-01-03T09:00:00Z', ['s10', 's11']],
    ['Slot?schedule.actor=Practitioner/d1&start=lt2030-01-03T10:00:00Z', ['s9']],
    ['Slot?schedule.actor=Practitioner/none', []],
    ['Slot?service-type=urn:visit|new&start=ge2030-01-03T10:00&start=lt2030-01-03T11:00', ['s10']],
    ['Schedule?actor=d1', ['sch1']],
    ['Appointment?patient=p1&date=2030-01-05', ['a1', 'a2']],
    ['Appointment?patient=Patient/p1&status=booked', ['a1', 'a3']],
    [`Appointment?patient=${base}/Patient/p1&date=sa2030-01-05`, ['a3']],
    ['Appointment?patient=p1&date=eb2030-01-05T08:00:00Z', []],
    ['Appointment?date=2030-01-05T08:00:00Z', ['a1', 'a2']],
    ['Appointment?date=2030-01-05T09:00:00%2B01:00', ['a1', 'a2']],
    ['Appointment?actor:Location=l1&_tag=urn:run|r1', ['a3']],
    ['Appointment?location=l1&_sort=-date&_count=1', ['a3']],
    ['Appointment?patient=Patient/p2', []],
    ['Appointment?patient.identifier=urn:mrn|1001&status=booked', ['a1', 'a3']],
    ['Appointment?actor:Patient.family=low&location.name=north', ['a1', 'a2', 'a3']],
    ['Appointment?actor:Patient.family=nobody', []],
    ['Slot?schedule:Schedule.actor:Practitioner=d1&status=busy', ['s11']],
    ['Patient?_has:Appointment:patient:status=cancelled', ['p1']],
    ['Patient?_has:Appointment:patient:location.name=north&family=lowell', []],
    ['Location?_has:Appointment:location:patient.family=low', ['l1']],
  ])('%s', async (url, expected) => {
    const answer = await testServer(...records).send('GET', url);
    expect(answer.status).toBe(200);
    expect(answer.ids.map((id) => id.split('/')[1])).toEqual(expected);
  });

  it.each([
    ['Patient?birthdate=soon', 'birthdate'],
    ['Patient?birthdate=2030-02-30', 'birthdate'],
    ['Patient?family=', 'family'],
    ['Patient?_count=many', '_count'],
    ['Patient?family:sounds-like=low', 'family:sounds-like'],
    ['Patient?gender:in=x', 'gender:in'],
    ['Patient?_total=maybe', '_total'],
  ])('%s is refused', async (url, expression) => {
    const answer = await testServer(...records).send('GET', url);
    expect([answer.status, answer.issues[0]?.expression]).toEqual([400, expression]);
  });
});

describe('the search response', () => {
  const link = (bundle: Bundle, relation: string) =>
    bundle.link?.find((candidate) => candidate.relation === relation)?.url;

  it('leaves an unknown parameter out of the self link, and refuses it when strict', async () => {
    const { send } = testServer(...records);
    const lenient = await send('GET', 'Patient?family=low&colour=red&_sort=mood');
    expect([lenient.status, link(lenient.bundle, 'self')]).toEqual([200, `${base}/Patient?family=low`]);
    const strict = await send('GET', 'Patient?family=low&colour=red', { headers: { prefer: 'handling=strict' } });
    expect([strict.status, strict.issues]).toEqual([400, [{ code: 'not-supported', expression: 'colour' }]]);
    const known = await send('GET', 'Patient?family=low&_format=json', { headers: { prefer: 'handling=strict' } });
    expect(known.status).toBe(200);
  });

  it('takes a form by POST, in each shape a server may hand it over', async () => {
    const { send } = testServer(...records);
    for (const body of [{ family: 'low' }, 'family=low']) {
      const answer = await send('POST', 'Patient/_search?birthdate=1980-05-06', { body });
      expect([answer.ids, link(answer.bundle, 'self')]).toEqual([
        ['Patient/p1'],
        `${base}/Patient?birthdate=1980-05-06&family=low`,
      ]);
    }
  });

  it('goes through all pages by opaque links, each match once', async () => {
    const { send } = testServer(...records);
    const seen: string[] = [];
    let url: string | undefined = 'Slot?_count=1&_include=Slot:schedule&_sort=-start';
    for (let pages = 0; url !== undefined && pages < 10; pages += 1) {
      const { bundle, ids }: Awaited<ReturnType<typeof send>> = await send('GET', url);
      expect(bundle.total).toBe(3);
      expect(bundle.entry?.map(({ fullUrl, search }) => [fullUrl, search?.mode])).toEqual([
        [`${base}/${ids[0] ?? ''}`, 'match'],
        [`${base}/Schedule/sch1`, 'include'],
      ]);
      seen.push(...ids);
      url = link(bundle, 'next');
    }
    expect(seen).toEqual(['Slot/s11', 'Slot/s10', 'Slot/s9']);
  });

  it('keeps a page for its own client only', async () => {
    const { send } = testServer(...records);
    const next = link((await send('GET', 'Slot?_count=1')).bundle, 'next') ?? '';
    const other = await send('GET', next, { access: { ...everything, clientId: 'client-2' } });
    expect([other.status, other.issues[0]?.code]).toEqual([410, 'not-found']);
    expect((await send('GET', 'Slot?_cursor=nonsense')).status).toBe(410);
    expect((await send('GET', next)).ids).toEqual(['Slot/s10']);
  });

  it('gives counts, totals and parts as asked', async () => {
    const { send } = testServer(...records);
    expect((await send('GET', 'Slot?_count=0')).bundle).toMatchObject({ total: 3, link: [{ relation: 'self' }] });
    expect((await send('GET', 'Slot?_count=0')).bundle.entry).toBeUndefined();
    expect((await send('GET', 'Slot?_total=none')).bundle.total).toBeUndefined();
    const { bundle } = await send('GET', 'Slot?_id=s9&_elements=comment,serviceType');
    expect(Object.keys(bundle.entry?.[0]?.resource ?? {}).sort()).toEqual(
      ['end', 'id', 'meta', 'resourceType', 'schedule', 'serviceType', 'start', 'status'].sort(),
    );
    expect(bundle.entry?.[0]?.resource?.meta).toMatchObject({ versionId: '1', tag: [{ code: 'SUBSETTED' }] });
  });

  it('includes each target once, of the type asked for', async () => {
    const { send } = testServer(...records);
    const included = async (include: string) =>
      ((await send('GET', `Appointment?_include=${include}`)).bundle.entry ?? [])
        .filter(({ search }) => search?.mode === 'include')
        .map(({ fullUrl }) => fullUrl);
    expect(await included('Appointment:patient')).toEqual([`${base}/Patient/p1`]);
    expect(await included('Appointment:actor:Location')).toEqual([`${base}/Location/l1`]);
    expect(await included('Slot:schedule')).toEqual([]);
  });

  it('brings along what refers to a match, where the client may read it', async () => {
    const { send } = testServer(...records);
    const brought = async (access: typeof everything) =>
      ((await send('GET', 'Patient?_id=p1&_revinclude=Appointment:patient', { access })).bundle.entry ?? []).map(
        ({ resource, search }) => [resource?.id, search?.mode],
      );
    expect(await brought(everything)).toEqual([
      ['p1', 'match'],
      ['a1', 'include'],
      ['a2', 'include'],
      ['a3', 'include'],
    ]);
    const onlyPatients = { ...everything, permits: (_: string, type: string) => type === 'Patient' };
    expect(await brought(onlyPatients)).toEqual([['p1', 'match']]);
  });

  it('leads no chain through a type the client may not look at, and none of more than three steps', async () => {
    const { send } = testServer(...records);
    const access = { ...everything, permits: (_: string, type: string) => type === 'Appointment' };
    for (const url of ['Appointment?patient.family=low', 'Appointment?_has:Task:focus:status=requested']) {
      expect([url, (await send('GET', url, { access })).status]).toEqual([url, 403]);
    }
    const long = 'Task?focus:Task.focus:Task.focus:Task.focus:Task.status=requested';
    expect((await send('GET', long)).issues).toEqual([{ code: 'too-costly', expression: undefined }]);
    const strict = { headers: { prefer: 'handling=strict' } };
    expect((await send('GET', 'Appointment?patient.colour=red', strict)).status).toBe(400);
    expect((await send('GET', 'Patient?_has:Slot:patient:status=free', strict)).status).toBe(400);
  });
});
