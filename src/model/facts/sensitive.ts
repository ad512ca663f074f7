import Type from 'typebox';
import { factKind } from '../fact.js';

const seen = Type.Enum(['refused', 'hidden', 'unusual', 'nothing', 'data', 'fault']);
const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** What one client got when it read or searched for one prepared record. */
const sight = Type.Object({
  status: Type.Integer({ minimum: 100, maximum: 599 }),
  seen,
  /** It came with the label the organization file states, or as restricted; null when it did not come. */
  labelled: orNull(Type.Boolean()),
  /** The bundle around it says how confidential its content is; null when no labelled record came in one. */
  bundleLabelled: orNull(Type.Boolean()),
});

/** Records the organization marked as sensitive or kept back. Subject: run. */
export const sensitiveFacts = {
  'sensitive-records': factKind(
    1,
    Type.Object({
      /** The AI system's client could read a test patient before and after. */
      allowedBefore: Type.Boolean(),
      allowedAfter: Type.Boolean(),
      records: Type.Array(
        Type.Object({
          /** Type, alias and what protects it: `DocumentReference of restricted, labelled PSY`. */
          name: Type.String(),
          /** Code the organization file states. */
          label: orNull(Type.String()),
          /** A consent is stated that denies it: whether one that denies something was read, null when it could not be read. */
          consent: orNull(Type.Object({ denies: orNull(Type.Boolean()) })),
          /** By a context of the staff; null when none can read it. */
          staff: Type.Array(sight),
          /** By the AI system's client: read, then search. */
          ai: Type.Array(sight),
        }),
      ),
    }),
  ),
};
