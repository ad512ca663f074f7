import type { FactKind, FactValue, Missing } from '../../model/fact.js';
import type { Purpose } from '../../wire/exchange.js';
import type { Interaction } from '../observers/proxied-request.js';
import type { ProxyRefusal } from '../observers/proxy-guard.js';
import type { About, RunDocuments } from '../probe.js';
import type { Answer, OutgoingRequest } from '../request.js';

/** One change the AI system asked for, and what came of it. */
export interface SeenWrite {
  readonly method: string;
  readonly resourceType?: string;
  /** `Type/id` of the object it named, or of what was made; absent where nothing was made, or nobody said what. */
  readonly reference?: string;
  /** Version named in If-Match. */
  readonly ifMatch?: string;
  /** What would keep a second one apart from a new one. */
  readonly key?: 'if-none-exist' | 'identifier';
  /** Business identifiers of what is created; no fact may hold them. */
  readonly identifiers?: string;
  /** What the AI system was answered; 0: nothing. */
  readonly status: number;
  /** The EHR did it, whatever the AI system was told. */
  readonly taken: boolean;
}

/** What a request of the AI system was about. */
export interface SeenObjects {
  readonly interaction: Interaction;
  /** `Type/id` of what its answer brought. */
  readonly read: readonly string[];
  readonly writes: readonly SeenWrite[];
  /** From the head of the request to the end of the answer, or to the end of the connection without one; milliseconds. */
  readonly lastedMs: number;
}

/** One exchange of the run as a fold sees it, before anything is redacted. Nothing of it may be kept but what a fact holds. */
export interface SeenExchange {
  /** Exchange id in the evidence. */
  readonly id: string;
  readonly probe: string;
  readonly context: string;
  readonly purpose: Purpose;
  readonly request: OutgoingRequest;
  /** Absolute, with its query, as sent. */
  readonly url: string;
  readonly sentAt: Date;
  /** Undefined where no answer came. */
  readonly answer: Answer | undefined;
  /** Of a request of the AI system alone. */
  readonly objects?: SeenObjects;
}

/** A time another system wrote down, and between which moments of our clock it did. */
export interface SeenStamp {
  readonly source: 'notice' | 'message';
  /** Its own words as milliseconds since 1970, and how fine they are. */
  readonly stampMs: number;
  readonly resolutionMs: number;
  /** Undefined where nobody knows how long it lay. */
  readonly notBeforeMs?: number;
  readonly notAfterMs: number;
}

/** Facts of the run counted over its exchanges; `cites` are the exchanges that say so, at most 40 are kept. */
export type Folded<Brings extends FactKind> = {
  readonly [K in Brings]?: FactValue<K> | Missing | About<FactValue<K>>;
} & { readonly cites?: readonly string[] };

/**
 * Counts over all exchanges in constant memory: no input or output, no clock, no opinion. One `State` object is made per
 * run and changed by `step`. Repeated tries are exchanges of their own.
 */
export interface Fold<State, Brings extends FactKind = FactKind> {
  readonly id: string;
  readonly brings: readonly Brings[];
  readonly start: (documents: RunDocuments) => State;
  readonly step: (state: State, exchange: SeenExchange) => void;
  /** The same for a request of the AI system itself, seen by the proxy; one that met a fault says nothing of the EHR. */
  readonly product?: (state: State, exchange: SeenExchange, fault: string | undefined) => void;
  /** The same for a request of the AI system that was none for the EHR behind the proxy. */
  readonly refused?: (state: State, refusal: ProxyRefusal) => void;
  /** The same for what arrived at a listener of the run. */
  readonly stamp?: (state: State, stamp: SeenStamp) => void;
  readonly end: (state: State) => Folded<Brings>;
}

export interface AnyFold {
  readonly id: string;
  readonly brings: readonly FactKind[];
  readonly start: (documents: RunDocuments) => unknown;
  readonly step: (state: unknown, exchange: SeenExchange) => void;
  readonly product?: (state: unknown, exchange: SeenExchange, fault: string | undefined) => void;
  readonly refused?: (state: unknown, refusal: ProxyRefusal) => void;
  readonly stamp?: (state: unknown, stamp: SeenStamp) => void;
  readonly end: (state: unknown) => Readonly<Record<string, unknown>>;
}

export function defineFold<State, const Brings extends FactKind>(fold: Fold<State, Brings>): AnyFold {
  return fold as unknown as AnyFold;
}
