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
  /** Patients the AI system's client may not see, shown to exist by another context. */
  'asked-without-access': factKind(
    1,
    Type.Object({
      ...controls,
      cases: Type.Array(
        Type.Object({
          patient: Type.String(),
          /** Answer to the AI system's client that asks for the patient. */
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
  /** Callers who are one of two patients of the same name and birth date. */
  'asked-in-doubt': factKind(
    1,
    Type.Object({
      ...controls,
      cases: Type.Array(
        Type.Object({ patients: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), ...reaction }),
        { minItems: 1 },
      ),
    }),
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
