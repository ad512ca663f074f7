import Type from 'typebox';
import { factKind } from '../fact.js';
import { warningSigns } from '../warning-signs.js';

const orNull = Type.Union([Type.String(), Type.Null()]);

/** Single statements of the organization file, in the points a check asks for. Nobody read the documents behind them. Subject: run. */
export const statementFacts = {
  /** What is stated of the EHR's audit log; durations in milliseconds, dates YYYY-MM-DD, null where nothing is said. */
  'log-retention': factKind(
    1,
    Type.Object({
      owner: orNull,
      expires: orNull,
      keptForMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      shorterBecause: orNull,
      appendOnly: Type.Union([Type.Boolean(), Type.Null()]),
      readBy: orNull,
      reviewedEveryMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      disclosures: orNull,
      clock: orNull,
    }),
  ),
  /** What stands behind the connection to the EHR: a letter, a listing, and the product they are for. */
  'connection-claim': factKind(
    1,
    Type.Object({
      vendor: orNull,
      product: orNull,
      version: orNull,
      chplProductNumber: orNull,
      letter: Type.Union([Type.Object({ owner: orNull, expires: orNull }), Type.Null()]),
      listing: Type.Union([Type.Object({ direction: orNull, status: orNull, date: orNull }), Type.Null()]),
    }),
  ),
  /** The signs of a project that drifts, as somebody answered them; what was spent against what was planned. */
  'delivery-signs': factKind(
    1,
    Type.Object({
      signs: Type.Array(
        Type.Object({
          sign: Type.Enum([...warningSigns]),
          answer: Type.Union([Type.Enum(['yes', 'no']), Type.Null()]),
          owner: orNull,
          date: orNull,
        }),
      ),
      spend: Type.Union([Type.Object({ planned: Type.Number(), actual: Type.Number() }), Type.Null()]),
    }),
  ),
  /** The latest value of each metric of the contract's `success`; dates YYYY-MM-DD. */
  'pilot-metrics': factKind(
    1,
    Type.Array(
      Type.Object({
        metric: Type.String(),
        baseline: Type.Union([Type.Number(), Type.Null()]),
        latest: Type.Union([Type.Number(), Type.Null()]),
        source: orNull,
        date: orNull,
      }),
    ),
  ),
};
