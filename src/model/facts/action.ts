import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 100, maximum: 599 });
const count = Type.Integer({ minimum: 0 });
/** Element names of the resource, no values. */
const elements = Type.Array(Type.String({ pattern: '^_?[A-Za-z]{1,64}$' }), { maxItems: 100 });
const tries = Type.Integer({ minimum: 1, maximum: 3 });

/** What performing the contract's actions showed. Subject: action. */
export const actionFacts = {
  /** The contract's create, and what a later read gives back. */
  'create-outcome': factKind(
    1,
    Type.Object({
      /** Of the last try. */
      status,
      tries,
      /** Tries answered with a server error, nothing having been stored by them. */
      serverErrors: count,
      explained: Type.Boolean(),
      location: Type.Union([
        Type.Literal('own'),
        Type.Literal('relative'),
        /** At another host, type or object. */
        Type.Literal('elsewhere'),
        Type.Literal('absent'),
      ]),
      /** The answer holds the resource. */
      representation: Type.Boolean(),
      /** The answer names a version: ETag, Location or meta. */
      versioned: Type.Boolean(),
      foundBy: Type.Union([Type.Literal('answer'), Type.Literal('search'), Type.Literal('nothing')]),
      /** Elements of the contract's body, compared as sent and as read again. */
      normalised: elements,
      dropped: elements,
      changed: elements,
      /** The same session reads a test patient just before and just after. */
      controlsHeld: Type.Boolean(),
    }),
  ),
  /** One element changed on the current version, by the action itself or by its undo. */
  'change-outcome': factKind(
    1,
    Type.Object({
      method: Type.Union([Type.Literal('PATCH'), Type.Literal('PUT')]),
      part: Type.Union([Type.Literal('action'), Type.Literal('undo')]),
      status,
      tries,
      serverErrors: count,
      explained: Type.Boolean(),
      /** The element has the new value when read again. */
      applied: Type.Boolean(),
      /** The version read again differs from the one before. */
      newVersion: Type.Boolean(),
      /** Other elements that are gone or changed afterwards. */
      lost: elements,
      narrativeDropped: Type.Boolean(),
      /** Answer to a PUT of the same change, tried after a refused PATCH. */
      putStatus: Type.Optional(status),
      putApplied: Type.Optional(Type.Boolean()),
      /** The object is readable just before and just after. */
      controlsHeld: Type.Boolean(),
    }),
  ),
  /** A draft, read again by its author and by staff. */
  'draft-state': factKind(
    1,
    Type.Union([
      Type.Object({ state: Type.Literal('undecided') }),
      /** The create was refused and the answer blames the state. */
      Type.Object({ state: Type.Literal('refused'), status, controlsHeld: Type.Boolean() }),
      Type.Object({
        state: Type.Union([Type.Literal('kept'), Type.Literal('final'), Type.Literal('other'), Type.Literal('absent')]),
        /** The state the staff context reads; `not-seen` when it cannot read the object. */
        staff: Type.Union([
          Type.Literal('kept'),
          Type.Literal('final'),
          Type.Literal('other'),
          Type.Literal('absent'),
          Type.Literal('not-seen'),
        ]),
        /** A consumer's own search shows it in a final state. */
        consumerSeesFinal: Type.Boolean(),
      }),
    ]),
  ),
  /** Objects counted after the contract's own sequence ran more than once for one business key. */
  'retry-objects': factKind(
    1,
    Type.Union([
      Type.Object({ sequence: Type.Literal('undecided') }),
      /** A change of an existing object, sent again as it was. */
      Type.Object({ sequence: Type.Literal('change'), sameContent: Type.Boolean() }),
      Type.Object({
        sequence: Type.Union([Type.Literal('if-none-exist'), Type.Literal('search'), Type.Literal('slot')]),
        /** After an answer the client never saw and the retry. */
        afterLostAnswer: count,
        /** The connection was really cut before the answer; otherwise the answer was thrown away. */
        cut: Type.Boolean(),
        /** After the sequence ran once more. Not tried when there were two already. */
        afterRepeat: Type.Optional(count),
        /** Another key, two at once. Not tried where nothing can be undone through the API. */
        inParallel: Type.Optional(count),
      }),
    ]),
  ),
  /** The declared undo, performed on an object prepared for it. */
  'undo-outcome': factKind(
    1,
    Type.Union([
      Type.Object({ by: Type.Union([Type.Literal('undecided'), Type.Literal('none'), Type.Literal('person')]) }),
      Type.Object({
        by: Type.Union([Type.Literal('patch'), Type.Literal('update'), Type.Literal('delete'), Type.Literal('create')]),
        status,
        tries,
        serverErrors: count,
        explained: Type.Boolean(),
        /** Read again: in the declared state, clearly marked otherwise, not there any more, or still live. */
        result: Type.Union([
          Type.Literal('as-declared'),
          Type.Literal('marked'),
          Type.Literal('gone'),
          Type.Literal('live'),
        ]),
        /** The contract's own search still shows the object as live. */
        stillListed: Type.Boolean(),
        /** Where it held a slot and the undo should free it. */
        slotFreed: Type.Optional(Type.Boolean()),
        durationMs: Type.Number({ minimum: 0 }),
        controlsHeld: Type.Boolean(),
      }),
    ]),
  ),
};
