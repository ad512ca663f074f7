import type { FactValue } from '../../model/fact.js';
import { retryAfter } from '../../wire/retry-after.js';
import { defineFold, type SeenExchange } from './fold.js';

type Row = FactValue<'throttling'>[number];
type Counts = { -readonly [K in Exclude<keyof Row, 'who'>]: Row[K] };

interface Pending {
  readonly receivedMs: number;
  /** Time the server named; undefined: none. */
  readonly askedMs: number | undefined;
}

interface State extends Counts {
  readonly pending: Map<string, Pending>;
  readonly cites: string[];
}

/** What is sent again within this time was sent again at once. */
const atOnceMs = 50;
const longestNamedMs = 86_400_000;
const mostPending = 200;
const mostCites = 40;

/** How the tool's own requests went on after a 429 (https://www.rfc-editor.org/rfc/rfc6585#section-4). */
export default defineFold({
  id: 'throttling',
  brings: ['throttling'],
  start: (): State => ({
    requests: 0,
    throttled: 0,
    withRetryAfter: 0,
    early: 0,
    completed: 0,
    abandoned: 0,
    pending: new Map(),
    cites: [],
  }),
  step(state, exchange) {
    const { purpose, request, answer, sentAt, id } = exchange;
    if ((purpose !== 'fhir' && purpose !== 'token') || request.peer !== undefined) return;
    state.requests += 1;
    const key = keyOf(exchange);
    const earlier = state.pending.get(key);
    // One that was under way already is no second try.
    const again = earlier !== undefined && sentAt.getTime() >= earlier.receivedMs;
    if (again) {
      state.pending.delete(key);
      const waitedMs = sentAt.getTime() - earlier.receivedMs;
      if (waitedMs < (earlier.askedMs === undefined ? atOnceMs : earlier.askedMs - atOnceMs)) state.early += 1;
    }
    const asked = askedToWait(exchange);
    if (asked === undefined) {
      if (again) state[answer === undefined ? 'abandoned' : 'completed'] += 1;
      return;
    }
    state.throttled += 1;
    if (asked.askedMs !== undefined) state.withRetryAfter += 1;
    if (state.cites.length < mostCites) state.cites.push(id);
    // A measured sample is never repeated: its late answer is what is measured.
    if (request.measured === undefined && state.pending.size < mostPending) state.pending.set(key, asked);
  },
  end({ pending, cites, requests, throttled, withRetryAfter, early, completed, abandoned }) {
    const counts = { requests, throttled, withRetryAfter, early, completed, abandoned: abandoned + pending.size };
    return { throttling: [{ who: 'tool' as const, ...counts }], cites };
  },
});

const keyOf = ({ probe, context, url, request }: SeenExchange): string =>
  [probe, context, request.method, url, request.body ?? '', JSON.stringify(request.form ?? [])].join(' ');

/** A 503 without a time to come back is an outage, not a request to slow down. */
function askedToWait({ answer }: SeenExchange): Pending | undefined {
  if (answer === undefined || (answer.status !== 429 && answer.status !== 503)) return undefined;
  const receivedMs = answer.receivedAt.getTime();
  const named = retryAfter(answer.headers['retry-after'], receivedMs, longestNamedMs);
  if (answer.status === 503 && named === undefined) return undefined;
  return { receivedMs, askedMs: named?.waitMs };
}
