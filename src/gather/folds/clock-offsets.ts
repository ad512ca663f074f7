import type { FactValue } from '../../model/fact.js';
import type { Answer } from '../request.js';
import { defineFold, type SeenExchange } from './fold.js';

type Row = FactValue<'clock-offsets'>[number];

/** Between two moments of our clock the other system wrote down a time of its own. */
interface Reading {
  readonly stampMs: number;
  readonly resolutionMs: number;
  readonly notBeforeMs?: number;
  readonly notAfterMs: number;
}

interface Bounds {
  readonly system: Row['system'];
  readonly source: Row['source'];
  readings: number;
  atLeastMs: number;
  atMostMs: number;
}

interface State {
  /** By origin and source. */
  readonly bounds: Map<string, Bounds>;
  /** Records seen when they were created; a second answer about one is no second stamp. */
  readonly created: Set<string>;
  readonly cites: string[];
  /** Our wall clock minus our monotonic one, as small as it was seen. */
  ownMs: number | undefined;
}

/** Our two clocks parted by so much: the wall clock was set, or the machine slept or was too busy to look. */
const partedMs = 100;
/** Our own clock is read in whole milliseconds, at both ends. */
const ownResolutionMs = 1;
const mostRows = 24;
const mostCreated = 5_000;
const mostCites = 40;

const systems: Readonly<Partial<Record<SeenExchange['purpose'], Row['system']>>> = {
  fhir: 'ehr',
  audit: 'ehr',
  token: 'authorization-server',
  authorize: 'authorization-server',
  jwks: 'authorization-server',
  'ai-system': 'ai-system',
  'ai-control': 'ai-system',
  'ai-webhook': 'ai-system',
  'ai-cds': 'ai-system',
  'ai-log': 'ai-system',
  'ai-app': 'ai-system',
  'ai-routes': 'ai-system',
};

/**
 * Bounds on the offset of other clocks: each reading says it lies between `stamp - notAfter` and
 * `stamp + resolution - notBefore`, and all of them together between the largest and the smallest of these.
 * The header Date has a resolution of one second (https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1).
 */
export default defineFold({
  id: 'clock-offsets',
  brings: ['clock-offsets'],
  start: (): State => ({ bounds: new Map(), created: new Set(), cites: [], ownMs: undefined }),
  step(state, { id, purpose, request, url, sentAt, answer }) {
    const system = request.peer === undefined ? systems[purpose] : 'other-organization';
    if (system === undefined || answer === undefined || ownClockMoved(state, answer)) return;
    const between = { notBeforeMs: sentAt.getTime(), notAfterMs: answer.receivedAt.getTime() };
    const { origin } = new URL(url);
    const { date, age } = answer.headers;
    // An answer of a cache tells the time it was stored.
    const dateMs = age === undefined ? Date.parse(date ?? '') : Number.NaN;
    if (!Number.isNaN(dateMs)) {
      note(state, origin, system, 'date', { stampMs: dateMs, resolutionMs: 1_000, ...between });
      if (state.cites.length < mostCites) state.cites.push(id);
    }
    const stored = createdNow(state, request.method, answer);
    if (stored !== undefined) note(state, origin, system, 'record', { ...stored, ...between });
  },
  stamp(state, { source, ...reading }) {
    note(state, 'listener', 'ehr', source, reading);
  },
  end: ({ bounds, cites }) => ({
    'clock-offsets': [...bounds.values()].map(({ atLeastMs, atMostMs, ...row }) => ({
      ...row,
      atLeastMs: finite(atLeastMs),
      atMostMs: finite(atMostMs),
    })),
    cites,
  }),
});

function note(state: State, origin: string, system: Row['system'], source: Row['source'], reading: Reading): void {
  const key = `${system} ${source} ${origin}`;
  const known = state.bounds.get(key);
  if (known === undefined && state.bounds.size >= mostRows) return;
  const bounds = known ?? { system, source, readings: 0, atLeastMs: -Infinity, atMostMs: Infinity };
  const { stampMs, resolutionMs, notBeforeMs, notAfterMs } = reading;
  bounds.readings += 1;
  bounds.atLeastMs = Math.max(bounds.atLeastMs, stampMs - notAfterMs - ownResolutionMs);
  if (notBeforeMs !== undefined) {
    bounds.atMostMs = Math.min(bounds.atMostMs, stampMs + resolutionMs - notBeforeMs + ownResolutionMs);
  }
  state.bounds.set(key, bounds);
}

/** Readings across a jump of our own clock say nothing about anybody else's; after one back, all begins anew. */
function ownClockMoved(state: State, { receivedAt, timing }: Answer): boolean {
  const nowMs = receivedAt.getTime() - timing.endAtMs;
  const { ownMs = nowMs } = state;
  if (nowMs < ownMs - partedMs) state.bounds.clear();
  state.ownMs = Math.min(ownMs, nowMs);
  return nowMs > ownMs + partedMs;
}

/** When the server says it stored what this request created; undefined for anything else. */
function createdNow(
  state: State,
  method: string,
  { status, resource }: Answer,
): Pick<Reading, 'stampMs' | 'resolutionMs'> | undefined {
  if (method !== 'POST' || status !== 201 || resource === undefined) return undefined;
  const { resourceType, id, meta } = resource;
  const key = `${resourceType}/${id ?? ''}`;
  const stamp: unknown = meta?.lastUpdated;
  if (typeof stamp !== 'string' || id === undefined || state.created.has(key)) return undefined;
  if (state.created.size >= mostCreated) return undefined;
  state.created.add(key);
  const [, fraction = ''] =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/.exec(stamp) ?? [];
  const stampMs = Date.parse(stamp);
  return Number.isNaN(stampMs) ? undefined : { stampMs, resolutionMs: Math.max(1, 1_000 / 10 ** fraction.length) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? Math.round(value) : null);
