import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

/** What reading the contract's resources showed. Subject: resource. */
export const readFacts = {
  /** Per field of the contract: in how many of the test resources it was there. */
  'field-presence': factKind(
    1,
    Type.Object({
      resources: count,
      fields: Type.Array(
        Type.Object({
          path: Type.String(),
          need: Type.Union([Type.Literal('must'), Type.Literal('should')]),
          present: count,
          /** Absent with a coded data-absent-reason. */
          absentWithReason: count,
          /** There, but an empty or blank text. */
          empty: count,
          wrongCodeSystem: count,
          wrongUnit: count,
          /** Share asked by the contract, 0 to 1. */
          share: Type.Number({ minimum: 0, maximum: 1 }),
        }),
      ),
    }),
  ),
};
