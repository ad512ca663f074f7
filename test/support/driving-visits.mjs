// Staff at work, in a process of its own: books a free slot for one of the listed patients every so often, and cancels it
// again. Arguments: JSON {client, patients, notOfSchedule, everyMs}; on SIGTERM it ends what it has begun and prints
// {"booked", "cancelled"}.
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../../dist/src/sandbox/ai-systems/fhir-connection.js';

const { client, patients, notOfSchedule, everyMs } = JSON.parse(process.argv[2]);
const ehr = connect(client, ['system/Patient.rs', 'system/Slot.rs', 'system/Appointment.crus']);
const told = new AbortController();
process.on('SIGTERM', () => told.abort());

const slots = (await ehr.searchAll('Slot', [['status', 'free']])).filter(
  ({ schedule }) => schedule.reference !== notOfSchedule,
);
const counts = { booked: 0, cancelled: 0 };
process.stdout.write(JSON.stringify({ slots: slots.length }) + '\n');

async function visit(slot, patient) {
  const made = await ehr.send({
    method: 'POST',
    url: 'Appointment',
    headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
    body: JSON.stringify({
      resourceType: 'Appointment',
      status: 'booked',
      start: slot.start,
      end: slot.end,
      slot: [{ reference: `Slot/${slot.id}` }],
      participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
    }),
  });
  if (made.status !== 201) return;
  counts.booked += 1;
  const freed = await ehr.send({
    method: 'PATCH',
    url: `Appointment/${made.body.id}`,
    headers: { 'content-type': 'application/json-patch+json', 'if-match': made.etag },
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'cancelled' }]),
  });
  if (freed.status === 200) counts.cancelled += 1;
}

const visits = [];
for (let turn = 0; !told.signal.aborted; turn++) {
  visits.push(visit(slots[turn % slots.length], patients[turn % patients.length]));
  await pause(everyMs);
}
await Promise.all(visits);
ehr.close();
process.stdout.write(JSON.stringify(counts) + '\n');
