import Type from 'typebox';
import { factKind } from '../fact.js';
import { environmentClasses } from '../outcome.js';

const orNull = Type.Union([Type.String(), Type.Null()]);

/** What earlier runs found, read from their folders with their chains intact. Subject: run. */
export const previousFacts = {
  /** Whether this run read and wrote what the contract names, with success; other organizations that have a file. */
  'run-coverage': factKind(
    1,
    Type.Object({ reads: Type.Boolean(), writes: Type.Boolean(), peers: Type.Array(Type.String()) }),
  ),
  'previous-runs': factKind(
    1,
    Type.Array(
      Type.Object({
        runId: Type.String(),
        startedAt: Type.String(),
        /** SHA-256 of the last line of its evidence. */
        evidenceSha256: Type.String(),
        contractId: Type.String(),
        contractVersion: orNull,
        organizationId: Type.String(),
        environmentId: Type.String(),
        environmentClass: Type.Enum([...environmentClasses]),
        /** FHIR types the contract named then. */
        resourceTypes: Type.Array(Type.String()),
        /** Something the contract names was read, and something written, with success. */
        reads: Type.Boolean(),
        writes: Type.Boolean(),
        /** Digest of the CapabilityStatement; null when none was read. */
        statementSha256: orNull,
        /** By check id, as this version judges the evidence. */
        outcomes: Type.Record(
          Type.String(),
          Type.Enum(['pass', 'warn', 'fail', 'not-measured', 'not-applicable', 'error']),
        ),
      }),
    ),
  ),
};
