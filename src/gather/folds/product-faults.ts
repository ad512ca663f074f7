import { createHash } from 'node:crypto';
import { missing, type FactValue } from '../../model/fact.js';
import { defineFold, type SeenExchange } from './fold.js';

type Row = FactValue<'product-faults'>[number];
type Tally = { -readonly [K in keyof Row]: Row[K] };

/** One request that was not answered as it should have been, while nothing has come of it yet. */
interface Open {
  /** Once for each time it met something. */
  readonly met: readonly Tally[];
  readonly isWrite: boolean;
  /** `Type`, or the whole path where there is none. */
  readonly of: string;
  /** What the EHR had made of it all the same. */
  readonly made: readonly string[];
  looked: boolean;
}

interface State {
  readonly rows: Map<string, Tally>;
  /** By what was asked for. */
  readonly open: Map<string, Open>;
  /** Objects of which there are two, and the count they stand in. */
  readonly doubles: Map<string, Tally>;
  readonly cites: string[];
  requests: number;
}

const mostRows = 200;
const mostOpen = 500;
/** Of one request; a product that never waits would meet thousands. */
const mostMeetings = 100;
const mostDoubles = 1_000;
const mostCites = 40;

/** What came of requests that met a fault or got no answer. */
export default defineFold({
  id: 'product-faults',
  brings: ['product-faults'],
  start: (): State => ({ rows: new Map(), open: new Map(), doubles: new Map(), cites: [], requests: 0 }),
  step: () => undefined,
  product(state, exchange, fault) {
    state.requests += 1;
    const key = keyOf(exchange);
    const lost = fault ?? (exchange.answer === undefined ? 'no-answer' : undefined);
    const open = state.open.get(key);
    mend(state, exchange);
    look(state, exchange);
    find(state, exchange, fault);
    if (open !== undefined) again(state, key, open, exchange, lost === undefined);
    if (lost !== undefined) meet(state, key, lost, exchange, open);
  },
  end({ requests, rows, open, doubles, cites }) {
    if (requests === 0) {
      return { 'product-faults': missing('no-ai-system', 'no request of the product went through a proxy') };
    }
    for (const { met } of open.values()) for (const row of met) row.left += 1;
    for (const row of new Set(doubles.values())) {
      row.storedTwice = [...doubles.values()].filter((each) => each === row).length;
    }
    return { 'product-faults': [...rows.values()], cites };
  },
});

/** The same request once more: over when it is answered well, and doubled where a create was done both times. */
function again(state: State, key: string, open: Open, { answer, objects }: SeenExchange, whole: boolean): void {
  const made = (objects?.writes ?? []).filter(({ method, taken }) => method === 'POST' && taken);
  for (const { reference } of made) {
    const other = reference !== undefined && open.made.length > 0 && !open.made.includes(reference);
    const row = open.met.at(-1);
    if (other && row !== undefined && state.doubles.size < mostDoubles) state.doubles.set(reference, row);
  }
  if (!whole || answer?.ok !== true) return;
  state.open.delete(key);
  for (const row of open.met) row.done += 1;
}

function meet(state: State, key: string, fault: string, exchange: SeenExchange, earlier: Open | undefined): void {
  const { id, objects } = exchange;
  const interaction = objects?.interaction ?? 'read';
  const row = rowOf(state, fault, interaction, typeOf(exchange));
  if (row === undefined) return;
  const taken = (objects?.writes ?? []).filter((write) => write.taken);
  row.met += 1;
  if (taken.length > 0) row.stored += 1;
  if (state.cites.length < mostCites) state.cites.push(id);
  const made = taken.flatMap(({ method, reference }) =>
    method === 'POST' && reference !== undefined ? reference : [],
  );
  state.open.delete(key);
  state.open.set(key, {
    met: [...(earlier?.met ?? []), row].slice(-mostMeetings),
    isWrite: interaction === 'write',
    of: typeOf(exchange),
    made: [...(earlier?.made ?? []), ...made],
    looked: earlier?.looked ?? false,
  });
  const [oldest] = state.open;
  if (state.open.size <= mostOpen || oldest === undefined) return;
  state.open.delete(oldest[0]);
  for (const each of oldest[1].met) each.left += 1;
}

/** Whoever asks for something of the type looks whether it is there. */
function look({ open }: State, exchange: SeenExchange): void {
  const { interaction } = exchange.objects ?? {};
  if (interaction !== 'read' && interaction !== 'search') return;
  const of = typeOf(exchange);
  for (const each of open.values()) {
    if (!each.isWrite || each.looked || each.of !== of) continue;
    each.looked = true;
    const row = each.met.at(-1);
    if (row !== undefined) row.lookedFirst += 1;
  }
}

/** Whoever is brought what was made knows of it: a further one is a wish of its own. */
function find({ open }: State, { objects }: SeenExchange, fault: string | undefined): void {
  if (fault !== undefined || objects === undefined || objects.read.length === 0) return;
  for (const [key, { met, made }] of open) {
    if (!made.some((reference) => objects.read.includes(reference))) continue;
    open.delete(key);
    for (const row of met) row.found += 1;
  }
}

/** A second object the product changes or deletes afterwards may be one it takes back. */
function mend({ doubles }: State, { objects }: SeenExchange): void {
  if (doubles.size === 0) return;
  for (const { method, reference, taken } of objects?.writes ?? []) {
    if (taken && method !== 'POST' && reference !== undefined) doubles.delete(reference);
  }
}

function rowOf({ rows }: State, fault: string, interaction: Row['interaction'], of: string): Tally | undefined {
  const type = /^[A-Z][A-Za-z]{1,63}$/.test(of) ? { resourceType: of } : {};
  const key = `${fault} ${interaction} ${type.resourceType ?? ''}`;
  const known = rows.get(key);
  if (known !== undefined || rows.size >= mostRows) return known;
  const row: Tally = {
    fault,
    interaction,
    ...type,
    met: 0,
    stored: 0,
    done: 0,
    lookedFirst: 0,
    found: 0,
    left: 0,
    storedTwice: 0,
  };
  rows.set(key, row);
  return row;
}

/**
 * What is asked for: the thing a create names by its identifiers, whatever else of it changes; anything else word for word.
 * A digest, so that no body is held; it never leaves this process.
 */
function keyOf({ request, url, objects }: SeenExchange): string {
  const [write, ...more] = objects?.writes ?? [];
  const thing = write?.method === 'POST' && more.length === 0 ? write.identifiers : undefined;
  const asked =
    thing === undefined
      ? [request.method, url, request.body ?? '', request.form ?? []]
      : ['create', write?.resourceType, thing];
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64');
}

const typeOf = ({ request: { path } }: SeenExchange): string => path.split('/')[0] ?? '';
