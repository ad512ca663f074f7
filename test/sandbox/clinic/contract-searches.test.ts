import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPatient } from '../../../src/sandbox/clinic/clinic-index.js';
import { type OpenSandbox, type Session, openSandbox } from '../sandbox-session.js';

// A field is judged on 22 resources, and the AI system's own client has to find them with the contract's own searches.
const enough = 22;

let ehr: OpenSandbox;
beforeAll(async () => {
  ehr = await openSandbox({ seed: 'contract-searches' });
});
afterAll(() => ehr.close());

describe.each(['lakeside', 'summit'] as const)('contract searches at %s', (organization) => {
  const cases: readonly [client: string, name: string, search: (patient: TestPatient) => string][] = [
    ['voice-bot', 'caller', ({ family, birthDate }) => `Patient?family=${family}&birthdate=${birthDate}`],
    ['voice-bot', 'existing visits', ({ id }) => `Appointment?patient=${id}&date=ge${new Date().toISOString()}`],
    ['scribe', 'patient', ({ mrn }) => `Patient?identifier=${system('mrn')}|${mrn}`],
    [
      'scribe',
      'visit',
      ({ id, alias }) => `Encounter?patient=${id}&identifier=${system('visit')}|${visitNumber(alias)}`,
    ],
    ['scribe', 'medications', ({ id }) => `MedicationRequest?patient=${id}&status=active`],
    ['scribe', 'allergies', ({ id }) => `AllergyIntolerance?patient=${id}`],
    ['tracker', 'order', ({ alias }) => `ServiceRequest?_id=${order(alias)}`],
    ['tracker', 'coverage', ({ id }) => `Coverage?patient=${id}`],
    ['tracker', 'tracking task', ({ alias }) => `Task?focus=ServiceRequest/${order(alias)}`],
  ];
  const index = () => ehr.organization(organization).clinic.index;
  const system = (name: 'mrn' | 'visit') => index().identifierSystems[name];
  const visitNumber = (alias: string) => index().encounters.find(({ patient }) => patient === alias)?.visitNumber;
  const order = (alias: string) => index().orders.find(({ patient }) => patient === alias)?.id;

  it.each(cases)('%s finds its %s for each complete patient', async (client, _name, search) => {
    const session = await ehr.signIn(client, organization);
    const complete = index().patients.filter(({ alias }) => /^p\d+$/u.test(alias));
    const found = await Promise.all(complete.map((patient) => idsOf(session, search(patient))));
    expect(found.filter((ids) => ids.length === 0)).toEqual([]);
    expect(new Set(found.flat()).size).toBeGreaterThanOrEqual(enough);
  });

  it('voice-bot finds test slots of one provider, free and taken', async () => {
    const session = await ehr.signIn('voice-bot', organization);
    const [schedule] = index().schedules;
    const search = `Slot?service-type=${index().visitType.code}&schedule.actor=${schedule?.practitioner}`;
    const window = `&start=ge${schedule?.from}&start=lt${schedule?.to}`;
    const all = await idsOf(session, `${search}${window}&_count=100`);
    expect(all.length).toBeGreaterThanOrEqual(enough);
    expect(await idsOf(session, `${search}${window}&status=busy&_count=100`)).not.toEqual([]);
  });

  it('a session of the first site sees nothing of the second', async () => {
    const session = await ehr.signIn('voice-bot', organization);
    const { patient, slot, appointment } = index().otherSite;
    const own = index().patients[0]?.id ?? '';
    expect((await session.get(`Patient/${own}`)).status).toBe(200);
    for (const path of [`Patient/${patient}`, `Slot/${slot}`, `Appointment/${appointment}`]) {
      expect([403, 404]).toContain((await session.get(path)).status);
    }
  });

  it('finds both twins by name and birth date', async () => {
    const session = await ehr.signIn('voice-bot', organization);
    const twins = index().patients.filter(({ alias }) => index().twins.flat().includes(alias));
    const { family, birthDate } = twins[0] ?? { family: '', birthDate: '' };
    const found = await idsOf(session, `Patient?family=${family}&birthdate=${birthDate}`);
    expect(found.toSorted()).toEqual(twins.map(({ id }) => id).toSorted());
  });
});

async function idsOf(session: Session, search: string): Promise<string[]> {
  const { status, json } = await session.get(search, { prefer: 'handling=strict' });
  expect(status).toBe(200);
  return (json.entry ?? []).map(({ resource }) => resource.id ?? '');
}
