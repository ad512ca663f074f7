import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { elementOf } from '../../fhir/element.js';
import { parseJson } from '../../fhir/json.js';
import type { ContractTrigger } from '../../model/documents/contract.js';
import { noAnswerAfterBudgets } from '../../model/latency-series.js';
import type { Answer, OutgoingRequest } from '../request.js';
import { refersTo } from '../series/followed-events.js';
import { stateOf } from '../series/observed-plan.js';
import type { SeenExchange } from './fold.js';

/** When something happened in the EHR, as far as the product's reading tells. */
export interface EventTime {
  /** Between these two moments, in monotonic milliseconds; absent where no look came before it. */
  readonly between?: readonly [earliestMs: number, latestMs: number];
  /** The time the record gives it, where it gives one. */
  readonly stamp?: string;
  /** When the product was told of it, in milliseconds since 1970. */
  readonly seenAt: number;
}

interface Known {
  /** Version or time of its last change; whichever the server gives. */
  readonly version: string | undefined;
  readonly isEvent: boolean;
  /** When the look that brought it was sent. */
  readonly sentAtMs: number;
}

const mostKnown = 20_000;
const mostLooks = 500;
const mostAwaited = 1_000;

/**
 * Events of one trigger, as the product's own reading shows them: an object that a look brings in the event's state, and
 * that an earlier look of the same kind did not bring, or brought in another one.
 */
export class RecordedEvents {
  readonly #type: string | undefined;
  /** Undefined: any change is the event; null: no status tells it. */
  readonly #state: string | undefined | null;
  readonly #giveUpMs: number;
  readonly #known = new Map<string, Known>();
  /** When the last complete look of one kind was sent. */
  readonly #looks = new Map<string, number>();
  readonly #awaited = new Map<string, EventTime>();
  readonly #clock: string | undefined;
  #beganAt: number | undefined;
  #pollMs = 0;

  /** @param clock element that says when the event was, `Encounter.period.end`; absent: none does */
  constructor(trigger: ContractTrigger | undefined, budgetMs: number, clock: string | undefined) {
    this.#type = trigger?.event?.resource;
    this.#state = stateOf(trigger);
    this.#clock = clock;
    this.#giveUpMs = noAnswerAfterBudgets * budgetMs;
  }

  /** Shortest time between two looks that an event lies between. */
  get pollMs(): number {
    return this.#pollMs;
  }

  /** Its times are those of meta.lastUpdated. */
  get isByLastUpdated(): boolean {
    return this.#clock === undefined;
  }

  get whyNone(): string {
    return this.#type === undefined || this.#state === null
      ? 'this version sees events that are told by the type and the status of an object'
      : 'no event was seen that lies between two looks of the product, or has a time in the record';
  }

  /** What an answer to the product brought. */
  look({ request, sentAt }: SeenExchange, { ok, resource, timing }: Answer): void {
    const type = this.#type;
    if (type === undefined || this.#state === null || !ok || request.path.split('/')[0] !== type) return;
    if (request.method !== 'GET' && !request.path.endsWith('/_search')) return;
    this.#beganAt ??= sentAt.getTime();
    const page = readSearchset(resource);
    if (page === 'too-many') return;
    const key = page === undefined ? undefined : keyOf(request);
    const before = key === undefined ? undefined : this.#looks.get(key);
    for (const each of page?.matches ?? (resource === undefined ? [] : [resource])) {
      if (each.resourceType === type && each.id !== undefined) {
        this.#see(each, { before, sentAtMs: timing.sentAtMs, latestMs: timing.endAtMs, seenAt: sentAt.getTime() });
      }
    }
    // A look that ends before its last page leaves open what was on the others.
    if (key !== undefined && page !== undefined && page.next === undefined) {
      bounded(this.#looks, key, timing.sentAtMs, mostLooks);
    }
  }

  #see(
    object: Resource,
    look: { before: number | undefined; sentAtMs: number; latestMs: number; seenAt: number },
  ): void {
    const { resourceType, id, meta } = object;
    const reference = `${resourceType}/${id}`;
    const version = meta?.versionId ?? meta?.lastUpdated;
    const isEvent = this.#state === undefined || (object as { status?: unknown }).status === this.#state;
    const known = this.#known.get(reference);
    bounded(this.#known, reference, { version, isEvent, sentAtMs: look.sentAtMs }, mostKnown);
    if (!isEvent) return;
    const isNews = this.#state === undefined ? version !== known?.version : known?.isEvent !== true;
    const earliestMs = known?.sentAtMs ?? look.before;
    const stamp = this.#stampOf(object);
    if (!isNews || (earliestMs === undefined && stamp === undefined)) return;
    const { sentAtMs, latestMs, seenAt } = look;
    if (earliestMs !== undefined) {
      const apartMs = Math.max(1, Math.round(sentAtMs - earliestMs));
      this.#pollMs = this.#pollMs === 0 ? apartMs : Math.min(this.#pollMs, apartMs);
    }
    const event: EventTime = {
      ...(earliestMs === undefined || earliestMs > latestMs ? {} : { between: [earliestMs, latestMs] as const }),
      ...(stamp === undefined ? {} : { stamp }),
      seenAt,
    };
    bounded(this.#awaited, reference, event, mostAwaited);
  }

  /** A later change leaves no other trace in meta.lastUpdated than its own; what was before the recording is no event of it. */
  #stampOf(object: Resource): string | undefined {
    const byChange = this.#clock === undefined && this.#state === undefined;
    const stamp = byChange ? object.meta?.lastUpdated : elementOf(object, this.#clock ?? '');
    return stamp !== undefined && Date.parse(stamp) >= (this.#beganAt ?? 0) ? stamp : undefined;
  }

  /** The events a write of these objects, with this body, answers; they are awaited no longer. */
  answeredBy(names: readonly string[], body: string): EventTime[] {
    const mentioned = [...this.#awaited].filter(
      ([reference]) => names.includes(reference) || body.includes(reference.slice(reference.indexOf('/') + 1)),
    );
    if (mentioned.length === 0) return [];
    const parsed = parseJson(Buffer.from(body));
    return mentioned.flatMap(([reference, event]) => {
      if (!names.includes(reference) && !('value' in parsed && refersTo(parsed.value, reference))) return [];
      this.#awaited.delete(reference);
      return event;
    });
  }

  /** The events that nothing has answered for five budgets; they are awaited no longer. */
  givenUp(nowMs: number): EventTime[] {
    const gone: EventTime[] = [];
    for (const [reference, event] of this.#awaited) {
      if (nowMs - event.seenAt <= this.#giveUpMs) break;
      this.#awaited.delete(reference);
      gone.push(event);
    }
    return gone;
  }
}

/** What is asked for, but for how far back: of two looks with the same key the later one shows whatever the earlier one would. */
function keyOf({ method, path, query = [], form = [] }: OutgoingRequest): string {
  const asked = [...query, ...form].map(([name, value]) => (name === '_lastUpdated' ? name : `${name}=${value}`));
  return [method, path, ...asked.sort()].join('\n');
}

function bounded<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
