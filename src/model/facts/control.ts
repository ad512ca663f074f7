import Type from 'typebox';
import { factKind } from '../fact.js';

const control = Type.Union([
  Type.Literal('noOverwrite'),
  Type.Literal('noDuplicate'),
  Type.Literal('reviewGate'),
  Type.Literal('undo'),
  Type.Literal('siteLimit'),
  Type.Literal('workflowLimit'),
]);

/** Trials and drills of controls that the product or a person holds. */
export const controlFacts = {
  /** Provoked trials of a control the product says it holds. */
  'product-trials': factKind(
    1,
    Type.Array(
      Type.Object({
        control,
        trials: Type.Integer({ minimum: 0 }),
        breaches: Type.Integer({ minimum: 0 }),
        /** Longest time seen between the product's last read and its write (noOverwrite only). */
        raceWindowMs: Type.Optional(Type.Number({ minimum: 0 })),
      }),
    ),
  ),
  /** Drafts of the product for which nobody has asked a person yet. Subject: action. */
  'product-drafts': factKind(
    1,
    Type.Object({
      /** Events the product was told of. */
      told: Type.Integer({ minimum: 1 }),
      /** Of the objects it made for them, those found in the EHR; and those in a state that counts already. */
      drafts: Type.Integer({ minimum: 1 }),
      committed: Type.Integer({ minimum: 0 }),
    }),
  ),
  /** Drills of a control a person holds. */
  'person-drills': factKind(
    1,
    Type.Array(Type.Object({ control, drills: Type.Integer({ minimum: 0 }), missed: Type.Integer({ minimum: 0 }) })),
  ),
};
