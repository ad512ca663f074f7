import type { CapabilityStatement, CapabilityStatementRestResource, Extension } from 'fhir/r4.js';
import { interactionsOf, resourceTypes } from './resource-types.js';
import { searchParametersOf } from './search-parameters.js';

/** What the statement says beyond the engine's own tables. */
export interface CapabilityOptions {
  /** Endpoints of the authorization server, for the SMART `oauth-uris` extension. */
  readonly oauth?: {
    readonly token: string;
    readonly authorize?: string;
    readonly introspect?: string;
    readonly revoke?: string;
  };
  readonly softwareVersion?: string;
  /** Canonicals of the topics clients may subscribe to. */
  readonly topics?: readonly string[];
}

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport';

/** Types whose records carry what US Core 6.1.0 makes mandatory (https://hl7.org/fhir/us/core/STU6.1/profiles-and-extensions.html). */
const usCoreTypes: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'Coverage',
  'DocumentReference',
  'Encounter',
  'MedicationRequest',
  'Patient',
  'ServiceRequest',
]);

/** The statement of this server, made from the tables that steer it. Source: https://hl7.org/fhir/R4/capabilitystatement.html */
export function capabilityStatement(base: string, date: Date, options: CapabilityOptions = {}): CapabilityStatement {
  const { oauth, softwareVersion, topics = [] } = options;
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: date.toISOString(),
    kind: 'instance',
    software: {
      name: 'ehr-scorecard sandbox',
      ...(softwareVersion === undefined ? {} : { version: softwareVersion }),
    },
    implementation: { description: 'Synthetic clinic for trying out workflows; no real data', url: base },
    ...(topics.length === 0
      ? {}
      : { instantiates: [`${backport}/CapabilityStatement/backport-subscription-server-r4`] }),
    fhirVersion: '4.0.1',
    implementationGuide: ['http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|6.1.0'],
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: {
          ...(oauth ? { extension: [oauthUris(oauth)] } : {}),
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
        },
        resource: resourceTypes.map((type) => {
          const entry = resourceEntry(type);
          if (type !== 'Subscription' || topics.length === 0) return entry;
          const { extension = [], operation = [] } = topicSubscriptions(topics);
          return { ...entry, extension, operation: [...(entry.operation ?? []), ...operation] };
        }),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  };
}

function resourceEntry(type: string): CapabilityStatementRestResource {
  const interactions = interactionsOf(type);
  const parameters = searchParametersOf(type);
  const includes = parameters.filter((parameter) => parameter.type === 'reference' && !parameter.chain);
  const reverse = resourceTypes.flatMap((source) =>
    searchParametersOf(source)
      .filter(({ chain, targets }) => !chain && interactions.includes('search-type') && targets?.includes(type))
      .map(({ name }) => `${source}:${name}`),
  );
  return {
    type: type as CapabilityStatementRestResource['type'],
    ...(usCoreTypes.has(type)
      ? { supportedProfile: [`http://hl7.org/fhir/us/core/StructureDefinition/us-core-${type.toLowerCase()}`] }
      : {}),
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: interactions.includes('create'),
    conditionalRead: 'not-match',
    conditionalUpdate: interactions.includes('update'),
    conditionalDelete: interactions.includes('delete') ? 'single' : 'not-supported',
    referencePolicy: ['literal', 'local'],
    ...(includes.length > 0 ? { searchInclude: includes.map(({ name }) => `${type}:${name}`) } : {}),
    ...(reverse.length > 0 ? { searchRevInclude: reverse } : {}),
    ...(interactions.includes('search-type')
      ? { searchParam: parameters.map(({ name, type: parameterType }) => ({ name, type: parameterType })) }
      : {}),
    ...(interactions.includes('create') ? { operation: [validateOperation] } : {}),
  };
}

const validateOperation = {
  name: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
};

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-capability-subscriptiontopic-canonical.html */
function topicSubscriptions(
  topics: readonly string[],
): Pick<CapabilityStatementRestResource, 'extension' | 'operation'> {
  return {
    extension: topics.map((valueCanonical) => ({
      url: `${backport}/StructureDefinition/capability-subscriptiontopic-canonical`,
      valueCanonical,
    })),
    operation: ['status', 'events'].map((name) => ({
      name,
      definition: `${backport}/OperationDefinition/backport-subscription-${name}`,
    })),
  };
}

function oauthUris(oauth: NonNullable<CapabilityOptions['oauth']>): Extension {
  return {
    url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
    extension: Object.entries(oauth).map(([url, valueUri]) => ({ url, valueUri })),
  };
}
