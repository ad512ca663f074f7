import { setTimeout as pause } from 'node:timers/promises';
import type { Coverage, ServiceRequest } from 'fhir/r4.js';
import type { AdvisorConfiguration, AdvisorFault } from './advisor-configuration.js';
import { keepCardLog } from './card-log.js';
import { readCoverages, type FhirAccess } from './coverage-reading.js';
import { advise, cardFor, resourcesIn, type Advice } from './order-advice.js';

export interface CardAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Answers what stands behind `/cds-services`; who calls was looked at before. */
export interface CardService {
  discovery(): CardAnswer;
  call(id: string, body: unknown): Promise<CardAnswer>;
  feedback(id: string, body: unknown): CardAnswer;
}

const id = 'pa-needed';
const hook = 'order-sign';
const slowMs = 1_500;
const mostRemembered = 1_000;

interface HookCall extends FhirAccess {
  readonly hook?: unknown;
  readonly hookInstance?: unknown;
  readonly context?: { readonly patientId?: unknown; readonly draftOrders?: unknown };
  readonly prefetch?: Readonly<Record<string, unknown>>;
}

/** https://cds-hooks.hl7.org/2.0/#feedback */
interface Feedback {
  readonly card: string;
  readonly outcome: 'accepted' | 'overridden';
  readonly outcomeTimestamp: string;
}

/** Tells the clinician who signs an imaging order that the payer wants to be asked. https://cds-hooks.hl7.org/2.0/ */
export function createCardService(configuration: AdvisorConfiguration): CardService {
  const has = (fault: AdvisorFault): boolean => configuration.faults.includes(fault);
  const given = new Set<string>();
  const log = keepCardLog(configuration.logFile);

  const prefetch = {
    coverage: 'Coverage?patient={{context.patientId}}&status=active',
    ...(has('asks-for-more') ? { problems: 'Condition?patient={{context.patientId}}' } : {}),
  };
  const description = 'Says at signing whether the payer wants to be asked before an imaging order';
  const discovery = (): CardAnswer => ({
    status: 200,
    body: { services: [{ id, hook, title: 'Prior authorization needed', description, prefetch }] },
  });

  async function coveragesOf(call: HookCall, patient: string): Promise<readonly Coverage[] | undefined> {
    const own = resourcesIn<Coverage>(call.prefetch?.['coverage'], 'Coverage');
    return own ?? readCoverages(configuration, call, patient);
  }

  async function call(service: string, body: unknown): Promise<CardAnswer> {
    if (service !== id) return { status: 404 };
    if (typeof body !== 'object' || body === null) return { status: 400 };
    const asked = body as HookCall;
    const patient = asked.context?.patientId;
    const orders = resourcesIn<ServiceRequest>(asked.context?.draftOrders, 'ServiceRequest');
    const complete = asked.hook === hook && typeof asked.hookInstance === 'string' && typeof patient === 'string';
    if (!complete || orders === undefined) return { status: 400, body: { error: 'no call of this hook' } };
    if (has('slow')) await pause(slowMs);
    const coverages = await coveragesOf(asked, patient);
    if (coverages === undefined && has('error-without-data')) return { status: 500 };
    if (coverages === undefined && !has('advice-without-data')) {
      return { status: 412, body: { error: 'the coverage of the patient cannot be read' } };
    }
    return { status: 200, body: wronged(advise(orders, coverages ?? []), orders) };
  }

  /** The advice as the faults make it, its cards remembered. */
  function wronged(advice: Advice, orders: readonly ServiceRequest[]): object {
    const cards = has('card-on-every-call') ? orders.map((order) => cardFor(order, undefined)) : advice.cards;
    for (const { uuid } of cards) {
      given.add(uuid);
      log({ at: new Date().toISOString(), service: id, card: uuid, outcome: 'shown' });
    }
    for (const oldest of given) {
      if (given.size <= mostRemembered) break;
      given.delete(oldest);
    }
    const shown = cards.map(({ uuid, source, ...card }) => ({
      ...(has('card-without-id') ? {} : { uuid }),
      ...card,
      ...(has('card-invalid') ? { indicator: 'hard-stop' } : { source }),
    }));
    const actions = orders.map((order) => ({
      type: 'update',
      description: 'Makes the order urgent',
      resource: { ...order, priority: 'urgent' },
    }));
    return { cards: shown, ...(has('system-action') ? { systemActions: actions } : {}) };
  }

  function feedback(service: string, body: unknown): CardAnswer {
    if (service !== id || has('no-feedback')) return { status: 404 };
    const list = (body as { feedback?: unknown } | null | undefined)?.feedback;
    const known = (each: unknown): each is Feedback => {
      const { card, outcome, outcomeTimestamp, acceptedSuggestions } = each as Record<string, unknown>;
      return (
        typeof card === 'string' &&
        given.has(card) &&
        typeof outcomeTimestamp === 'string' &&
        !Number.isNaN(Date.parse(outcomeTimestamp)) &&
        (outcome === 'overridden' || (outcome === 'accepted' && Array.isArray(acceptedSuggestions)))
      );
    };
    if (!Array.isArray(list) || list.length === 0 || !list.every(known)) return { status: 400 };
    for (const { card, outcome, outcomeTimestamp } of list) {
      log({ at: new Date(outcomeTimestamp).toISOString(), service: id, card, outcome });
    }
    return { status: 200 };
  }

  return { discovery, call, feedback };
}
