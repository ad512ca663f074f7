import { missing, type FactValue } from '../../model/fact.js';
import { defineFold, type SeenExchange, type SeenWrite } from './fold.js';

type Row = FactValue<'product-writing'>[number];
type Refusals = Row['refusals'][number];
type Counts<T> = { -readonly [K in keyof T]: T[K] };
type Tally = Counts<Omit<Row, 'refusals'>> & { readonly refusals: Counts<Refusals>[] };

interface State {
  readonly byType: Map<string, Tally>;
  /** When an object was last brought to the product, or made by it, in monotonic milliseconds. */
  readonly known: Map<string, number>;
  /** Refused changes whose product has not gone on with the object yet. */
  readonly open: Map<string, Counts<Refusals>>;
  readonly cites: string[];
  requests: number;
}

const mostTypes = 60;
const mostKnown = 20_000;
const mostOpen = 1_000;
const mostCites = 40;
const longMs = 60_000;

/** How the product writes: with what it guards a change, and what it does after a refusal. */
export default defineFold({
  id: 'product-writing',
  brings: ['product-writing'],
  start: (): State => ({ byType: new Map(), known: new Map(), open: new Map(), cites: [], requests: 0 }),
  step: () => undefined,
  product(state, exchange, fault) {
    state.requests += 1;
    const { read, writes } = exchange.objects ?? { read: [], writes: [] };
    for (const write of writes) {
      const row = rowOf(state, write.resourceType);
      if (row === undefined) continue;
      if (write.method === 'POST') countCreate(state, row, write, exchange);
      else if (write.reference !== undefined) countChange(state, row, write.reference, write, exchange, fault);
    }
    // Half an answer, or a page in its place, brought nothing.
    if (fault !== undefined) return;
    for (const reference of read) {
      knows(state, reference, exchange);
      settle(state, reference, 'readAgain');
    }
  },
  end({ requests, byType, open, cites }) {
    if (requests === 0) {
      return { 'product-writing': missing('no-ai-system', 'no request of the product went through a proxy') };
    }
    for (const refusals of open.values()) refusals.left += 1;
    open.clear();
    return { 'product-writing': [...byType.values()], cites };
  },
});

function rowOf({ byType }: State, resourceType: string | undefined): Tally | undefined {
  if (resourceType === undefined) return undefined;
  const known = byType.get(resourceType);
  if (known !== undefined || byType.size >= mostTypes) return known;
  const row: Tally = {
    resourceType,
    creates: 0,
    conditional: 0,
    identified: 0,
    changes: 0,
    guarded: 0,
    unread: 0,
    readLongBefore: 0,
    longestMs: 0,
    refusals: [],
  };
  byType.set(resourceType, row);
  return row;
}

function countCreate(state: State, row: Tally, { key, reference, taken }: SeenWrite, exchange: SeenExchange): void {
  row.creates += 1;
  if (key === 'if-none-exist') row.conditional += 1;
  if (key === 'identifier') row.identified += 1;
  if (taken && reference !== undefined) knows(state, reference, exchange);
}

function countChange(
  state: State,
  row: Tally,
  reference: string,
  write: SeenWrite,
  exchange: SeenExchange,
  fault: string | undefined,
): void {
  const sentMs = exchange.answer?.timing.intendedAtMs;
  const before = state.known.get(reference);
  row.changes += 1;
  if (write.ifMatch !== undefined) row.guarded += 1;
  if (before === undefined) row.unread += 1;
  else if (sentMs !== undefined) {
    const ageMs = Math.max(0, sentMs - before);
    row.longestMs = Math.max(row.longestMs, Math.round(ageMs));
    if (ageMs > longMs) row.readLongBefore += 1;
  }
  const open = settle(state, reference, 'sentAgain');
  if (open !== undefined && write.taken) open[write.ifMatch === undefined ? 'taken' : 'takenByVersion'] += 1;
  if (write.taken) knows(state, reference, exchange);
  const refusals = refusalsOf(row, write, fault !== undefined);
  if (refusals === undefined) return;
  refusals.refused += 1;
  if (state.cites.length < mostCites) state.cites.push(exchange.id);
  state.open.set(reference, refusals);
  const [oldest] = state.open.keys();
  if (state.open.size > mostOpen && oldest !== undefined) settle(state, oldest, 'left');
}

/** The next thing the product did to an object of a refused change. */
function settle(
  state: State,
  reference: string,
  how: 'readAgain' | 'sentAgain' | 'left',
): Counts<Refusals> | undefined {
  const open = state.open.get(reference);
  if (open === undefined) return undefined;
  state.open.delete(reference);
  open[how] += 1;
  return open;
}

function refusalsOf(row: Tally, { status }: SeenWrite, injected: boolean): Counts<Refusals> | undefined {
  if (status !== 409 && status !== 412) return undefined;
  const known = row.refusals.find((each) => each.status === status && each.injected === injected);
  if (known !== undefined) return known;
  const none = {
    status,
    injected,
    refused: 0,
    readAgain: 0,
    sentAgain: 0,
    taken: 0,
    takenByVersion: 0,
    left: 0,
  } as const;
  const made: Counts<Refusals> = { ...none };
  row.refusals.push(made);
  return made;
}

/** Whoever got no answer knows nothing of what it made. */
function knows({ known }: State, reference: string, { answer }: SeenExchange): void {
  if (answer === undefined) return;
  known.delete(reference);
  known.set(reference, answer.timing.endAtMs);
  const [oldest] = known.keys();
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
}
