import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });

/** What happens when two writers meet. Subject: action. */
export const conflictFacts = {
  /** An update based on an outdated version, between two that are based on the current one. */
  'stale-update': factKind(
    1,
    Type.Object({
      status,
      newerDataKept: Type.Boolean(),
      explained: Type.Boolean(),
      /** Updates based on the current version are accepted just before and just after. */
      currentAccepted: Type.Boolean(),
    }),
  ),
  /** An update that states no version at all. */
  'unconditional-update': factKind(1, Type.Object({ status })),
};
