import Type from 'typebox';
import { factKind } from '../fact.js';

const orNull = Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]);

/** By which way the product hears of a change in the EHR. Subject: trigger. */
export const channelFacts = {
  /** What the documents ask of the channel, and what the organization allows. */
  'channel-demand': factKind(
    1,
    Type.Object({
      /** Tightest budget of the contract that starts with this event. */
      budgetMs: orNull,
      /** Period the organization declares for a poll. */
      everyMs: orNull,
      /** Requests per second that limits leave for a poll in its hours. */
      requestsPerSecond: orNull,
    }),
  ),
  /** Evidence the organization links for the channel; its dates of expiry, null where none is given. Attested. */
  'channel-evidence': factKind(1, Type.Array(Type.Union([Type.String(), Type.Null()]), { minItems: 1 })),
  /** The declared poll, asked once. */
  'poll-search': factKind(
    1,
    Type.Object({
      status: Type.Integer({ minimum: 100, maximum: 599 }),
      searchset: Type.Boolean(),
      /** Refused in strict handling, accepted when parameters may be ignored. */
      refusedWhenStrict: Type.Boolean(),
    }),
  ),
};
