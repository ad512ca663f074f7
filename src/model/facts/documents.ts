import Type from 'typebox';
import { factKind } from '../fact.js';

/** What the files themselves say. Subject: run. */
export const documentFacts = {
  /** What loads but does not hold together, with its place (JSON pointer, RFC 6901). */
  'document-problems': factKind(
    1,
    Type.Array(
      Type.Object({
        code: Type.String(),
        document: Type.Union([Type.Literal('contract'), Type.Literal('organization')]),
        pointer: Type.String(),
        /** Name the problem is about; empty where it has none. Never a secret. */
        name: Type.String(),
      }),
    ),
  ),
  /** Which parts of the contract came from its template, by their topmost pointers, and whether anybody agreed to them. */
  'template-defaults': factKind(
    1,
    Type.Object({
      status: Type.Union([
        Type.Literal('not-stated'),
        Type.Literal('draft'),
        Type.Literal('agreed'),
        Type.Literal('frozen'),
      ]),
      pointers: Type.Array(Type.String()),
    }),
  ),
  /** Certificates that lie in files: until when each holds (ISO 8601, UTC); null when the file holds none. */
  'certificate-files': factKind(
    1,
    Type.Array(
      Type.Object({
        name: Type.String(),
        pointer: Type.String(),
        notAfter: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  ),
};
