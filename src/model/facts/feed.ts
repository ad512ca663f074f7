import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** Fields of a message that are compared with FHIR, by where they stand. */
const comparedFields = ['PID-5', 'PID-7', 'PID-8', 'start', 'SCH-25'] as const;
const fields = Type.Array(Type.Enum([...comparedFields]), { maxItems: comparedFields.length });

/** An HL7 v2 feed that tells of events. Subject: trigger. */
export const feedFacts = {
  'hl7v2-feed': factKind(
    1,
    Type.Object({
      /** Message types expected of one event: `SIU^S15`. */
      types: Type.Array(Type.String({ pattern: '^[A-Z]{3}(\\^[A-Z0-9]{3})?$' }), { minItems: 1, maxItems: 10 }),
      /** The EHR runs on the machine of the listener. */
      sameMachine: Type.Boolean(),
      encrypted: Type.Boolean(),
      connections: count,
      /** Connections that began a message in clear text where TLS is asked for; refused unread. */
      inClearText: count,
      /** Frames that hold no HL7 v2 message. */
      unreadable: count,
      /** Messages about anybody but the test patient of the events: acknowledged, counted, dropped. */
      others: count,
      /** One for each caused event, in their order. */
      events: Type.Array(
        Type.Object({
          /** Control ids under which each expected message came, summed; more than the types: told of twice. */
          arrived: count,
          /** Of the expected types, those that came. */
          typesArrived: count,
          /** From before the change was sent until the first of them was here; null when none came. */
          afterMs: orNull(Type.Number({ minimum: 0 })),
          /** Where the message says when it happened; null where it does not. */
          timed: orNull(Type.Enum(['EVN-2', 'MSH-7'])),
          /** From that time until arrival, by two clocks; null where the message names no offset. */
          delayMs: orNull(Type.Number()),
          patient: Type.Enum(['same', 'other', 'not-named']),
          compared: fields,
          differs: fields,
        }),
        { minItems: 1, maxItems: 20 },
      ),
      /** After a missing acknowledgement: sent again under the same control id, another one, or not; null: not tried. */
      resend: orNull(Type.Enum(['same-id', 'other-id', 'none'])),
    }),
  ),
};
