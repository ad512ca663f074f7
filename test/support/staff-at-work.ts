import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Appointment, Slot } from 'fhir/r4.js';
import { connect } from '../../src/sandbox/ai-systems/fhir-connection.js';
import type { Sandbox } from '../../src/sandbox/server.js';

const resource = { 'content-type': 'application/fhir+json', prefer: 'return=representation' };
const patch = { 'content-type': 'application/json-patch+json' };

/** Staff of one site that books a free slot among the next of the first listed schedule or cancels a visit there, one every so often. */
export async function staffAtWork(sandbox: Sandbox, folder: string, everyMs: number): Promise<() => Promise<void>> {
  const { clients, fhirBase, tokenUrl, clinic } = sandbox.organizations.get('lakeside')!;
  const { clientId, keyFile, kid, algorithm } = clients.find(({ name }) => name === 'scheduler-north')!;
  const ehr = connect(
    {
      fhirBase,
      tokenUrl,
      clientId,
      keyFile,
      kid,
      algorithm,
      ...(sandbox.caPem === undefined ? {} : { caFile: join(folder, 'ca.pem') }),
      port: 0,
      controlToken: '',
      webhookSecret: '',
    },
    ['system/Patient.rs', 'system/Slot.rs', 'system/Appointment.crus'],
  );
  const { schedules, patients: known } = clinic.index;
  const schedule = schedules[0]!.id;
  const patients = known.filter(({ site }) => site === 'north').map(({ id }) => id);
  const free = (await ehr.searchAll('Slot', [
    ['schedule', `Schedule/${schedule}`],
    ['status', 'free'],
  ])) as Slot[];
  const slots = free.sort((one, other) => Date.parse(one.start) - Date.parse(other.start)).slice(0, 20);
  const booked = new Map<string, string>();
  const ending = new AbortController();

  async function book(slot: Slot): Promise<void> {
    const { body } = await ehr.send({
      method: 'POST',
      url: 'Appointment',
      headers: resource,
      body: JSON.stringify({
        resourceType: 'Appointment',
        status: 'booked',
        start: slot.start,
        end: slot.end,
        slot: [{ reference: `Slot/${slot.id}` }],
        participant: [
          { actor: { reference: `Patient/${patients[booked.size % patients.length]}` }, status: 'accepted' },
        ],
      }),
    });
    const { id } = (body ?? {}) as Partial<Appointment>;
    if (id !== undefined) booked.set(slot.id!, id);
  }

  async function cancel(slotId: string, visit: string): Promise<void> {
    const { etag } = await ehr.send({ method: 'GET', url: `Appointment/${visit}` });
    await ehr.send({
      method: 'PATCH',
      url: `Appointment/${visit}`,
      headers: { ...patch, ...(etag === undefined ? {} : { 'if-match': etag }) },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'cancelled' }]),
    });
    booked.delete(slotId);
  }

  const working = (async () => {
    for (let turn = 0; !ending.signal.aborted; turn++) {
      // Neither the times nor the order of the slots keep step with anything.
      const slot = slots[(turn * 7) % slots.length]!;
      const visit = booked.get(slot.id!);
      await (visit === undefined ? book(slot) : cancel(slot.id!, visit));
      await pause(everyMs * (0.5 + ((turn * 37) % 100) / 100));
    }
  })();
  return async () => {
    ending.abort();
    await working;
    for (const [slotId, visit] of booked) await cancel(slotId, visit);
    ehr.close();
  };
}
