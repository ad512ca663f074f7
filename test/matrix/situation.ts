import type { AiSystemName } from '../../src/sandbox/ai-systems/start.js';
import type { WorkflowName } from '../../src/sandbox/clinic/workflows.js';
import type { Deviation } from '../../src/sandbox/deviation.js';

/** What a run has around it; one clean run of each is what the deviations are compared with. */
export interface Situation {
  readonly workflow: WorkflowName;
  readonly peer: boolean;
  readonly aiSystem?: AiSystemName;
}

export const situationOf = ({ workflow, peer, aiSystem }: Deviation): Situation => ({
  workflow: workflow ?? 'scheduling',
  peer: peer === true,
  ...(aiSystem === undefined ? {} : { aiSystem }),
});

export const nameOf = ({ workflow, peer, aiSystem }: Situation): string =>
  [workflow, ...(peer ? ['peer'] : []), ...(aiSystem === undefined ? [] : [aiSystem])].join(' + ');
