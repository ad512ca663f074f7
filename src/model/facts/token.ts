import Type from 'typebox';
import { factKind } from '../fact.js';
import { seen, status } from './authorization.js';

const fault = Type.Enum([
  'no-signature',
  'foreign-signature',
  'foreign-key-set',
  'replayed',
  'wrong-audience',
  'wrong-subject',
  'expired',
  'lives-100-minutes',
  'unknown-key',
  'scope-beyond-registration',
]);

/** Named in the discovery document; `not-listed`: at another origin than the token URL of the organization file. */
const endpoint = Type.Enum(['usable', 'not-named', 'not-listed']);

/** Sign-ins of a backend service that have to be refused, and how long its tokens live. */
export const tokenFacts = {
  /** One sign-in each of the expendable client, between good ones. Subject: run. */
  'assertion-trials': factKind(
    1,
    Type.Object({
      trials: Type.Array(
        Type.Object({
          fault,
          status,
          /** A usable token came, for `scope-beyond-registration` one that holds the scope. */
          accepted: Type.Boolean(),
          /** The answer names an OAuth error code (RFC 6749, section 5.2). */
          oauthError: Type.Boolean(),
        }),
      ),
      /** What `maxNegativeAuth` left no room for. */
      notTried: Type.Array(fault),
      /** Whether the server asked for the key set a foreign assertion points at; null: it could not have reached it, or not tried. */
      foreignKeySetFetched: Type.Union([Type.Null(), Type.Boolean()]),
    }),
  ),
  /** A token of the expendable client, used once at the beginning of the run. Subject: run. */
  'early-token': factKind(
    1,
    Type.Object({ expiresInSeconds: Type.Union([Type.Null(), Type.Number()]), works: Type.Boolean() }),
  ),
  /** That token after its end, and another one after it was revoked. Subject: run. */
  'token-life': factKind(
    1,
    Type.Object({
      /** Fresh tokens of the same client work: before the ended one was shown, between, and after the revoked one. */
      worksBefore: Type.Boolean(),
      worksBetween: Type.Boolean(),
      worksAfter: Type.Boolean(),
      /** Null: its end was too far away to wait for, or is not stated. */
      afterEnd: Type.Union([Type.Null(), Type.Object({ secondsAfter: Type.Integer(), status, seen })]),
      introspection: endpoint,
      /** Of a token that works; null: not asked, or not answered. */
      introspected: Type.Union([
        Type.Null(),
        Type.Object({
          status,
          active: Type.Union([Type.Null(), Type.Boolean()]),
          states: Type.Array(Type.Enum(['scope', 'client_id', 'exp'])),
        }),
      ]),
      endedIsActive: Type.Union([Type.Null(), Type.Boolean()]),
      revokedIsActive: Type.Union([Type.Null(), Type.Boolean()]),
      revocation: endpoint,
      revocationStatus: Type.Union([Type.Null(), status]),
      /** Uses after the server said that it is revoked, until the first that did not work. */
      usedRevoked: Type.Array(Type.Object({ secondsAfter: Type.Integer({ minimum: 0 }), status, seen })),
    }),
  ),
};
