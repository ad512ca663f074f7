import { changesExisting } from './actions.js';
import type { Contract, ContractAction, ContractResource } from './documents/contract.js';
import type { OrganizationProfile } from './documents/organization.js';
import type { FactValue } from './fact.js';

/** One thing the server has to offer for the contract to work. */
export interface FhirNeed {
  readonly what: 'interaction' | 'search-parameter' | 'operation' | 'if-match' | 'if-none-exist' | 'profile';
  /** Resource type; empty for the whole system. */
  readonly type: string;
  /** Interaction, parameter, operation or profile. */
  readonly name: string;
  /** Where the contract asks for it (JSON pointer). */
  readonly pointer: string;
}

const interactionOf: Readonly<Record<string, string>> = {
  create: 'create',
  update: 'update',
  patch: 'patch',
  delete: 'delete',
};

/** What the resources and the FHIR actions of a contract use, each thing once. Other paths than FHIR are left out. */
export function fhirNeeds(contract: Contract, organization: OrganizationProfile): FhirNeed[] {
  const needs = [
    ...(contract.resources ?? []).flatMap(ofResource),
    ...(contract.actions ?? []).flatMap((action, index) =>
      ofAction(action, organization.paths?.[action.id]?.via ?? action.via, `/actions/${index}`),
    ),
  ];
  const once = new Map(needs.map((need) => [`${need.what} ${need.type} ${need.name}`, need]));
  return [...once.values()];
}

function ofResource({ type, find, profile }: ContractResource, index: number): FhirNeed[] {
  const pointer = `/resources/${index}`;
  const base = `http://hl7.org/fhir/StructureDefinition/${type}`;
  return [
    { what: 'interaction', type, name: 'read', pointer },
    ...ofSearch(find, `${pointer}/find`),
    ...(profile === undefined || profile === base
      ? []
      : [{ what: 'profile' as const, type, name: profile, pointer: `${pointer}/profile` }]),
  ];
}

function ofAction(action: ContractAction, via: string | undefined, pointer: string): FhirNeed[] {
  const { interaction, resource: type = '', operation, precondition, idempotency, compensation, observe } = action;
  const need = (what: FhirNeed['what'], name: string, of = type): FhirNeed => ({ what, type: of, name, pointer });
  const searches = [
    ...ofSearch(observe, `${pointer}/observe`),
    ...ofSearch(idempotency?.query, `${pointer}/idempotency`),
  ];
  if (via === 'fhir-operation') {
    return [...searches, ...(operation === undefined ? [] : [need('operation', operation.replace(/^.*\$/, ''))])];
  }
  if (via !== 'fhir-r4') return searches;
  const undo = typeof compensation === 'object' ? interactionOf[compensation.interaction] : undefined;
  const own = interactionOf[interaction ?? ''];
  return [
    ...searches,
    ...(own === undefined ? [] : [need('interaction', own)]),
    ...(interaction === 'transaction' ? [need('interaction', 'transaction', '')] : []),
    ...(undo === undefined ? [] : [need('interaction', undo)]),
    ...(type === '' ? [] : [need('interaction', 'read')]),
    ...(precondition?.type === 'if-match' && changesExisting(action) ? [need('if-match', 'versioning')] : []),
    ...(precondition?.type === 'if-none-exist' ? [need('if-none-exist', 'conditionalCreate')] : []),
  ];
}

/** Parameters that control the answer (`_count`) need no declaration; chains and modifiers rest on their first name. */
function ofSearch(text: string | undefined, pointer: string): FhirNeed[] {
  const [, type, query] = /^([A-Z][A-Za-z]*)\?(.*)$/s.exec((text ?? '').replaceAll(/\{\{[^{}]*\}\}/g, '')) ?? [];
  if (type === undefined || query === undefined) return [];
  const names = query.split('&').map((pair) => pair.split('=', 1)[0]?.split(/[:.]/, 1)[0] ?? '');
  return [
    { what: 'interaction', type, name: 'search-type', pointer },
    ...names
      .filter((name) => /^[^_]/.test(name))
      .map((name) => ({ what: 'search-parameter' as const, type, name, pointer })),
  ];
}

/** Whether the server's own statement holds it. */
export function isDeclared({ what, type, name }: FhirNeed, server: FactValue<'capability-statement'>): boolean {
  const declared = server.types.find((each) => each.type === type);
  if (what === 'operation') return [...server.operations, ...(declared?.operations ?? [])].includes(name);
  if (type === '') return server.interactions.includes(name);
  if (what === 'interaction') return declared?.interactions.includes(name) === true;
  if (what === 'search-parameter') return declared?.searchParameters.includes(name) === true;
  if (what === 'if-match') return declared?.versioning?.startsWith('versioned') === true;
  if (what === 'if-none-exist') return declared?.conditionalCreate === true;
  return declared?.supportedProfiles.some((profile) => profile.split('|')[0] === name) === true;
}

/** Whether a request that uses it was answered 2xx. An ignored precondition or parameter is taken too; whether it works is for the checks that try it. */
export function wasTaken({ what, type, name }: Omit<FhirNeed, 'pointer'>, accepted: readonly string[]): boolean {
  const methods: Readonly<Record<string, RegExp>> = {
    read: /^GET [^/?]+\/\{id\}$/,
    'search-type': /^(POST [^/?]+\/_search|GET [^/?]+)(\?|$)/,
    create: /^POST [^/?]+$/,
    update: /^PUT /,
    patch: /^PATCH /,
    delete: /^DELETE /,
    versioning: /^(PATCH|PUT) /,
    conditionalCreate: /^POST [^/?]+$/,
  };
  const ofType = accepted.filter((shape) =>
    type === '' ? shape === 'POST ' : new RegExp(`^[A-Z]+ ${type}([/?]|$)`).test(shape),
  );
  if (what === 'search-parameter') {
    return ofType.some((shape) =>
      (shape.split('?')[1] ?? '').split('&').some((each) => each.split(/[:.]/)[0] === name),
    );
  }
  if (type === '') return ofType.length > 0;
  return ofType.some((shape) => methods[name]?.test(shape) === true);
}
