import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });

/** Who may end the review of an action. Subject: action. */
export const reviewFacts = {
  promotion: factKind(
    1,
    Type.Union([
      Type.Object({ way: Type.Literal('undecided') }),
      /** On a simulator: moved to its committed state, by the AI system's client first, then by a reviewer. */
      Type.Object({
        way: Type.Literal('tried'),
        /** Answers to the AI system's client, one for each interaction it tried. */
        machine: Type.Array(status, { minItems: 1 }),
        /** The object was in its committed state when read again. */
        machineCommitted: Type.Boolean(),
        /** The same client reads the object just before and just after. */
        controlsHeld: Type.Boolean(),
        /** Absent where no context of the reviewing role may change it. */
        reviewer: Type.Optional(
          Type.Object({
            status,
            committed: Type.Boolean(),
            /** Who stands as authenticator, attester or author then. */
            signer: Type.Union([Type.Literal('human'), Type.Literal('machine'), Type.Literal('nobody')]),
          }),
        ),
      }),
      /** Elsewhere nothing is ever finalised: what the scopes would allow. */
      Type.Object({
        way: Type.Literal('stated'),
        /** The AI system's token holds the right to change objects of the type. */
        mayUpdate: Type.Boolean(),
      }),
    ]),
  ),
};
