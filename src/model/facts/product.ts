import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });

/** What the product did when it was asked again, told again, or when the EHR changed under it. */
export const productFacts = {
  /** The product asked for one action more than once; living objects are counted, whatever it said. Subject: action. */
  'product-repeats': factKind(
    1,
    Type.Array(
      Type.Object({
        /**
         * `same-event`: one event told again, and twice at once. `lost-answer`: the answer to its create, or to its caller,
         * is lost and the event is told again. `other-words`: the same wish in another call.
         */
        way: Type.Enum(['same-event', 'lost-answer', 'other-words']),
        /** Trials that left an object at all; one that left none says nothing. */
        trials: count,
        /** Of these, with more than one. */
        breaches: count,
        /** Most objects of one trial. */
        objects: count,
        /** Of the further ones of that trial, those in a state that waits for staff. */
        flagged: count,
      }),
    ),
  ),
  /** One event told twice, and an older one told after it. Subject: trigger. */
  'event-replays': factKind(
    1,
    Type.Object({
      kind: Type.Enum(['external', 'ehr-event']),
      /** How often the same event was told. */
      told: count,
      /** Living objects it led to. */
      objects: count,
      /** Answers the product shows for it; null where it shows none. */
      answers: Type.Union([count, Type.Null()]),
      /** After an older change of the same object was told last; null where that was not tried. */
      afterOlder: Type.Union([
        Type.Object({
          /** The object of the event is as it was. */
          newestKept: Type.Boolean(),
          objects: count,
          answers: Type.Union([count, Type.Null()]),
        }),
        Type.Null(),
      ]),
    }),
  ),
  /** What the product did when its object changed while it was at work. Subject: action. */
  'mid-process': factKind(
    2,
    Type.Object({
      /** What the contract says of a version conflict; null where it says nothing. */
      behaviour: Type.Union([Type.String(), Type.Null()]),
      points: Type.Array(
        Type.Object({
          point: Type.Enum(['before-read', 'after-read', 'before-write']),
          /**
           * What became of its object: changed or cancelled by staff, or its slot taken by another visit; `merged`: its
           * patient's record says that another one stands in its place.
           */
          change: Type.Enum(['changed', 'cancelled', 'slot-taken', 'merged']),
          /** The product came to that point, so that the change was made. */
          met: Type.Boolean(),
          /**
           * `stopped`: it wrote nothing more. `read-again`: it read the new state and wrote. `stale`: it wrote without having
           * read it. `stale-undone`: the same, and took it back by itself.
           */
          result: Type.Enum(['stopped', 'read-again', 'stale', 'stale-undone']),
          /** Its own word for the outcome; null for none. */
          said: Type.Union([Type.String(), Type.Null()]),
          /** Meanwhile it sent the proxy something that was no request to its EHR. */
          detour: Type.Optional(Type.Literal(true)),
        }),
        { maxItems: 4 },
      ),
    }),
  ),
};
