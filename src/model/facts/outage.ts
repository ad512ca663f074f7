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
  /**
   * The product asked for an action that takes two writes, the second of which the proxy refuses. Subject: the action of the
   * second.
   */
  'partial-write': factKind(
    1,
    Type.Object({
      /** How long half of it may stand without a word; null where the contract says nothing. */
      withinMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      /** Asked with nothing wrong, the product did both. */
      controls: Type.Object({ before: Type.Boolean(), after: Type.Boolean() }),
      trials: Type.Array(
        Type.Object({
          fault: Type.Enum(['500', 'refuse', '412']),
          /** Refused attempts at the second write after the first one was stored; 0 where it did not come to that. */
          met: count,
          said: word,
          /** From the first refusal to the answer. */
          answeredMs: count,
          /** What stood in the end, as the EHR shows it. */
          left: Type.Enum(['nothing', 'half', 'all']),
          /** How long after the first refusal only one of the two was last seen; null where that was never seen. */
          halfSeenMs: countOrNull,
        }),
        { maxItems: 3 },
      ),
    }),
  ),
};
