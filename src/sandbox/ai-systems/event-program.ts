import { type DoorAnswer, openDoor } from './door.js';
import type { ProductConfiguration } from './configuration.js';
import { connect, type FhirConnection } from './fhir-connection.js';

/** Something the product is told: what it has happened to, and what it is asked for. */
export interface OutsideEvent {
  readonly id: string;
  /** Id of the contract's action; undefined where it is only told. */
  readonly action: string | undefined;
  /** `Type/<id>` */
  readonly resource: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Business identifier of the event, kept in what is made of it. */
  readonly identifier: { readonly system: string; readonly value: string } | undefined;
}

export interface EventOutcome {
  readonly outcome: string;
  /** `Type/<id>` */
  readonly object?: string | undefined;
  readonly reason?: string | undefined;
}

const mostEvents = 5_000;
const reference = /^[A-Z][A-Za-z]{1,40}\/[A-Za-z0-9.-]{1,64}$/;

/**
 * Runs a product that works on what it is told as a process of its own, with the doors `POST /webhook` for signed events
 * and `/control`. Prints `{"listening": "http://127.0.0.1:<port>"}` when it is ready, and ends on SIGTERM, on SIGINT, or
 * when whoever started it closes its stdin.
 */
export async function runEventProgram<Settings extends ProductConfiguration>(
  read: (file: string) => Settings,
  scopes: readonly string[],
  make: (connection: FhirConnection, settings: Settings) => (event: OutsideEvent) => Promise<EventOutcome>,
): Promise<void> {
  const file = process.argv[2];
  if (file === undefined) throw new Error('the path of the configuration is missing');
  const configuration = read(file);
  const connection = connect(configuration, scopes);
  const work = make(connection, configuration);
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

  const answerTo = async (event: OutsideEvent): Promise<DoorAnswer> => ({
    status: 200,
    body: { id: event.id, ...(await work(event)) },
  });

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

/** Undefined for what is no event at all. */
function readEvent(value: unknown): OutsideEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, action, inputs, event, identifier } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id.length > 200) return undefined;
  const about = (event as { resource?: unknown } | undefined)?.resource;
  const { system, value: own } = (identifier ?? {}) as Record<string, unknown>;
  return {
    id,
    action: typeof action === 'string' ? action : undefined,
    resource: typeof about === 'string' && reference.test(about) ? about : undefined,
    inputs: typeof inputs === 'object' && inputs !== null ? { ...inputs } : {},
    identifier: typeof system === 'string' && typeof own === 'string' ? { system, value: own } : undefined,
  };
}
