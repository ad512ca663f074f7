import { Type, type Static, type TProperties } from 'typebox';

const o = Type.Optional;
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const few = { minItems: 1, maxItems: 200 };
const name = Type.String({ minLength: 2, maxLength: 80, description: 'a name of 2 to 80 characters' });
const note = Type.String({ minLength: 1, maxLength: 200, description: 'a text of at most 200 characters' });
const action = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
  description: 'the id of an action of the contract',
});
const minutes = Type.Number({ minimum: 0, maximum: 100_000, description: 'a number of minutes, 0 or more' });
const at = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(Z|[+-]\\d{2}:\\d{2})$',
  description: 'a time with its offset, such as 2026-11-20T10:15-06:00',
});

/** Controls a person may hold; `contract.actions[].controls` and `contract.permissions`. */
const control = Type.Enum(['noOverwrite', 'noDuplicate', 'reviewGate', 'undo', 'siteLimit', 'workflowLimit']);

/** What people saw on a screen that this tool cannot see: filled in on the sheet a run leaves, read by `collect --witness`. */
export const witnessSheetSchema = Type.Object(
  {
    apiVersion: Type.Literal('ehr-scorecard/v1'),
    kind: Type.Literal('WitnessSheet'),
    /** Id of the run the sheet belongs to. */
    run: Type.String({ pattern: '^[a-z0-9-]{1,64}$', description: 'the id of the run, as the sheet prints it' }),
    witnesses: Type.Array(closed({ name, role: o(note) }), {
      minItems: 2,
      maxItems: 20,
      description: 'a list with two names or more',
    }),
    /** The object of an action, looked for on the screen staff use anyway. */
    seen: o(
      Type.Array(
        closed({
          action,
          at,
          found: Type.Boolean(),
          /** The one-time word that stands in the object, copied from the screen. */
          word: o(note),
          where: o(note),
          secondLogin: o(Type.Boolean()),
        }),
        few,
      ),
    ),
    /** A control that a person holds, tried. */
    drills: o(Type.Array(closed({ control, action: o(action), at, held: Type.Boolean(), minutes, how: o(note) }), few)),
    /** The AI system switched off by a person. */
    stop: o(
      closed({
        agreedMinutes: minutes,
        drills: Type.Array(closed({ at, by: name, minutes, wroteAfterwards: Type.Boolean() }), few),
      }),
    ),
    /** A screen of the AI system left alone. */
    idle: o(
      closed({
        agreedMinutes: minutes,
        tries: Type.Array(closed({ at, locked: Type.Boolean(), where: o(note) }), few),
      }),
    ),
    /** The work done without the AI system, as the downtime procedure says. */
    downtime: o(Type.Array(closed({ at, worked: Type.Boolean(), how: o(note) }), few)),
  },
  { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Witness sheet', additionalProperties: false },
);
export type WitnessSheet = Static<typeof witnessSheetSchema>;
