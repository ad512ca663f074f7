import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { ProbeTools } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import type { FaultProxy } from './fault-proxy.js';
import { saidBy, type HardCase, type PreparedCases } from './hard-cases.js';
import { secretsOf, shown, whyNobodyIsNamed } from './hidden-case.js';
import { lookAgainMs } from './product-trial.js';

const refusals = ['403', '404'] as const;
const looks = 5;
export const mostRefused = refusals.length;

/** What showing the patient before and after may send. */
export const refusedCaseTemplates: readonly RequestTemplate[] = [
  { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 2 },
];

/**
 * An ordinary patient whom the EHR shows, and whom the proxy keeps from the product: what it asks for of patients while it
 * is told of this one is answered with a refusal, and the EHR hears nothing of it.
 */
export async function refusedCases(
  tools: ProbeTools,
): Promise<PreparedCases<FactValue<'asked-without-access'>> | Missing> {
  const { organization, clients, cases, proxy } = tools;
  const why = whyNobodyIsNamed(tools);
  if (why !== undefined) return why;
  if (proxy === undefined) return missing('no-ai-system', 'the product does not reach its EHR through the proxy');
  const patient = cases.seriesPatients()[1] ?? cases.seriesPatients()[0];
  if (patient === undefined) return missing('no-test-object', 'no test patient is left');
  const { exchange } = await cases.proven(patient);
  tools.cite([exchange]);
  const record = await shown(clients.ai, patient);
  if (record === undefined) return missing('control-failed', 'the patient is not shown to be there');
  const met = refusals.map(() => 0);
  const detours = proxy.detours();
  return {
    cases: refusals.map((fault, index): HardCase => ({
      patients: [patient],
      said: saidBy(record, organization.identifierSystems?.['mrn']),
      secret: secretsOf(record),
      async around(ask) {
        const rules = keepBack(proxy, fault);
        try {
          const answer = await ask();
          // Who answers first and works then is at work now.
          if (answer.outcome === undefined || answer.outcome === 'noted') await tools.pause(looks * lookAgainMs(tools));
          return answer;
        } finally {
          for (const rule of rules) rule.remove();
          met[index] = rules.reduce((sum, rule) => sum + rule.hits(), 0);
        }
      },
    })),
    fact: async (reactions, controls) => {
      const shownAfter = (await shown(clients.ai, patient)) !== undefined;
      return {
        ...controls,
        cases: reactions.map((reaction, index) => ({
          patient: patient.alias,
          keptBackBy: 'proxy' as const,
          met: met[index] ?? 0,
          refusedWith: Number(refusals[index]),
          shownBefore: true,
          shownAfter,
          // While the rules stand nothing of a patient passes the proxy; whoever wanted to go elsewhere was not seen whole.
          opened: detours === proxy.detours() ? false : null,
          ...reaction,
        })),
      };
    },
  };
}

const keepBack = (proxy: Pick<FaultProxy, 'inject'>, fault: (typeof refusals)[number]) =>
  (['read', 'search'] as const).map((interaction) =>
    proxy.inject({ fault, when: { interaction, resourceType: 'Patient' } }),
  );
