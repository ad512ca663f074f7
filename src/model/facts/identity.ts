import Type from 'typebox';
import { factKind } from '../fact.js';

/** Under whose name things are done. Subject: run. */
export const identityFacts = {
  /**
   * Who signs in as whom, as the organization files say: one entry for each person and each backend client, with every
   * context that uses it. Names of references and clients are left out.
   */
  logins: factKind(
    1,
    Type.Array(
      Type.Object({
        /** A person's user name and password or the like, or a service that signs in by itself. */
        of: Type.Enum(['person', 'client']),
        holders: Type.Array(
          Type.Object({
            organization: Type.String(),
            /** Id of the context; of a client that stands in none, the id of its binding. */
            context: Type.String(),
            binding: Type.String(),
            role: Type.String(),
          }),
        ),
      }),
    ),
  ),
  /** Whom the audit log names for the accesses of each client of the run. */
  'agents-in-log': factKind(
    1,
    Type.Object({
      source: Type.Enum(['fhir-auditevent', 'file']),
      bindings: Type.Array(
        Type.Object({
          binding: Type.String(),
          /** Accesses of it that were found in the log. */
          records: Type.Integer({ minimum: 0 }),
          /** Digests of the names that stand in every one of these records, sorted. */
          agents: Type.Array(Type.String()),
          /** Contexts whose person is named in at least one of them. */
          people: Type.Array(Type.String()),
        }),
      ),
    }),
  ),
};
