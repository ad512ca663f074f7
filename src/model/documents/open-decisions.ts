import { changesExisting } from '../actions.js';
import type { Contract, ContractAction, ContractTrigger } from './contract.js';

/** Something the contract leaves open, with a default that somebody may confirm. */
export interface OpenDecision {
  readonly what: string;
  readonly default: string;
}

/** What a draft or a commit has to name before anybody can judge it, and does not. A suggestion names nothing. */
export function openDecisions(action: ContractAction): OpenDecision[] {
  if (action.kind === 'suggest') return [];
  const { via, states, interaction, precondition, idempotency, compensation, review, noReview } = action;
  const table: readonly (readonly [missing: boolean, what: string, fallback: string])[] = [
    [via === undefined, 'the path (via)', 'fhir-r4'],
    [states?.to === undefined && interaction !== 'delete', 'the state it ends in', 'the draft state of the resource'],
    [via === 'fhir-r4' && interaction === undefined, 'the interaction', 'create'],
    [
      precondition === undefined && interaction !== undefined && interaction !== 'create' && changesExisting(action),
      'the precondition',
      'if-match',
    ],
    [idempotency === undefined, 'how a repetition is recognised', 'an identifier of the request'],
    [compensation === undefined, 'the undo', 'a person takes it back within a day'],
    [review === undefined && noReview === undefined, 'who reviews it', 'review required'],
    ...(review?.required === true
      ? ([
          [review.role === undefined, 'the role that reviews it', 'the clinician in charge'],
          [review.where === undefined, 'where it is reviewed', 'the work list of the EHR'],
          [review.deadline === undefined, 'by when it is reviewed', 'P1D'],
        ] as const)
      : []),
  ];
  return table.flatMap(([missing, what, fallback]) => (missing ? [{ what, default: fallback }] : []));
}

/** What the contract leaves open of logging and of patient data: who should decide it, and where. */
export function openGovernance({
  audit,
  dataHandling,
}: Contract): (OpenDecision & { readonly who: string; readonly pointer: string })[] {
  const security = 'the security officer';
  const privacy = 'the privacy officer';
  const table: readonly (readonly [value: unknown, pointer: string, what: string, who: string, fallback: string])[] = [
    [audit?.expect, '/audit/expect', 'what is logged where', security, 'every access, in the EHR'],
    [audit?.granularity, '/audit/granularity', 'how finely it is logged', security, 'exchange'],
    [audit?.retention, '/audit/retention', 'how long logs are kept', privacy, 'P6Y'],
    [audit?.monitoredBy, '/audit/monitoredBy', 'who watches the product', 'the product owner', 'the vendor'],
    [audit?.incidentPath, '/audit/incidentPath', 'whom an incident reaches', privacy, 'the security desk'],
    [dataHandling?.phiStores, '/dataHandling/phiStores', 'where patient data lie', 'the vendor', 'nowhere ([])'],
    [dataHandling?.flows, '/dataHandling/flows', 'where patient data go', 'the vendor', 'from the EHR to the product'],
    [
      dataHandling?.modelUse?.trainsOnPhi,
      '/dataHandling/modelUse',
      'what models may learn from',
      privacy,
      'not from patient data',
    ],
  ];
  return table.flatMap(([value, pointer, what, who, fallback]) =>
    value === undefined ? [{ pointer, what, who, default: fallback }] : [],
  );
}

/** What of the event is open; undefined when it is one exact event. */
export function openEvent({ kind, event, hook, launch, every }: ContractTrigger): OpenDecision | undefined {
  if (kind === 'cds-hook' && hook === undefined) return { what: 'the hook', default: 'order-sign' };
  if (kind === 'smart-launch' && launch === undefined) return { what: 'the launch', default: 'ehr-launch' };
  if (kind === 'schedule' && every === undefined) return { what: 'the interval', default: 'PT1H' };
  if (kind !== 'ehr-event') return undefined;
  if (event?.change === undefined) return { what: 'the kind of change', default: 'create-or-update' };
  if (event.condition !== undefined || event.change === 'delete') return undefined;
  return { what: 'the condition', default: "%current.status = 'booked'" };
}
