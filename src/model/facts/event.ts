import Type from 'typebox';
import { factKind } from '../fact.js';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const count = Type.Integer({ minimum: 0 });
const status = Type.Integer({ minimum: 100, maximum: 599 });
const style = Type.Enum(['r4-rest-hook', 'r5-backport']);
const payload = Type.Enum(['empty', 'id-only', 'full-resource']);
/** State of a Subscription, where it is one of R4's. */
const state = orNull(Type.Enum(['requested', 'active', 'error', 'off']));

/**
 * What became of a Subscription that should have been refused: `refused` by the answer, `error` by its state, `changed`
 * when the part in question was left out of what was stored, `kept` as it was sent.
 */
const rejection = Type.Object({ status, outcome: Type.Enum(['refused', 'error', 'changed', 'kept']) });

/** Events the EHR tells of. Subject: trigger. */
export const eventFacts = {
  /** One Subscription to the trigger's event, made with the AI system's client, and one caused event. */
  'subscription-trial': factKind(
    1,
    Type.Object({
      style,
      payload,
      simulator: Type.Boolean(),
      /** The answer to the create, and the state it showed. */
      created: Type.Object({ status, state }),
      /** State when it was waited for no longer. */
      settled: state,
      /** Payload content of the Subscription as stored, where it says so. */
      storedPayload: orNull(payload),
      /** Requests that reached the listener, whoever sent them, and those without the configured header. */
      arrived: count,
      withoutHeader: count,
      /** The EHR runs on the machine of the listener. */
      sameMachine: Type.Boolean(),
      /** Null where the style has none. */
      handshake: orNull(Type.Boolean()),
      /** The notification of the caused event; null when no event could be caused. */
      event: orNull(
        Type.Object({
          /** How often it came. */
          times: count,
          /** Events counted before it, by the handshake; null without a counter. */
          countedBefore: orNull(count),
          /** Its number, where it came. */
          number: orNull(count),
          focus: Type.Enum(['changed', 'other', 'none']),
          timed: Type.Boolean(),
          /** A resource with content travelled in it. */
          content: Type.Boolean(),
        }),
      ),
      /** Subscriptions that should be refused; null when not tried. */
      unsupportedFilter: orNull(rejection),
      plainHttp: orNull(rejection),
      /** A good one was accepted afterwards too. */
      controlAccepted: orNull(Type.Boolean()),
    }),
  ),
  /** Events while the listener answered 503, and what could be learnt of them once it was well again. */
  'missed-events': factKind(
    1,
    Type.Object({
      style,
      /** Event numbers of the events before, in the order they arrived; empty where the style has none. */
      numbersBefore: Type.Array(count, { maxItems: 100 }),
      /** Events caused while the listener was away. */
      missed: Type.Integer({ minimum: 1 }),
      /** Of those, sent again by the EHR itself and taken. */
      sentAgain: count,
      /** State of the Subscription after the listener was well again. */
      state,
      /** `$status`; null where the style has none. */
      statusAnswer: orNull(
        Type.Object({
          status,
          /** Events it counts since the last one that arrived before; null without a counter. */
          counted: orNull(Type.Integer()),
          inError: Type.Boolean(),
        }),
      ),
      /** `$events`; null where the style has none. */
      eventsAnswer: orNull(Type.Object({ status, found: count })),
      /** How much the number of a later event rose above the last one before; null when none came or none is counted. */
      laterRise: orNull(Type.Integer()),
      /** The heartbeat period the EHR accepted, and whether one came in a silence; null when none was accepted. */
      heartbeat: orNull(Type.Object({ everySeconds: Type.Integer({ minimum: 1 }), came: Type.Boolean() })),
    }),
  ),
};
