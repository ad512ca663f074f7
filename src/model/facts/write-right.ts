import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });

/** Whether an action may be written at all, and what is refused when it is wrong. Subject: action. */
export const writeRightFacts = {
  /** The right the interaction takes, against the scopes of the AI system's token. */
  'write-right': factKind(
    1,
    Type.Object({
      /** SMART letter: create, update, delete. */
      letter: Type.Enum(['c', 'u', 'd']),
      granted: Type.Boolean(),
      /** The sign-in asked for it. */
      requested: Type.Boolean(),
    }),
  ),
  /**
   * What the documents state about a way that is no FHIR interface: steps the organization wrote down, and evidence with
   * its dates of expiry, null where none is given. Attested.
   */
  'path-evidence': factKind(
    1,
    Type.Object({ stepsStated: Type.Boolean(), expires: Type.Array(Type.Union([Type.String(), Type.Null()])) }),
  ),
  /** Writes with one fault each, between two that are right. */
  'invalid-writes': factKind(
    1,
    Type.Object({
      validBefore: Type.Boolean(),
      validAfter: Type.Boolean(),
      trials: Type.Array(
        Type.Object({
          fault: Type.Enum(['missing-element', 'unknown-code', 'no-such-patient', 'past-dated']),
          /** Of the last try. */
          status,
          /** Tries answered with a server error while nothing was stored. */
          serverErrors: Type.Integer({ minimum: 0, maximum: 3 }),
          explained: Type.Boolean(),
          /** The answer names the element at fault. */
          namesElement: Type.Boolean(),
          stored: Type.Boolean(),
        }),
      ),
    }),
  ),
};
