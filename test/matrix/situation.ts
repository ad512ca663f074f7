import type { ProductName } from '../../src/sandbox/ai-systems/start-order-advisor.js';
import type { WorkflowName } from '../../src/sandbox/clinic/workflows.js';
import { type Deviation, isAnotherProduct } from '../../src/sandbox/deviation.js';

/** What a run has around it; one clean run of each is what the deviations are compared with. */
export interface Situation {
  readonly workflow: WorkflowName;
  readonly peer: boolean;
  readonly previous?: boolean;
  readonly aiSystem?: ProductName;
}

const goodProduct: Readonly<Record<WorkflowName, ProductName>> = {
  scheduling: 'integrated',
  documentation: 'scribe',
  'prior-authorization': 'tracker',
};

export const situationOf = (deviation: Deviation): Situation => {
  const { workflow, peer, previous } = deviation;
  // Another product is compared with the good one.
  const good = goodProduct[workflow ?? 'scheduling'];
  const aiSystem = isAnotherProduct(deviation) ? good : deviation.aiSystem;
  return {
    workflow: workflow ?? 'scheduling',
    peer: peer === true,
    ...(previous === undefined ? {} : { previous }),
    ...(aiSystem === undefined ? {} : { aiSystem }),
  };
};

export const nameOf = ({ workflow, peer, previous, aiSystem }: Situation): string =>
  [
    workflow,
    ...(peer ? ['peer'] : []),
    ...(previous === true ? ['previous'] : []),
    ...(aiSystem === undefined ? [] : [aiSystem]),
  ].join(' + ');
