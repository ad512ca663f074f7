import Type from 'typebox';
import { factKind } from '../fact.js';

const bound = Type.Union([Type.Number(), Type.Null()]);

/** How far the clocks of other systems are from this machine's. Subject: run. */
export const clockFacts = {
  'clock-offsets': factKind(
    1,
    Type.Array(
      Type.Object({
        system: Type.Enum(['ehr', 'authorization-server', 'ai-system', 'other-organization']),
        /** What told the time: the header Date, `meta.lastUpdated` of what the run created, a notice, MSH-7 of a message. */
        source: Type.Enum(['date', 'record', 'notice', 'message']),
        readings: Type.Integer({ minimum: 1 }),
        /**
         * The clock is at least and at most so many milliseconds ahead of ours; negative: behind. Null: no bound on that
         * side. The first is above the second where no one offset explains every reading.
         */
        atLeastMs: bound,
        atMostMs: bound,
      }),
      { maxItems: 24 },
    ),
  ),
};
