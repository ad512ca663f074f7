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
  /** Drills of a control a person holds. */
  'person-drills': factKind(
    1,
    Type.Array(Type.Object({ control, drills: Type.Integer({ minimum: 0 }), missed: Type.Integer({ minimum: 0 }) })),
  ),
};
