import Type from 'typebox';
import { factKind } from '../fact.js';

/** Claims of the organization file. Subject: run. */
export const attestationFacts = {
  /** What is claimed, by whom and until when (dates, YYYY-MM-DD); nobody read the documents behind it. */
  attestations: factKind(
    1,
    Type.Array(
      Type.Object({
        id: Type.String(),
        owner: Type.Union([Type.String(), Type.Null()]),
        issued: Type.Union([Type.String(), Type.Null()]),
        expires: Type.Union([Type.String(), Type.Null()]),
        /** SHA-256 of the document, in hex. */
        sha256: Type.Union([Type.String(), Type.Null()]),
        /** Items the document says something about. */
        covers: Type.Optional(Type.Array(Type.String())),
        /** Day of the last drill, where one is claimed. */
        drilledOn: Type.Optional(Type.String()),
      }),
    ),
  ),
};
