import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

/** What happened when the EHR asked for less: 429, and 503 that names a time to come back. Subject: run. */
export const throttlingFacts = {
  throttling: factKind(
    1,
    Type.Array(
      Type.Object({
        who: Type.Union([Type.Literal('tool'), Type.Literal('ai-system')]),
        /** Requests altogether. */
        requests: count,
        throttled: count,
        /** Of these, answers with a readable Retry-After. */
        withRetryAfter: count,
        /** Asked again before the time named, or at once where none was. */
        early: count,
        /** Asked again and answered otherwise. */
        completed: count,
        /** Never asked again, or refused to the last. */
        abandoned: count,
      }),
      { minItems: 1 },
    ),
  ),
  /** One thing the product was asked for while it was answered 429. Subject: run. */
  'throttled-work': factKind(
    1,
    Type.Object({
      /** Requests of the product that met the 429. */
      met: Type.Integer({ minimum: 1 }),
      /** What it was asked for was there afterwards. */
      done: Type.Boolean(),
    }),
  ),
};
