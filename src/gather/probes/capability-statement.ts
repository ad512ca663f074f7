import { readCapabilityStatement, statementDigest, type DeclaredServer } from '../../fhir/capability-statement.js';
import type { FactValue } from '../../model/fact.js';
import { discoveryPaths, ownDiscovery } from '../discovery.js';
import { defineProbe, type RunDocuments } from '../probe.js';

/** What the server says it can do, without a sign-in. */
export default defineProbe({
  id: 'capability-statement',
  phase: 'discover',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['capability-statement'],
  sends: () => [{ context: 'anonymous', method: 'GET', path: discoveryPaths.statement, most: 1 }],
  async run(_, tools) {
    const { status, ok, resource } = await ownDiscovery(tools, 'statement');
    return {
      'capability-statement': statementFact(status, ok ? readCapabilityStatement(resource) : undefined, tools.contract),
    };
  },
});

/** A statement cut to the types the contract uses and Subscription. */
export function statementFact(
  status: number,
  declared: DeclaredServer | undefined,
  contract: RunDocuments['contract'],
): FactValue<'capability-statement'> {
  const used = typesOf(contract);
  return {
    status,
    found: declared !== undefined,
    ...(declared === undefined ? {} : { sha256: statementDigest(declared) }),
    fhirVersion: declared?.fhirVersion ?? null,
    software: declared?.software ?? null,
    softwareVersion: declared?.softwareVersion ?? null,
    implementation: declared?.implementation ?? null,
    interactions: [...(declared?.interactions ?? [])],
    operations: [...(declared?.operations ?? [])],
    usCoreVersions: [...(declared?.usCoreVersions ?? [])],
    ...(declared?.topicSubscriptions === true ? { topicSubscriptions: true } : {}),
    types: (declared?.types ?? [])
      .filter(({ type }) => used.has(type))
      .map(({ interactions, searchParameters, operations, supportedProfiles, ...rest }) => ({
        ...rest,
        interactions: [...interactions],
        searchParameters: [...searchParameters],
        operations: [...operations],
        supportedProfiles: [...supportedProfiles],
      })),
  };
}

const typesOf = ({ resources = [], actions = [] }: RunDocuments['contract']): ReadonlySet<string> =>
  new Set([
    'Subscription',
    ...resources.map(({ type }) => type),
    ...[...resources.map(({ find }) => find), ...actions.map(({ observe }) => observe)].map(
      (search) => /^[A-Z][A-Za-z]+/.exec(search ?? '')?.[0] ?? '',
    ),
    ...actions.map(({ resource }) => resource ?? ''),
  ]);
