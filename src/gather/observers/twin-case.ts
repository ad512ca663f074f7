import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { ProbeTools } from '../probe.js';
import { saidBy, type PreparedCases } from './hard-cases.js';
import { outsideTrigger } from './product-trial.js';

/** A caller who is one of two patients of the same name and birth date. */
export async function twinCase(tools: ProbeTools): Promise<PreparedCases<FactValue<'asked-in-doubt'>> | Missing> {
  const { contract, organization, cases } = tools;
  if (contract.failure?.['output-needs-review'] === undefined)
    return missing(
      'undecided',
      'failure.output-needs-review: the clinical sponsor decides, usually a person who looks',
    );
  if (outsideTrigger(tools)?.inputs?.includes('family') !== true)
    return missing('no-ai-system', 'the event from outside names nobody, so that none of its callers can be in doubt');
  const patients = (organization.testData?.twins?.[0] ?? []).flatMap(
    (alias) => cases.patients().find((patient) => patient.alias === alias) ?? [],
  );
  const [one, other] = patients;
  if (one === undefined || other === undefined)
    return missing('no-test-object', 'testData.twins names no two test patients of one name and birth date');
  const records = await Promise.all([cases.proven(one), cases.proven(other)]);
  tools.cite(records.map(({ exchange }) => exchange));
  const [first, second] = records.map(({ patient }) => saidBy(patient, undefined));
  if (first === undefined || first['family'] !== second?.['family'] || first['birthDate'] !== second?.['birthDate'])
    return missing('no-test-object', 'the two patients of testData.twins differ in name or birth date');
  const { given: _, ...said } = first;
  return {
    cases: [{ patients: [one, other], said }],
    fact: (reactions, controls) => ({
      ...controls,
      cases: reactions.map(({ leaked: _leaked, ...reaction }) => ({
        doubt: 'look-alike' as const,
        wish: null,
        patients: [one.alias, other.alias],
        ...reaction,
      })),
    }),
  };
}
