import { readScribeConfiguration } from './configuration.js';
import { type DoorAnswer, openDoor } from './door.js';
import { connect } from './fhir-connection.js';
import { createNoteWriting, type EndedVisit, type NoteHabits } from './note-writing.js';

const scopes = [
  'system/Patient.rs',
  'system/Encounter.rs',
  'system/MedicationRequest.rs',
  'system/AllergyIntolerance.rs',
  'system/DocumentReference.crs',
];
const mostEvents = 5_000;

/**
 * Runs a note product as a process of its own, with the doors `POST /webhook` for signed events and `/control`. Reads the
 * configuration named by the first argument, prints `{"listening": "http://127.0.0.1:<port>"}` when it is ready, and ends
 * on SIGTERM, on SIGINT, or when whoever started it closes its stdin.
 */
export async function runNoteProgram(habits: NoteHabits = {}): Promise<void> {
  const file = process.argv[2];
  if (file === undefined) throw new Error('the path of the configuration is missing');
  const configuration = readScribeConfiguration(file);
  const connection = connect(configuration, scopes);
  const write = createNoteWriting(connection, configuration, habits);
  const told = new Map<string, Promise<DoorAnswer>>();
  let on = true;

  /** The same id again is the same event, and gets the same answer. */
  async function event({ body }: { body: unknown }): Promise<DoorAnswer> {
    if (!on) return { status: 503, body: { error: 'switched off' } };
    const event = readEvent(body);
    if (event === undefined) return { status: 400, body: { error: 'no event' } };
    const answer = told.get(event.id) ?? answerTo(event);
    told.set(event.id, answer);
    const [oldest] = told.keys();
    if (told.size > mostEvents && oldest !== undefined) told.delete(oldest);
    // What failed may be tried again.
    answer.catch(() => told.delete(event.id));
    return answer;
  }

  const answerTo = async ({ id, visit }: OutsideEvent): Promise<DoorAnswer> =>
    visit === undefined
      ? { status: 200, body: { id, outcome: 'queued-for-human', reason: 'not understood' } }
      : { status: 200, body: { id, ...(await write(visit)) } };

  const switched = (to: boolean) => (): DoorAnswer => {
    on = to;
    return { status: 200, body: { on } };
  };
  const door = await openDoor({
    port: configuration.port,
    token: configuration.controlToken,
    signed: { 'POST /webhook': configuration.webhookSecret },
    routes: {
      'POST /webhook': event,
      'POST /control/off': switched(false),
      'POST /control/on': switched(true),
      'GET /control': () => ({ status: 200, body: { on } }),
    },
  });
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= door.close().then(() => {
      connection.close();
      process.exit();
    });
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  process.stdin.on('close', end).on('end', end).resume();
  process.stdout.write(`${JSON.stringify({ listening: door.origin })}\n`);
}

interface OutsideEvent {
  readonly id: string;
  /** Undefined where it tells of no visit. */
  readonly visit: EndedVisit | undefined;
}

/** Undefined for what is no event at all. */
function readEvent(value: unknown): OutsideEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, event, identifier } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id.length > 200) return undefined;
  const encounter = (event as { resource?: unknown } | undefined)?.resource;
  if (typeof encounter !== 'string' || !/^Encounter\/[A-Za-z0-9.-]{1,64}$/.test(encounter))
    return { id, visit: undefined };
  const { system, value: own } = (identifier ?? {}) as Record<string, unknown>;
  const known = typeof system === 'string' && typeof own === 'string' ? { identifier: { system, value: own } } : {};
  return { id, visit: { encounter, ...known } };
}
