import type { ContractAction } from '../../model/documents/contract.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { ProbeTools } from '../probe.js';
import type { HardCase, PreparedCases } from './hard-cases.js';
import type { ProductCase } from './product-trial.js';
import { outsideTrigger } from './product-trial.js';

type Row = FactValue<'asked-in-doubt'>['cases'][number];
type Inputs = ProductCase['inputs'];

export const mostUnfit = 2;

/** The contract's word for what the action must never lead to; undefined where it has none. */
export const forbiddenWish = ({ states }: ContractAction): string | undefined => states?.forbidden?.[0];

/** Why wishes nothing good can be written for are not told; undefined where they are. */
export const whyNotUnfit = ({ contract }: Pick<ProbeTools, 'contract'>): Missing | undefined =>
  contract.failure?.['output-invalid'] === undefined
    ? missing('undecided', 'failure.output-invalid: the clinical sponsor decides, usually a person who looks')
    : undefined;

/**
 * Wishes of an ordinary patient for which no output can be good: one for a state which the contract forbids the action, in
 * the place of an action; and one for a time that ends before it begins.
 */
export function unfitCases(
  tools: ProbeTools,
  action: ContractAction,
): PreparedCases<FactValue<'asked-in-doubt'>> | Missing {
  const why = whyNotUnfit(tools);
  if (why !== undefined) return why;
  const patients = tools.cases.seriesPatients();
  const patient = patients[1] ?? patients[0];
  if (patient === undefined) return missing('no-test-object', 'no test patient is left');
  const wish = forbiddenWish(action);
  const inputs = outsideTrigger(tools)?.inputs ?? [];
  const ofPatient = { patients: [patient], said: {} };
  const all: readonly (readonly [Pick<Row, 'doubt' | 'wish'>, HardCase])[] = [
    ...(wish === undefined
      ? []
      : [
          [
            { doubt: 'off-policy', wish },
            { ...ofPatient, action: wish },
          ] as const,
        ]),
    ...(inputs.includes('from') && inputs.includes('to')
      ? [
          [
            { doubt: 'impossible', wish: null },
            { ...ofPatient, turned: endsFirst },
          ] as const,
        ]
      : []),
  ];
  if (all.length === 0)
    return missing('no-ai-system', 'the event from outside says nothing that the product could not do as it is asked');
  return {
    cases: all.map(([, hardCase]) => hardCase),
    fact: (reactions, controls) => ({
      ...controls,
      cases: reactions.flatMap(({ leaked: _leaked, ...reaction }, index) => {
        const told = all[index]?.[0];
        return told === undefined ? [] : [{ ...told, patients: [patient.alias], ...reaction }];
      }),
    }),
  };
}

const endsFirst = ({ from = '', to = '', ...others }: Inputs): Inputs => ({ ...others, from: to, to: from });
