import { randomUUID } from 'node:crypto';
import type { Appointment } from 'fhir/r4.js';
import { type Configuration, readConfiguration } from './configuration.js';
import { type Door, type DoorAnswer, type DoorRequest, newToken, openDoor } from './door.js';
import { type FhirConnection, bookingScopes, connect } from './fhir-connection.js';
import { type AvailabilityQuestion, type Call, type Offer, type Product, isResource } from './product.js';
import { addressOf, postAnswer } from './later-answer.js';
import { subscribe } from './subscription.js';
import { keepWriteLog, logFaults, type WriteLog } from './write-log.js';

export type ProductMaker = (connection: FhirConnection, configuration: Configuration) => Promise<Product> | Product;

const mostOffers = 5_000;
const longestReachMs = 120_000;
/** A caller is on the line: an EHR that takes longer is not waited for. */
const patienceMs = 1_000;

/**
 * Runs a product as a process of its own. Reads the configuration named by the first argument, prints
 * `{"listening": "http://127.0.0.1:<port>"}` on stdout when it is ready or when its EHR is not, and ends on SIGTERM, on SIGINT, or when whoever
 * started it closes its stdin; its subscription ends with it.
 *
 * Doors, all behind the bearer token of the configuration: `GET /availability`, `POST /call`, `GET /control`,
 * `POST /control/off`, `POST /control/on`, `GET /log` where it keeps one; and `POST /webhook` for signed events.
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
  const log = logOf(connect(configuration, bookingScopes, patienceMs), configuration);
  const { connection } = log;
  // Set once the EHR has answered; no door opens before.
  let product!: Product;
  let started = false;
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
    if (!isCall(body)) return { status: 400, body: { error: 'no call' } };
    const reason = { correlationId: randomUUID(), action: body.intent };
    return { status: 200, body: await log.because(reason, () => product.call(body)) };
  }

  const told = new Map<string, Promise<DoorAnswer>>();

  /** An event from outside the EHR. The same id again is the same event, and gets the same answer. */
  async function event({ body }: { body: unknown }): Promise<DoorAnswer> {
    if (!on && product.ignoresSwitch !== true) return { status: 503, body: { error: 'switched off' } };
    const event = readEvent(body, product.takesAnyWish === true);
    if (event === undefined) return { status: 400, body: { error: 'no event' } };
    const troublesBefore = connection.troubles();
    const answer = told.get(event.id) ?? answerTo(event);
    told.set(event.id, answer);
    const [oldest] = told.keys();
    if (told.size > mostOffers && oldest !== undefined) told.delete(oldest);
    const forget = (): boolean => told.delete(event.id);
    // What failed may be tried again.
    answer.then(() => product.forgetsEvents === true && connection.troubles() === troublesBefore && forget(), forget);
    const address = configuration.answersLater === true ? addressOf(body) : undefined;
    if (address === undefined) return answer;
    // Who is not there any more hears nothing.
    answer.then((later) => postAnswer(address, later.body, configuration)).catch(() => undefined);
    return { status: 202 };
  }

  async function answerTo({ id, call: asked, changed }: OutsideEvent): Promise<DoorAnswer> {
    if (changed !== undefined) {
      await noticed((await connection.send({ method: 'GET', url: changed })).body);
      return { status: 200, body: { id, outcome: 'noted' } };
    }
    if (asked === undefined)
      return { status: 200, body: { id, outcome: 'queued-for-human', reason: 'not understood' } };
    const { outcome, appointment, reason, unsettled } = await log.because(
      { correlationId: id, action: asked.intent },
      () => product.call(asked),
    );
    if (unsettled === true) told.delete(id);
    return { status: 200, body: { id, outcome, object: appointment, reason } };
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
  const open =
    (handle: (request: DoorRequest) => DoorAnswer | Promise<DoorAnswer>) =>
    (request: DoorRequest): DoorAnswer | Promise<DoorAnswer> =>
      started ? handle(request) : { status: 503, body: { error: 'not started yet' } };
  const door: Door = await openDoor({
    port: configuration.port,
    token: configuration.controlToken,
    tokens: { 'PUT /ehr': eventToken, 'POST /ehr': eventToken },
    signed: { 'POST /webhook': configuration.webhookSecret },
    routes: {
      'GET /availability': open(availability),
      'POST /call': open(call),
      'POST /webhook': open(event),
      'POST /control/off': open(switchOff),
      'POST /control/on': open(() => switchOn(door)),
      'GET /control': open(() => ({ status: 200, body: { on } })),
      // Who is switched off still says what was done.
      ...(configuration.logFile === undefined ? {} : { 'GET /log': () => ({ status: 200, lines: log.text() }) }),
      'PUT /ehr': open(notified),
      'POST /ehr': open(notified),
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
  const sayWhere = () => process.stdout.write(`${JSON.stringify({ listening: door.origin })}\n`);
  // A product is up while its EHR is not, and goes on looking for it.
  const atOnce = await connection.reachable(0);
  if (!atOnce) {
    sayWhere();
    if (!(await connection.reachable(longestReachMs))) throw new Error('the EHR cannot be reached');
  }
  product = await make(connection, configuration);
  started = true;
  await switchOn(door);
  if (atOnce) sayWhere();
}

type Reached = ReturnType<typeof connect>;

function logOf(connection: Reached, { logFile: file, clientId, faults = [] }: Configuration): WriteLog {
  if (file === undefined) return { connection, because: (_reason, work) => work(), text: () => '' };
  return keepWriteLog(connection, { file, model: clientId, faults: logFaults.filter((each) => faults.includes(each)) });
}

function questionOf(query: URLSearchParams): AvailabilityQuestion {
  return Object.fromEntries(
    (['from', 'to', 'provider', 'slot'] as const).flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

const intents: readonly unknown[] = ['book', 'cancel', 'reschedule'] satisfies Call['intent'][];
const callTexts = ['from', 'to', 'provider', 'slot', 'appointment'];

function isCall(value: unknown): value is Call {
  if (typeof value !== 'object' || value === null) return false;
  const call = value as Record<string, unknown>;
  return (
    intents.includes(call.intent) &&
    typeof call.family === 'string' &&
    typeof call.birthDate === 'string' &&
    callTexts.every((name) => call[name] === undefined || typeof call[name] === 'string')
  );
}

interface OutsideEvent {
  readonly id: string;
  /** Undefined where what the caller wants was not said. */
  readonly call: Call | undefined;
  /** `Appointment/<id>` it tells of. */
  readonly changed: string | undefined;
}

/** Undefined for what is no event at all. */
function readEvent(value: unknown, takesAnyWish: boolean): OutsideEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, action, inputs, event, identifier } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id.length > 200) return undefined;
  const said = typeof inputs === 'object' && inputs !== null ? inputs : {};
  const about = (event as { resource?: unknown } | undefined)?.resource;
  const appointment = typeof about === 'string' && /^Appointment\/[A-Za-z0-9.-]{1,64}$/.test(about) ? about : undefined;
  const call = {
    ...said,
    intent: takesAnyWish && action !== undefined && !intents.includes(action) ? 'book' : action,
    ...(identifier === undefined ? {} : { identifier }),
    ...(appointment === undefined ? {} : { appointment }),
  };
  return {
    id,
    call: isCall(call) ? call : undefined,
    // With an action it says what the action is to be done to.
    changed: action === undefined ? appointment : undefined,
  };
}
