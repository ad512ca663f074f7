import type { AiSystemName } from '../../src/sandbox/ai-systems/start.js';
import type { WorkflowName } from '../../src/sandbox/clinic/workflows.js';
import type { Deviation } from '../../src/sandbox/deviation.js';

/** What a run has around it; one clean run of each is what the deviations are compared with. */
export interface Situation {
  readonly workflow: WorkflowName;
  readonly peer: boolean;
  readonly previous?: boolean;
  readonly aiSystem?: AiSystemName;
}

export const situationOf = ({ workflow, peer, previous, aiSystem }: Deviation): Situation => ({
  workflow: workflow ?? 'scheduling',
  peer: peer === true,
  ...(previous === undefined ? {} : { previous }),
  ...(aiSystem === undefined ? {} : { aiSystem }),
});

export const nameOf = ({ workflow, peer, previous, aiSystem }: Situation): string =>
  [
    workflow,
    ...(peer ? ['peer'] : []),
    ...(previous === true ? ['previous'] : []),
    ...(aiSystem === undefined ? [] : [aiSystem]),
  ].join(' + ');
