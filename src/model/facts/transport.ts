import Type from 'typebox';
import { factKind } from '../fact.js';

const offer = Type.Enum([
  'accepted',
  'refused-by-alert',
  'control-failed',
  'unreachable',
  'no-answer',
  'closed-without-alert',
  'other-error',
]);

/** How the servers of the organization file protect what is sent to them. Subject: run. */
export const transportFacts = {
  /** One entry per origin. */
  'transport-security': factKind(
    1,
    Type.Array(
      Type.Object({
        origin: Type.String(),
        /** What the file lists it for: `fhir`, `token`, `webhook` … */
        uses: Type.Array(Type.String()),
        /** `https` origins were asked; the others are known from their address alone. */
        transport: Type.Union([Type.Literal('https'), Type.Literal('http'), Type.Literal('http-on-loopback')]),
        versions: Type.Optional(Type.Object({ TLSv1: offer, 'TLSv1.1': offer, 'TLSv1.2': offer, 'TLSv1.3': offer })),
        /** Suites no server should take that this one took. */
        weakSuites: Type.Array(Type.String()),
        certificate: Type.Optional(
          Type.Object({
            chain: Type.String(),
            hostName: Type.String(),
            /** ISO 8601, UTC. */
            notAfter: Type.String(),
            keyType: Type.String(),
            keyBits: Type.Union([Type.Integer(), Type.Null()]),
          }),
        ),
        /** What port 80 does where https is on 443. */
        plainHttp: Type.Optional(
          Type.Object({
            outcome: Type.Union([
              Type.Literal('closed'),
              Type.Literal('not-provable'),
              Type.Literal('redirects-to-https'),
              Type.Literal('answers'),
            ]),
            status: Type.Optional(Type.Integer()),
          }),
        ),
      }),
    ),
  ),
};
