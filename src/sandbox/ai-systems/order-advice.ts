import { randomUUID } from 'node:crypto';
import type { Coverage, FhirResource, ServiceRequest } from 'fhir/r4.js';

/** What one call is answered with: https://cds-hooks.hl7.org/2.0/#http-response */
export interface Advice {
  readonly cards: readonly Card[];
}

export interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: 'info' | 'warning' | 'critical';
  readonly detail: string;
  readonly source: { readonly label: string };
  readonly selectionBehavior: 'at-most-one';
  readonly suggestions: readonly {
    readonly uuid: string;
    readonly label: string;
    readonly actions: readonly {
      readonly type: 'update';
      readonly description: string;
      readonly resource: ServiceRequest;
    }[];
  }[];
  readonly overrideReasons: readonly { readonly code: string; readonly system: string; readonly display: string }[];
}

/** SNOMED CT procedures for which the payers of the example want to be asked before. */
const needAuthorization = new Set(['241615005']);
const reasons = 'https://authflow.example/override-reasons';

/** One card for each order that a payer wants to be asked about, with the order as it would be after the suggestion. */
export function advise(orders: readonly ServiceRequest[], coverages: readonly Coverage[]): Advice {
  const insured = coverages.find(({ status }) => status === 'active');
  return { cards: orders.filter(needsAuthorization).map((order) => cardFor(order, insured)) };
}

const needsAuthorization = ({ code }: ServiceRequest): boolean =>
  (code?.coding ?? []).some((coding) => needAuthorization.has(coding.code ?? ''));

/** About one order, whatever it is. */
export function cardFor(order: ServiceRequest, coverage: Coverage | undefined): Card {
  const note = { text: 'Prior authorization asked for when the order was signed' };
  return {
    uuid: randomUUID(),
    summary: coverage ? 'The payer wants to be asked before this order' : 'No active coverage for this order',
    indicator: 'info',
    detail: 'The request is prepared once the order is signed; until the payer has answered the visit is not booked.',
    source: { label: 'AuthFlow, an example' },
    selectionBehavior: 'at-most-one',
    suggestions: [
      {
        uuid: randomUUID(),
        label: 'Note it in the order',
        actions: [
          {
            type: 'update',
            description: 'Adds a note to the order',
            resource: { ...order, note: [...(order.note ?? []), note] },
          },
        ],
      },
    ],
    overrideReasons: [{ code: 'asked-before', system: reasons, display: 'The payer was asked before' }],
  };
}

/** Resources of a type: those of a Bundle, or the one itself. Undefined for anything else. */
export function resourcesIn<T extends FhirResource>(
  value: unknown,
  resourceType: T['resourceType'],
): readonly T[] | undefined {
  if (typeof value !== 'object' || value === null || !('resourceType' in value)) return undefined;
  const resource = value as FhirResource;
  if (resource.resourceType === resourceType) return [resource as T];
  if (resource.resourceType !== 'Bundle') return undefined;
  const { entry = [] } = resource;
  return entry.flatMap((each) => (each.resource?.resourceType === resourceType ? [each.resource as T] : []));
}
