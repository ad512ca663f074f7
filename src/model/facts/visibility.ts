import Type from 'typebox';
import { factKind } from '../fact.js';

/** Where staff and others find what an action wrote. Subject: action. */
export const visibilityFacts = {
  /** The contract's own searches, run by those who are to see the object. */
  'staff-view': factKind(
    1,
    Type.Object({
      views: Type.Array(
        Type.Object({
          /** A role, or a consumer as `visibleTo` names it; `staff` where it names no role that can sign in. */
          who: Type.String(),
          kind: Type.Union([Type.Literal('staff'), Type.Literal('consumer')]),
          sees: Type.Union([
            Type.Literal('as-written'),
            /** The object, in another state than the action left it in. */
            Type.Literal('other-state'),
            /** Not there, between two reads of the same session that worked. */
            Type.Literal('nothing'),
            /** Refused, unfinished, or without such a control. */
            Type.Literal('unknown'),
          ]),
        }),
      ),
      /** Roles named in `visibleTo` which no session stands for. */
      notLookedAs: Type.Array(Type.String()),
    }),
  ),
  /** Digests of the one-time words in the objects a person may look for. */
  'one-time-words': factKind(1, Type.Object({ digests: Type.Array(Type.String()) })),
};
