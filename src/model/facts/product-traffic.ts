import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

/** A change that was refused because of what had happened to its object meanwhile, and what the product did next. */
const refusals = Type.Object({
  /** 412, or 409, which may mean a lock or a rule as well. */
  status: Type.Enum([409, 412]),
  /** The proxy answered in the place of the EHR: nothing had happened to the object. */
  injected: Type.Boolean(),
  refused: count,
  /** It read the object before anything else it did to it. */
  readAgain: count,
  /** It sent a change of the object without having read it. */
  sentAgain: count,
  /** Of these, the EHR took a change that named no version: whatever had happened to the object may be undone. */
  taken: count,
  /** Of these, the EHR took a change that named a version the recording does not show it read; it may know that from elsewhere. */
  takenByVersion: count,
  /** It did nothing more to the object. */
  left: count,
});

/** What the product's requests through the proxy show of its habits. Counted over all of them; nobody provoked any. Subject: run. */
export const productTrafficFacts = {
  /** How the product writes, by the type of what it writes. */
  'product-writing': factKind(
    1,
    Type.Array(
      Type.Object({
        resourceType: Type.String(),
        creates: count,
        /** Creates with If-None-Exist, and further ones with a business identifier. */
        conditional: count,
        identified: count,
        /** PUT, PATCH and DELETE of one object. */
        changes: count,
        /** Of these, with a version in If-Match. */
        guarded: count,
        /** Of objects that nothing before had brought to it, as far as the recording goes back. */
        unread: count,
        /** Of objects it had last read more than a minute before. */
        readLongBefore: count,
        /** Longest time between the last reading of an object and its change, in milliseconds; 0 where none was read. */
        longestMs: Type.Number({ minimum: 0 }),
        refusals: Type.Array(refusals, { maxItems: 4 }),
      }),
      { maxItems: 60 },
    ),
  ),
  /** Requests that met a fault of the proxy, or got no answer, and what came of them. */
  'product-faults': factKind(
    1,
    Type.Array(
      Type.Object({
        /** Name of the fault; `no-answer` for what got none without one. */
        fault: Type.String(),
        interaction: Type.Enum(['read', 'search', 'write', 'discovery']),
        /** FHIR type in the path; absent where there is none. */
        resourceType: Type.Optional(Type.String()),
        met: count,
        /** Of these, the EHR had done its work. */
        stored: count,
        /** The same request, or a create of what has the same identifiers, was sent again and answered well in the end. */
        done: count,
        /** The product looked for something of that type before it sent anything of that type again. */
        lookedFirst: count,
        /** An answer brought it what the EHR had made of it. */
        found: count,
        /** Nothing like it was sent again. */
        left: count,
        /** A create the EHR had done and did once more for the same; what the product itself changed or deleted later aside. */
        storedTwice: count,
      }),
      { maxItems: 200 },
    ),
  ),
};
