import type { EnvironmentClass } from '../../model/outcome.js';
import { ToolError } from '../../model/errors.js';
import type { Interaction, ProxiedRequest } from './proxied-request.js';

/**
 * What the AI system meets instead of its EHR. `refuse`: the connection ends unanswered. `stall`: no answer for
 * `stallMs`, then the same. `truncated` and `drop-answer` reach the EHR, whose work is done: half of the answer comes, or
 * none. `wrong-content`: a page for people. `stale-read`: the first answer since the rule was set, again and again.
 * `merged-patient`: every Patient the EHR answers with says that another one, `replacedBy`, stands in its place.
 * `pass`: nothing but what is done meanwhile. All others are an answer of that status, and the EHR hears nothing.
 */
export const faultNames = [
  'refuse',
  'stall',
  '403',
  '404',
  '429',
  '500',
  '503',
  '412',
  'expired-token',
  'wrong-content',
  'truncated',
  'drop-answer',
  'stale-read',
  'merged-patient',
  'pass',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultRule {
  readonly fault: FaultName;
  readonly when: {
    readonly interaction: Exclude<Interaction, 'discovery'> | 'any';
    readonly resourceType?: string;
    /** Exactly this path below the base: `Appointment/1`. */
    readonly path?: string;
  };
  /** So often, then no more; absent: until it is removed. */
  readonly times?: number;
  /** Of `429` and `503`, in whole seconds; absent: no Retry-After. */
  readonly retryAfterS?: number;
  /** Of `merged-patient`: `Patient/<id>`; absent: one that is not there. */
  readonly replacedBy?: string;
  /** Of `stall`. 30,000. */
  readonly stallMs?: number;
  /** Awaited when a request of the AI system has come and before anything is done with it: what happens in the EHR in between. */
  readonly meanwhile?: () => Promise<void>;
}

export interface InjectedFault {
  /** Requests it has met so far. */
  hits(): number;
  remove(): void;
}

/** One rule at work. */
export interface ActiveFault {
  readonly rule: FaultRule;
  /** Answers `stale-read` gives again, by target. */
  readonly kept: Map<string, KeptAnswer>;
}

export interface KeptAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const mostKept = 50;

/** The rules of one proxy, the first that fits counts. They come and go while it runs. */
export class InjectedFaults {
  readonly #environmentClass: EnvironmentClass;
  readonly #active: { readonly fault: ActiveFault; hits: number }[] = [];

  constructor(environmentClass: EnvironmentClass) {
    this.#environmentClass = environmentClass;
  }

  /** @throws ToolError `fault-in-production` (safety rule 41) */
  inject(rule: FaultRule): InjectedFault {
    if (this.#environmentClass === 'production') {
      throw new ToolError('fault-in-production', 'a fault was asked for in front of a production EHR', {
        next: 'Faults are for test systems: name an environment of another class.',
      });
    }
    const injected = { fault: { rule, kept: new Map<string, KeptAnswer>() }, hits: 0 };
    this.#active.push(injected);
    return {
      hits: () => injected.hits,
      remove: () => {
        const index = this.#active.indexOf(injected);
        if (index >= 0) this.#active.splice(index, 1);
      },
    };
  }

  /** The rule a request meets, counted. */
  meet(request: ProxiedRequest): ActiveFault | undefined {
    const met = this.#active.find(
      ({ fault: { rule }, hits }) => (rule.times === undefined || hits < rule.times) && fits(rule, request),
    );
    if (met === undefined) return undefined;
    met.hits += 1;
    return met.fault;
  }
}

function fits({ when, fault }: FaultRule, { interaction, resourceType, path, method }: ProxiedRequest): boolean {
  if (fault === 'stale-read' && method !== 'GET') return false;
  return (
    (when.interaction === 'any' || when.interaction === interaction) &&
    (when.resourceType === undefined || when.resourceType === resourceType) &&
    (when.path === undefined || when.path === path)
  );
}

/** The answer the EHR gave first to this target since the rule was set; undefined where this is the first. */
export const keptBy = ({ kept }: ActiveFault, target: string): KeptAnswer | undefined => kept.get(target);

export function keepAnswer({ kept }: ActiveFault, target: string, answer: KeptAnswer): void {
  if (kept.size < mostKept && answer.status === 200) kept.set(target, answer);
}

/** An answer of the EHR in which every Patient was merged into another; as it is where it holds none. */
export function mergedAway(json: Buffer, replacedBy: string): Buffer {
  const merged = (resource: Readonly<Record<string, unknown>>): object =>
    resource['resourceType'] === 'Patient'
      ? { ...resource, active: false, link: [{ other: { reference: replacedBy }, type: 'replaced-by' }] }
      : resource;
  const parsed: unknown = JSON.parse(json.toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null) return json;
  const { entry, ...whole } = parsed as { readonly entry?: unknown };
  const rows = Array.isArray(entry) ? (entry as ({ readonly resource?: Record<string, unknown> } | null)[]) : undefined;
  const entries = rows?.map((row) => (row?.resource === undefined ? row : { ...row, resource: merged(row.resource) }));
  return Buffer.from(
    JSON.stringify({ ...merged(whole as Record<string, unknown>), ...(entries && { entry: entries }) }),
  );
}

/** The whole answer of a fault that never reaches the EHR; undefined for the others. */
export function answerOf({ fault, retryAfterS }: FaultRule): KeptAnswer | undefined {
  const wait = retryAfterS === undefined ? [] : ['Retry-After', String(retryAfterS)];
  switch (fault) {
    case '403':
      return outcome(403, 'Forbidden', 'forbidden');
    case '404':
      return outcome(404, 'Not Found', 'not-found');
    case '429':
      return outcome(429, 'Too Many Requests', 'throttled', wait);
    case '500':
      return outcome(500, 'Internal Server Error', 'exception');
    case '503':
      return outcome(503, 'Service Unavailable', 'transient', wait);
    case '412':
      return outcome(412, 'Precondition Failed', 'conflict');
    case 'expired-token':
      return outcome(401, 'Unauthorized', 'expired', [
        'WWW-Authenticate',
        'Bearer error="invalid_token", error_description="The access token expired"',
      ]);
    case 'wrong-content':
      return whole(200, 'OK', 'text/html; charset=utf-8', '<!doctype html><title>Maintenance</title><p>Back soon.</p>');
    default:
      return undefined;
  }
}

/** An answer of the proxy itself, as an EHR would word it. */
export function outcome(status: number, statusText: string, code: string, more: readonly string[] = []): KeptAnswer {
  const body = JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });
  return whole(status, statusText, 'application/fhir+json; charset=utf-8', body, more);
}

function whole(
  status: number,
  statusText: string,
  contentType: string,
  body: string,
  more: readonly string[] = [],
): KeptAnswer {
  const bytes = Buffer.from(body);
  return {
    status,
    statusText,
    headers: ['Content-Type', contentType, 'Content-Length', String(bytes.length), ...more],
    body: bytes,
  };
}
