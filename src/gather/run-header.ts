import type { EvidenceHeader } from '../model/evidence.js';
import type { RunDocuments } from './probe.js';
import type { RunFolder } from './run-folder.js';

type Basis = 'type' | 'schemaVersion' | 'runId' | 'tool' | 'startedAt' | 'operator' | 'environment' | 'inputs';

/** What stands first in the evidence of a run and of a recording alike: which tool, who, where, of which documents. */
export function headerBasis(
  {
    runId,
    header: { tool, operator },
    documents,
  }: {
    readonly runId: string;
    readonly header: Pick<EvidenceHeader, 'tool' | 'operator'>;
    readonly documents: Pick<RunDocuments, 'startedAt' | 'environment' | 'environmentId' | 'environmentClass'>;
  },
  folder: Pick<RunFolder, 'inputs'>,
): Pick<EvidenceHeader, Basis> {
  return {
    type: 'header',
    schemaVersion: 1,
    runId,
    tool,
    startedAt: documents.startedAt.toISOString(),
    operator,
    environment: {
      id: documents.environmentId,
      class: documents.environmentClass,
      origin: new URL(documents.environment.fhirBase).origin,
    },
    inputs: [...folder.inputs],
  };
}
