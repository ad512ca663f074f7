import Type from 'typebox';
import { factKind } from '../fact.js';
import { productOutcomes } from '../product-outcomes.js';

const count = Type.Integer({ minimum: 0 });

/** What the product said to an event, and what the EHR holds since. */
const reaction = {
  /** Status of its answer; 0 where none came. */
  status: Type.Integer({ minimum: 0, maximum: 599 }),
  /** Its own word; null where it used none of those agreed. */
  outcome: Type.Union([Type.Enum([...productOutcomes]), Type.Null()]),
  tookMs: Type.Number({ minimum: 0 }),
  /** Living objects of the action which the EHR holds since, of the patients concerned or with the identifier of the case. */
  written: count,
};

/** The same product served an ordinary patient just before and just after, as the EHR shows. */
const controls = { servedBefore: Type.Boolean(), servedAfter: Type.Boolean() };

/** Cases in which a product has to stop, told to it as events from outside. Subject: run. */
export const hardCaseFacts = {
  /** Patients whose record lacks a field the contract calls a must. */
  'asked-with-gaps': factKind(
    1,
    Type.Object({
      ...controls,
      cases: Type.Array(
        Type.Object({
          /** Alias of the test patient. */
          patient: Type.String(),
          /** Path of the contract. */
          field: Type.String(),
          state: Type.Enum(['absent', 'absent-with-reason', 'empty']),
          ...reaction,
        }),
        { minItems: 1 },
      ),
    }),
  ),
  /** Records the product may not see, shown to exist by somebody else. */
  'asked-without-access': factKind(
    2,
    Type.Object({
      ...controls,
      cases: Type.Array(
        Type.Object({
          patient: Type.String(),
          /**
           * Who keeps it from the product. `another-site`: the EHR keeps the patient back, `label`: it keeps back the
           * labelled record the event is about. `proxy`: the proxy answers every request for the patient with `refusedWith`.
           */
          keptBackBy: Type.Enum(['another-site', 'label', 'proxy']),
          /** Requests of the product which the proxy answered so; null where the EHR itself keeps the record back. */
          met: Type.Union([count, Type.Null()]),
          /** Answer to whoever asks for it with the product's right. */
          refusedWith: Type.Integer({ minimum: 100, maximum: 599 }),
          shownBefore: Type.Boolean(),
          shownAfter: Type.Boolean(),
          /** Something of the record that the caller had not said stood in the product's answer. */
          leaked: Type.Boolean(),
          /** The EHR gave the product the record all the same; null where no proxy stood between them. */
          opened: Type.Union([Type.Boolean(), Type.Null()]),
          ...reaction,
        }),
        { minItems: 1 },
      ),
    }),
  ),
  /** Wishes nothing good can be written for: a person has to see them. */
  'asked-in-doubt': factKind(
    2,
    Type.Object({
      ...controls,
      cases: Type.Array(
        Type.Object({
          /**
           * `look-alike`: a caller who is one of two patients of the same name and birth date. `off-policy`: something the
           * contract does not have. `impossible`: a time that ends before it begins, for which no valid object exists.
           */
          doubt: Type.Enum(['look-alike', 'off-policy', 'impossible']),
          /** What it was asked to do, a word of the contract; null where that is nothing special. */
          wish: Type.Union([Type.String(), Type.Null()]),
          /** Aliases of those it may be about. */
          patients: Type.Array(Type.String(), { minItems: 1, maxItems: 2 }),
          ...reaction,
        }),
        { minItems: 1 },
      ),
    }),
  ),
  /** Drafts for which nobody asked a person until the time of the review was over. Subject: run. */
  'review-expiry': factKind(
    1,
    Type.Array(
      Type.Object({
        /** Id of the contract's action. */
        action: Type.String(),
        deadlineMs: Type.Number({ minimum: 0 }),
        /**
         * What the EHR holds afterwards. `draft`: as it was. `committed`: it counts although nobody has looked. `gone`: it is
         * not there any more, or does not live.
         */
        left: Type.Enum(['draft', 'committed', 'gone']),
      }),
    ),
  ),
  /** The product switched off by the tool, asked, and switched on again. */
  'switch-drill': factKind(
    1,
    Type.Object({
      ...controls,
      /** What the switch answered. */
      offDone: Type.Boolean(),
      onDone: Type.Boolean(),
      /** From asking for the stop to its answer. */
      stopMs: Type.Number({ minimum: 0 }),
      ...reaction,
    }),
  ),
};
