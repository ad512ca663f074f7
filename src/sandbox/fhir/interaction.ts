import type { AccessEvent, FhirRequest, FhirResponse } from '../exchange.js';
import { conditionalDelete, conditionalUpdate, validate } from './conditional-interactions.js';
import type { Exchange } from './exchange-state.js';
import { FhirProblem, problem } from './problem.js';
import { history, read, readVersion } from './read-interactions.js';
import { interactionsOf, resourceTypeRule, type TypeInteraction } from './resource-types.js';
import { searchType } from './search-interaction.js';
import { create, patch, remove, update } from './write-interactions.js';

/** What a request asks for; read from method and path alone. */
export interface Route {
  readonly interaction: TypeInteraction;
  readonly resourceType: string;
  readonly id: string;
  readonly versionId: string;
}

const auditNames: Readonly<Record<TypeInteraction, AccessEvent['interaction']>> = {
  read: 'read',
  vread: 'vread',
  update: 'update',
  patch: 'patch',
  delete: 'delete',
  'history-instance': 'history',
  'history-type': 'history',
  create: 'create',
  'search-type': 'search',
};

/** Name of the interaction for the audit log; `operation` for what is none of FHIR's. */
export function auditName(route: Route | undefined): AccessEvent['interaction'] {
  return route ? auditNames[route.interaction] : 'operation';
}

/** `undefined` when method and path together are no interaction of FHIR's. */
export function routeOf({ method, path }: Pick<FhirRequest, 'method' | 'path'>): Route | undefined {
  const [resourceType = '', second, third, fourth, ...more] = path.split('/');
  if (!/^[A-Z][A-Za-z]{0,63}$/.test(resourceType) || more.length > 0) return undefined;
  const verb = method === 'HEAD' ? 'GET' : method;
  const found = (interaction: TypeInteraction, id = '', versionId = ''): Route => ({
    interaction,
    resourceType,
    id,
    versionId,
  });
  if (second === undefined) {
    const byVerb = { GET: 'search-type', POST: 'create', PUT: 'update', DELETE: 'delete', PATCH: undefined } as const;
    const interaction = byVerb[verb];
    return interaction && found(interaction);
  }
  if (second === '_search') return verb === 'POST' && third === undefined ? found('search-type') : undefined;
  if (second === '_history') return verb === 'GET' && third === undefined ? found('history-type') : undefined;
  if (!isId(second)) return undefined;
  if (third === undefined) {
    const byVerb = { GET: 'read', PUT: 'update', PATCH: 'patch', DELETE: 'delete', POST: undefined } as const;
    const interaction = byVerb[verb];
    return interaction && found(interaction, second);
  }
  if (third !== '_history' || verb !== 'GET') return undefined;
  if (fourth === undefined) return found('history-instance', second);
  return isId(fourth) ? found('vread', second, fourth) : undefined;
}

/** Runs one interaction on one type. Throws FhirProblem for everything that is refused. */
export function interact(exchange: Exchange, route: Route | undefined): FhirResponse {
  const { request } = exchange;
  const resourceType = route?.resourceType ?? /^[A-Z][A-Za-z]*/.exec(request.path)?.[0];
  if (resourceType !== undefined && !resourceTypeRule(resourceType)) {
    throw problem(404, 'not-supported', 'This resource type is not served here');
  }
  if (!route && resourceType !== undefined && asksToValidate(request, resourceType)) {
    return validate(exchange, resourceType);
  }
  if (!route) {
    throw request.path.includes('$')
      ? problem(404, 'not-supported', 'This operation is not offered here')
      : problem(405, 'not-supported', 'There is no such interaction at this address');
  }
  const { interaction, id, versionId } = route;
  if (!interactionsOf(route.resourceType).includes(interaction)) {
    throw new FhirProblem(405, [{ code: 'not-supported', diagnostics: 'Clients may only read this type' }], {
      allow: 'GET, HEAD',
    });
  }
  switch (interaction) {
    case 'read':
      return read(exchange, route.resourceType, id);
    case 'vread':
      return readVersion(exchange, route.resourceType, id, versionId);
    case 'history-instance':
      return history(exchange, route.resourceType, id);
    case 'history-type':
      return history(exchange, route.resourceType);
    case 'search-type':
      return searchType(exchange, route.resourceType, searchParameters(request));
    case 'create':
      return create(exchange, route.resourceType);
    case 'update':
      return id === '' ? conditionalUpdate(exchange, route.resourceType) : update(exchange, route.resourceType, id);
    case 'patch':
      return patch(exchange, route.resourceType, id);
    default:
      return id === '' ? conditionalDelete(exchange, route.resourceType) : remove(exchange, route.resourceType, id);
  }
}

const asksToValidate = ({ method, path }: FhirRequest, resourceType: string): boolean =>
  method === 'POST' && path === `${resourceType}/$validate` && interactionsOf(resourceType).includes('create');

/** Of the address and, for POST _search, of the form. */
function searchParameters({ query, body, path }: FhirRequest): URLSearchParams {
  const parameters = new URLSearchParams(query);
  if (!path.endsWith('/_search')) return parameters;
  const form =
    body instanceof URLSearchParams || typeof body === 'string'
      ? new URLSearchParams(body)
      : new URLSearchParams(
          Object.entries(body ?? {}).flatMap(([name, value]: [string, unknown]) =>
            [value].flat().map((item): [string, string] => [name, String(item)]),
          ),
        );
  for (const [name, value] of form) parameters.append(name, value);
  return parameters;
}

function isId(text: string): boolean {
  return /^[A-Za-z0-9.-]{1,64}$/.test(text);
}
