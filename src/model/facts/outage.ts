import Type from 'typebox';
import { factKind } from '../fact.js';
import { productOutcomes } from '../product-outcomes.js';

const count = Type.Integer({ minimum: 0 });
const countOrNull = Type.Union([count, Type.Null()]);
/** The product's word for the outcome; null for none. */
const word = Type.Union([Type.Enum([...productOutcomes]), Type.Null()]);

/** What a product does while its EHR cannot be used. */
export const outageFacts = {
  /** The product asked for an action while the proxy plays an EHR that is down, and again afterwards. Subject: run. */
  'ehr-outage': factKind(
    1,
    Type.Object({
      /** What the contract says for an EHR that is not available. */
      behaviour: Type.String(),
      /** How long that may take; null where the contract says nothing. */
      withinMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      /** How long a stalled request went unanswered at the most. */
      stallMs: count,
      /** Asked with nothing wrong, the product left one object: before the trials, between those of reading and of writing, after them. */
      controls: Type.Object({ before: Type.Boolean(), between: Type.Boolean(), after: Type.Boolean() }),
      trials: Type.Array(
        Type.Object({
          fault: Type.Enum(['refuse', 'stall', '500', 'truncated', 'wrong-content', 'expired-token']),
          during: Type.Enum(['read', 'write']),
          /** Requests of the product that met the fault. */
          met: count,
          answeredMs: count,
          /** While the fault lasted. */
          said: word,
          /** The same event told once more, the fault being over. */
          saidAgain: word,
          /** Living objects. */
          objects: Type.Object({
            /** While the fault lasted; null where the product claimed none. */
            whileDown: countOrNull,
            /** With the fault over and before the event was told again; null where the contract asks for no retry. */
            byItself: countOrNull,
            /** In the end. */
            askedAgain: count,
          }),
        }),
        { maxItems: 12 },
      ),
    }),
  ),
};
