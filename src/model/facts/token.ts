import Type from 'typebox';
import { factKind } from '../fact.js';
import { status } from './authorization.js';

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

/** Signing in as a backend service in ways that have to be refused. */
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
};
