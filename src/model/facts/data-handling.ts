import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

const searches = {
  resourceType: Type.String(),
  searches: count,
  rows: count,
  /** Rows of the type asked for, each once, of listed test patients or of nobody. */
  needed: count,
  /** Needed rows whose date lies outside the range that was asked for. */
  outsideRange: count,
  /** Types that came along unasked. */
  otherTypes: Type.Array(Type.String()),
};

/**
 * Why the proxy took a request for none to the EHR behind it. `connect`, `absolute-form`, `host`: it was to go elsewhere.
 * `target`: out of the EHR's base. `method`, `upgrade`: another way to speak. `framing`, `unreadable`: no clear HTTP.
 */
export const refusalKinds = [
  'connect',
  'absolute-form',
  'host',
  'target',
  'method',
  'upgrade',
  'framing',
  'unreadable',
] as const;
export type RefusalKind = (typeof refusalKinds)[number];

/** Where patient data turned up, and how much of them came. Counted over the exchanges of the run. Subject: run. */
export const dataHandlingFacts = {
  /** Places in which the canary of a test patient was found that are no record of that patient. */
  'canaries-seen': factKind(
    1,
    Type.Object({
      /** Records of test patients in which the same search found the canary it had to find. */
      controls: count,
      exchanges: count,
      /** Answers of 400 and above, or an OperationOutcome, that were searched. */
      errors: count,
      /** Answers to requests without a sign-in. */
      unsigned: count,
      found: Type.Array(
        Type.Object({
          place: Type.Enum([
            /** The address of a request the tool sent. */
            'sent-address',
            /** `Location`, `Content-Location` or a `next` link. */
            'given-address',
            'cookie',
            'header',
            /** An error page or an OperationOutcome, to a client that is signed in. */
            'error',
            /** Anything at all to somebody who is not signed in. */
            'unsigned-answer',
          ]),
          /** Whose address it is. `clear-text`: http outside loopback. */
          of: Type.Enum(['listed', 'stranger', 'clear-text']),
          times: count,
          /** Whose canary came first, by alias. */
          whose: Type.String(),
        }),
      ),
    }),
  ),
  /** One read of a test patient without a sign-in. */
  'unsigned-reading': factKind(1, Type.Object({ status: Type.Integer({ minimum: 100, maximum: 599 }) })),
  /** What the contract's own searches brought, by the type asked for. */
  'contract-searches': factKind(1, Type.Array(Type.Object(searches))),
  /** What the product itself asked the EHR for, as the proxy saw it, by the type asked for. */
  'product-reading': factKind(
    1,
    Type.Object({
      /** All its requests to the EHR. */
      requests: count,
      types: Type.Array(
        Type.Object({
          ...searches,
          /** Single resources it read by their id. */
          reads: count,
          /** Searches that asked for some elements only (`_elements`, `_summary`). */
          narrowed: count,
        }),
      ),
      /** Operations that give a whole record or everything there is: `$everything`, `$export`. */
      wholeRecords: Type.Array(Type.String()),
    }),
  ),
  /** Requests of the product, as the proxy saw them, whose address holds the canary of a test patient. */
  'product-addresses': factKind(
    1,
    Type.Object({
      requests: count,
      withCanary: count,
      /** Records of test patients the product was given in which the same search found the canary it had to find. */
      controls: count,
      /** Requests with parameters in the address that tell who somebody is (name, birth date, telephone …), whatever they say. */
      telling: count,
      /** Whose canary came first, by alias. */
      whose: Type.Optional(Type.String()),
      /** Names of the parameters it stood in, at most 20. */
      parameters: Type.Array(Type.String()),
    }),
  ),
  /** Requests of the product that the proxy passed nowhere, because they were none for the EHR behind it. */
  'product-refusals': factKind(
    1,
    Type.Object({
      /** All it sent that was no wrong path, those passed on among them. */
      requests: count,
      refused: count,
      kinds: Type.Array(Type.Object({ why: Type.Enum([...refusalKinds]), times: count })),
      /** Hosts it wanted to reach so, at most 10, with the requests that named them. */
      hosts: Type.Array(
        Type.Object({
          host: Type.String(),
          /** The organization file names it. */
          listed: Type.Boolean(),
          times: count,
          /** Of these, with the canary of a test patient in the address. */
          withCanary: count,
          /** Whose canary came first, by alias. */
          whose: Type.Optional(Type.String()),
        }),
        { maxItems: 10 },
      ),
    }),
  ),
};
