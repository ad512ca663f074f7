import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });
const count = Type.Integer({ minimum: 0 });
const elements = Type.Array(Type.String({ pattern: '^_?[A-Za-z]{1,64}$' }), { maxItems: 100 });
/** A code of the contract. */
const state = Type.String({ maxLength: 100 });

/** What the record keeps of earlier versions, states and times, and whether it is there only once. Subject: action. */
export const recordKeepingFacts = {
  /** `_history` and one earlier version of an object that was changed twice. */
  'version-history': factKind(
    1,
    Type.Object({
      status,
      /** Versions this probe saw come into being. */
      made: count,
      /** Of these, entries of the history; and how many of them hold the resource. */
      listed: count,
      withContent: count,
      newestFirst: Type.Boolean(),
      withTimes: Type.Boolean(),
      /** Answer to reading that version by its id; absent where the server names no version. */
      versionStatus: Type.Optional(status),
      /** It holds what was read before the changes. */
      beforeByVersion: Type.Boolean(),
      /** The object itself is readable afterwards. */
      controlsHeld: Type.Boolean(),
    }),
  ),
  /** An object walked through the states of the contract. */
  'state-walk': factKind(
    1,
    Type.Object({
      steps: Type.Array(
        Type.Object({
          from: state,
          to: state,
          status,
          tries: Type.Integer({ minimum: 1, maximum: 3 }),
          serverErrors: count,
          /** Read again, the object is in the new state. */
          stored: Type.Boolean(),
          /**
           * Where the time of the step stands: in an element of its own, in `meta.lastUpdated` of a type that has no such
           * element, only in the version or the history of one that has, or nowhere.
           */
          time: Type.Union([
            Type.Literal('element'),
            Type.Literal('version'),
            Type.Literal('only-version'),
            Type.Literal('only-history'),
            Type.Literal('nowhere'),
          ]),
          /** Before (negative) or after the time between sending and the answer; 0 inside. */
          offMs: Type.Integer(),
          /** Business state, reason and people of the object that were lost. */
          lost: elements,
        }),
        { maxItems: 50 },
      ),
      /** A step the contract forbids; absent where it names none that starts in a state of the walk. */
      jump: Type.Optional(
        Type.Object({
          from: state,
          to: state,
          status,
          accepted: Type.Boolean(),
          /** An allowed step was taken just before and just after. */
          controlsHeld: Type.Boolean(),
        }),
      ),
      /** The object is readable at the end. */
      controlsHeld: Type.Boolean(),
    }),
  ),
  /** The contract's own sequence for something that is there already, asked for in other words. */
  'business-duplicate': factKind(
    1,
    Type.Object({
      sequence: Type.Union([Type.Literal('if-none-exist'), Type.Literal('search'), Type.Literal('slot')]),
      /** Answer to the second create; absent where the sequence found the first one and sent none. */
      status: Type.Optional(status),
      /** Living objects of the key afterwards. */
      objects: count,
      /** Of the second and further ones, those stored in another state than asked for, so that staff can see to them. */
      flagged: count,
    }),
  ),
  /** Two test patients of one name and birth date, looked for the way the contract does. */
  'patient-twins': factKind(
    1,
    Type.Object({
      /** For each of the two, what the search brings: empty where the contract looks for nobody by name. */
      found: Type.Array(
        Type.Union([Type.Literal('both'), Type.Literal('own'), Type.Literal('other'), Type.Literal('neither')]),
        { maxItems: 2 },
      ),
      /** What the contract says to do when two patients fit. */
      behaviour: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
    }),
  ),
  /** A bundle of one valid and one invalid entry, after one whose entries are all valid. */
  'bundle-outcome': factKind(
    1,
    Type.Object({
      /** What the contract's own bundle says it is. */
      declared: Type.Union([Type.Literal('transaction'), Type.Literal('batch')]),
      /** The whole valid bundle was accepted and stored. */
      controlsHeld: Type.Boolean(),
      status,
      tries: Type.Integer({ minimum: 1, maximum: 3 }),
      serverErrors: count,
      explained: Type.Boolean(),
      validStored: Type.Boolean(),
      invalidStored: Type.Boolean(),
    }),
  ),
};
