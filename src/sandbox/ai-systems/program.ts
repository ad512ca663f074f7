import type { Appointment } from 'fhir/r4.js';
import { type Configuration, readConfiguration } from './configuration.js';
import { type Door, type DoorAnswer, newToken, openDoor } from './door.js';
import { type FhirConnection, connect } from './fhir-connection.js';
import { type AvailabilityQuestion, type Call, type Offer, type Product, isResource } from './product.js';
import { subscribe } from './subscription.js';

export type ProductMaker = (connection: FhirConnection, configuration: Configuration) => Promise<Product> | Product;

const mostOffers = 5_000;

/**
 * Runs a product as a process of its own. Reads the configuration named by the first argument, prints
 * `{"listening": "http://127.0.0.1:<port>"}` on stdout when it is ready, and ends on SIGTERM, on SIGINT, or when whoever
 * started it closes its stdin; its subscription ends with it.
 *
 * Doors, all behind the bearer token of the configuration: `GET /availability`, `POST /call`, `GET /control`,
 * `POST /control/off`, `POST /control/on`.
 */
export async function runProgram(make: ProductMaker): Promise<void> {
  try {
    await run(make);
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : 'it failed'}\n`);
    process.exit(1);
  }
}

async function run(make: ProductMaker): Promise<void> {
  const file = process.argv[2];
  if (file === undefined) throw new Error('the path of the configuration is missing');
  const configuration = readConfiguration(file);
  const connection = connect(configuration);
  const product = await make(connection, configuration);
  const offers = new Map<string, Offer>();
  const seen = new Set<string>();
  const eventToken = newToken();
  let unsubscribe: (() => Promise<void>) | undefined;
  let on = true;

  async function noticed(body: unknown): Promise<void> {
    if (!on || !isResource<Appointment>(body, 'Appointment') || body.status !== 'cancelled' || !body.id) return;
    const event = `${body.id}/${body.meta?.versionId}`;
    if (seen.has(event)) return;
    seen.add(event);
    const offer = await product.freed?.(body);
    if (offer && on) offers.set(offer.appointment, offer);
    for (const kept of [seen, offers]) {
      const [oldest] = kept.keys();
      if (kept.size > mostOffers && oldest !== undefined) kept.delete(oldest);
    }
  }

  async function availability({ query }: { query: URLSearchParams }): Promise<DoorAnswer> {
    const appointment = query.get('appointment');
    if (appointment !== null) return { status: 200, body: { offers: [offers.get(appointment) ?? []].flat() } };
    return { status: 200, body: { ...(await product.availability(questionOf(query))), offers: [...offers.values()] } };
  }

  async function call({ body }: { body: unknown }): Promise<DoorAnswer> {
    if (!on) return { status: 503, body: { error: 'switched off' } };
    return isCall(body) ? { status: 200, body: await product.call(body) } : { status: 400, body: { error: 'no call' } };
  }

  async function switchOff(): Promise<DoorAnswer> {
    on = false;
    const end = unsubscribe;
    unsubscribe = undefined;
    await end?.();
    return { status: 200, body: { on } };
  }

  async function switchOn(door: Door): Promise<DoorAnswer> {
    if (product.freed && !unsubscribe) unsubscribe = await subscribe(connection, `${door.origin}/ehr`, eventToken);
    on = true;
    return { status: 200, body: { on } };
  }

  const notified = ({ body }: { body: unknown }): DoorAnswer => {
    // The EHR gets its answer at once; what the product does is no part of the delivery.
    noticed(body).catch(() => undefined);
    return { status: 200 };
  };
  const door: Door = await openDoor({
    port: configuration.port,
    token: configuration.controlToken,
    tokens: { 'PUT /ehr': eventToken, 'POST /ehr': eventToken },
    routes: {
      'GET /availability': availability,
      'POST /call': call,
      'POST /control/off': switchOff,
      'POST /control/on': () => switchOn(door),
      'GET /control': () => ({ status: 200, body: { on } }),
      'PUT /ehr': notified,
      'POST /ehr': notified,
    },
  });

  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= (async () => {
      await switchOff().catch(() => undefined);
      await door.close();
      connection.close();
      process.exit();
    })();
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  process.stdin.on('close', end).on('end', end).resume();
  await switchOn(door);
  process.stdout.write(`${JSON.stringify({ listening: door.origin })}\n`);
}

function questionOf(query: URLSearchParams): AvailabilityQuestion {
  return Object.fromEntries(
    (['from', 'to', 'provider', 'slot'] as const).flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

const callTexts = ['from', 'to', 'provider', 'slot', 'appointment'];

function isCall(value: unknown): value is Call {
  if (typeof value !== 'object' || value === null) return false;
  const call = value as Record<string, unknown>;
  return (
    (call.intent === 'book' || call.intent === 'cancel') &&
    typeof call.family === 'string' &&
    typeof call.birthDate === 'string' &&
    callTexts.every((name) => call[name] === undefined || typeof call[name] === 'string')
  );
}
