import type { FactValue } from '../../model/fact.js';
import { retryAfter } from '../../wire/retry-after.js';
import { shapeOf } from '../template-match.js';
import { defineFold, type SeenExchange } from './fold.js';

type Row = FactValue<'throttling'>[number];
type Counts = { -readonly [K in Exclude<keyof Row, 'who'>]: Row[K] };

interface Pending {
  readonly receivedMs: number;
  /** Time the server named; undefined: none. */
  readonly askedMs: number | undefined;
  /** Other requests of the same work finish it too. */
  readonly work: string;
}

interface Counting extends Counts {
  readonly pending: Map<string, Pending>;
}

interface State {
  readonly tool: Counting;
  readonly product: Counting;
  readonly cites: string[];
}

/** What is sent again within this time was sent again at once. */
const atOnceMs = 50;
const longestNamedMs = 86_400_000;
const mostPending = 200;
const mostCites = 40;

/** How the tool's own requests, and those of the product, went on after a 429 (https://www.rfc-editor.org/rfc/rfc6585#section-4). */
export default defineFold({
  id: 'throttling',
  brings: ['throttling'],
  start: (): State => ({ tool: nothing(), product: nothing(), cites: [] }),
  step(state, exchange) {
    const { purpose, request } = exchange;
    if ((purpose !== 'fhir' && purpose !== 'token') || request.peer !== undefined) return;
    count(state, state.tool, exchange, keyOf(exchange));
  },
  // A product asks for what is new since a moment ago: its next request of that kind is the same work with another value.
  product(state, exchange) {
    count(state, state.product, exchange, `${exchange.request.method} ${shapeOf(exchange.request)}`);
  },
  end({ tool, product, cites }) {
    const rows = [{ who: 'tool' as const, ...ended(tool) }];
    return {
      throttling: product.requests === 0 ? rows : [...rows, { who: 'ai-system' as const, ...ended(product) }],
      cites,
    };
  },
});

const nothing = (): Counting => ({
  requests: 0,
  throttled: 0,
  withRetryAfter: 0,
  early: 0,
  completed: 0,
  abandoned: 0,
  pending: new Map(),
});

const ended = ({ pending, ...counts }: Counting): Counts => ({
  ...counts,
  abandoned: counts.abandoned + pending.size,
});

function count({ cites }: State, counting: Counting, exchange: SeenExchange, work: string): void {
  const { request, answer, sentAt, id } = exchange;
  counting.requests += 1;
  const key = keyOf(exchange);
  const earlier = counting.pending.get(key);
  // One that was under way already is no second try.
  const again = earlier !== undefined && sentAt.getTime() >= earlier.receivedMs;
  if (again) {
    counting.pending.delete(key);
    const waitedMs = sentAt.getTime() - earlier.receivedMs;
    if (waitedMs < (earlier.askedMs === undefined ? atOnceMs : earlier.askedMs - atOnceMs)) counting.early += 1;
  }
  const asked = askedToWait(exchange);
  if (asked === undefined) {
    if (again) counting[answer === undefined ? 'abandoned' : 'completed'] += 1;
    if (answer !== undefined) counting.completed += finished(counting.pending, work, sentAt.getTime());
    return;
  }
  counting.throttled += 1;
  if (asked.askedMs !== undefined) counting.withRetryAfter += 1;
  if (cites.length < mostCites) cites.push(id);
  // A measured sample is never repeated: its late answer is what is measured.
  if (request.measured === undefined && counting.pending.size < mostPending)
    counting.pending.set(key, { ...asked, work });
}

/** How many waiting requests of this work an answer to a later one has done as well. */
function finished(pending: Map<string, Pending>, work: string, sentMs: number): number {
  let done = 0;
  for (const [key, each] of pending) {
    if (each.work !== work || sentMs < each.receivedMs) continue;
    pending.delete(key);
    done += 1;
  }
  return done;
}

const keyOf = ({ probe, context, url, request }: SeenExchange): string =>
  [probe, context, request.method, url, request.body ?? '', JSON.stringify(request.form ?? [])].join(' ');

/** A 503 without a time to come back is an outage, not a request to slow down. */
function askedToWait({ answer }: SeenExchange): Omit<Pending, 'work'> | undefined {
  if (answer === undefined || (answer.status !== 429 && answer.status !== 503)) return undefined;
  const receivedMs = answer.receivedAt.getTime();
  const named = retryAfter(answer.headers['retry-after'], receivedMs, longestNamedMs);
  if (answer.status === 503 && named === undefined) return undefined;
  return { receivedMs, askedMs: named?.waitMs };
}
