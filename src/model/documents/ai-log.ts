import { Type, type Static } from 'typebox';

const optional = Type.Optional;
const name = Type.String({ minLength: 1, maxLength: 200, description: 'a text of at most 200 characters' });
const version = Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$', description: 'a FHIR version id' });
const objectWords = 'Type/id as the EHR knows it';
const inputObject = Type.String({
  pattern: '^[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}$',
  description: objectWords,
});

const instant = (what: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
    description: `when ${what}: an instant such as 2026-11-20T09:30:00.123Z`,
  });

/** One write to the EHR, and what it was based on. A later line with the same `requestId` takes the place of an earlier one. */
export const aiLogWriteSchema = Type.Object(
  {
    at: instant('the write was sent'),
    object: Type.String({
      pattern: '^[A-Z][A-Za-z]{1,63}(/[A-Za-z0-9.-]{1,64})?$',
      description: `${objectWords}, or the type alone where the answer to a create was lost`,
    }),
    patient: Type.Union([name, Type.Null()], {
      description: 'logical id of the patient in the EHR, or null where the object belongs to nobody',
    }),
    outcome: optional(
      Type.Enum(['done', 'unknown'], { description: 'unknown where no answer came; done where it is left out' }),
    ),
    version: optional(version),
    correlationId: optional(name),
    action: optional(name),
    inputs: optional(
      Type.Array(Type.Object({ object: inputObject, version }), {
        maxItems: 1_000,
        description: 'what was read for it, each in the version that was read',
      }),
    ),
    model: optional(Type.Object({ name, version: name }, { description: 'what made the output' })),
    outputId: optional(name),
    reviewer: optional(
      Type.Object(
        { kind: Type.Enum(['human', 'none']), id: optional(name) },
        { description: 'who looked at the output before it was written; an id where it was a human' },
      ),
    ),
    decision: optional(name),
    requestId: optional(name),
  },
  { title: 'One write to the EHR' },
);

/** What became of one card of a CDS Hooks service; nothing of a patient. A later line about the same card takes the place of an earlier one. */
export const aiLogCardSchema = Type.Object(
  {
    at: instant('the card was given, or feedback about it came'),
    service: Type.String({ pattern: '^[A-Za-z0-9._~ -]{1,100}$', description: 'id of the service' }),
    card: name,
    outcome: Type.Enum(['shown', 'accepted', 'overridden'], {
      description: 'shown when the card is given; accepted or overridden as the feedback of the EHR says',
    }),
  },
  { title: 'What became of one card' },
);

/** One line of an AI system's own log. Keys beyond these are neither read nor kept. */
export const aiLogLineSchema = Type.Union([aiLogWriteSchema, aiLogCardSchema], {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'One line of the log of an AI system: one write to the EHR, or what became of one card',
});
export type AiLogWrite = Static<typeof aiLogWriteSchema>;
export type AiLogCard = Static<typeof aiLogCardSchema>;
