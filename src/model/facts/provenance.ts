import Type from 'typebox';
import { factKind } from '../fact.js';

const author = Type.Union([Type.Literal('device'), Type.Literal('clinician'), Type.Literal('nobody')]);
const count = Type.Integer({ minimum: 0 });

/** Whether one can see later that a machine wrote it. Subject: run. */
export const provenanceFacts = {
  'machine-origin': factKind(
    1,
    Type.Array(
      Type.Object({
        action: Type.String(),
        /** The AI label in `meta.security`, read again. */
        label: Type.Union([Type.Literal('kept'), Type.Literal('dropped'), Type.Literal('not-asked')]),
        /** Who stands as the author in the object itself. The tool names nobody there. */
        author,
        /** A Provenance of the object, written by the AI system's client and read again. */
        provenance: Type.Object({
          /** Answer to its create; null where the token holds no right to one. */
          status: Type.Union([Type.Integer({ minimum: 100, maximum: 599 }), Type.Null()]),
          stored: Type.Boolean(),
          author,
          /** Source references sent, and those still there. */
          sources: count,
          sourcesKept: count,
        }),
        /** The object itself is readable just before and just after. */
        controlsHeld: Type.Boolean(),
      }),
      { minItems: 1 },
    ),
  ),
};
