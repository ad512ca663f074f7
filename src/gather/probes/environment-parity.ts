import { readCapabilityStatement, statementDigest } from '../../fhir/capability-statement.js';
import { readSmartConfiguration } from '../../fhir/smart-configuration.js';
import type { FactValue } from '../../model/fact.js';
import { discoveryOf, discoveryTemplates, otherEnvironments, ownDiscovery } from '../discovery.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { effectiveClass, insideWindow } from '../write-policy.js';
import { statementFact } from './capability-statement.js';

type Environment = FactValue<'environment-parity'>[number];

/** What this environment and the organization's others say they can do, without a sign-in. */
export default defineProbe({
  id: 'environment-parity',
  phase: 'discover',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['environment-parity'],
  sends: (_run, { organization, environmentId }) => discoveryTemplates(otherEnvironments(organization, environmentId)),
  async run(_subject, tools) {
    const { organization, environmentId, environmentClass, now } = tools;
    const seen: Environment[] = [
      {
        id: environmentId,
        class: environmentClass,
        own: true,
        ...(await saidBy((what) => ownDiscovery(tools, what), tools)),
      },
    ];
    for (const { id, environment } of otherEnvironments(organization, environmentId)) {
      // The windows of an environment bind reads too (safety rule 29).
      const said = insideWindow(environment, now())
        ? await saidBy((what) => discoveryOf(tools, id, what), tools)
        : { statement: null, smart: null };
      seen.push({ id, class: effectiveClass(environment), own: false, ...said });
    }
    return { 'environment-parity': seen };
  },
});

async function saidBy(
  ask: (what: 'statement' | 'smart') => Promise<Answer>,
  { contract }: ProbeTools,
): Promise<Pick<Environment, 'statement' | 'smart'>> {
  const metadata = await answered(() => ask('statement'));
  const declared = metadata?.ok === true ? readCapabilityStatement(metadata.resource) : undefined;
  const discovery = declared === undefined ? undefined : await answered(() => ask('smart'));
  const smart = discovery?.ok === true ? readSmartConfiguration(discovery.json) : undefined;
  return {
    statement:
      metadata === undefined || declared === undefined
        ? null
        : { ...statementFact(metadata.status, declared, contract), sha256: statementDigest(declared) },
    smart:
      smart === undefined
        ? null
        : {
            capabilities: smart.capabilities === undefined ? null : [...smart.capabilities],
            scopes: smart.scopes === undefined ? null : [...smart.scopes],
          },
  };
}

/** An environment that cannot be reached from here is left out of the comparison, and nothing else. */
async function answered(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExchangeFault) return undefined;
    throw error;
  }
}
