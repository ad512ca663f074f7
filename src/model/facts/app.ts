import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 0, maximum: 599 });
const resourceType = Type.String({ pattern: '^[A-Z][A-Za-z]{1,63}$' });
/** As in the other facts about refusals. */
const seen = Type.Enum(['refused', 'hidden', 'unusual', 'nothing', 'data', 'fault']);

/** What an id_token claims, verified or not; `stated` where there is nothing to compare with. */
const fhirUser = Type.Enum(['right', 'stated', 'wrong', 'absent']);

const count = Type.Integer({ minimum: 0 });
const launchTrial = Type.Object({
  way: Type.Enum([
    'unknown-issuer',
    'look-alike-host',
    'look-alike-user',
    'longer-address',
    'other-organization',
    'missing-launch',
    'wrong-state',
    'missing-state',
    'state-of-another-browser',
    'foreign-code',
    'state-again',
    'error-answer',
    'next-at-launch',
    'next-at-callback',
  ]),
  /** `accepted`: sent on to a sign-in page, signed in, or sent to the foreign address, as the way tries. */
  ended: Type.Enum(['refused', 'accepted', 'fault', 'not-tried']),
  status,
});

/** Signing people in to an app. https://hl7.org/fhir/smart-app-launch/app-launch.html */
export const appFacts = {
  /**
   * Codes exchanged in ways that have to be refused, each between two right sign-ins of an expendable client. Subject: run.
   */
  'code-trials': factKind(
    1,
    Type.Object({
      trials: Type.Array(
        Type.Object({
          /** `plain`: the challenge was sent in clear, and so was the verifier. */
          way: Type.Enum(['another-verifier', 'no-verifier', 'plain']),
          /** Where it ended. */
          at: Type.Enum(['authorization', 'token']),
          status,
          token: Type.Boolean(),
        }),
      ),
      reuse: Type.Object({
        status,
        token: Type.Boolean(),
        /** The first token still reads its patient; null: nothing it may read. */
        firstTokenLives: Type.Union([Type.Null(), Type.Boolean()]),
      }),
    }),
  ),
  /** Addresses a sign-in was asked to return to, and a foreign `aud`; each between two right sign-ins. Subject: run. */
  'redirect-trials': factKind(
    1,
    Type.Object({
      trials: Type.Array(
        Type.Object({
          way: Type.Enum(['host', 'path', 'query', 'port', 'scheme', 'trailing-slash', 'user-information']),
          status,
          /** `given`: the address that is not registered. */
          sentTo: Type.Enum(['nowhere', 'registered', 'given']),
        }),
      ),
      audience: Type.Object({ status, token: Type.Boolean() }),
    }),
  ),
  /** What the app of the AI system did with launches and callbacks it has to refuse, between two right ones. Subject: run. */
  'launch-trials': factKind(
    1,
    Type.Object({
      launches: Type.Array(launchTrial),
      /** Null: not tried. Where `callbacksWhy` says why not, only what was accepted stands here. */
      callbacks: Type.Union([Type.Null(), Type.Array(launchTrial)]),
      callbacksWhy: Type.Union([Type.Null(), Type.Enum(['nobody-signs-in', 'session-not-seen', 'not-agreed'])]),
      /** The `state` of every launch that led to a sign-in page. */
      state: Type.Object({
        seen: count,
        distinct: count,
        /** Bits the shortest could hold at most, by its characters and what is the same in all of them. */
        bitsAtMost: Type.Number({ minimum: 0 }),
      }),
    }),
  ),
  /** What came with the tokens of two openings on two test patients. Subject: run. */
  'launch-context': factKind(
    1,
    Type.Object({
      /** `launch`: the EHR opened it; `choice`: a person chose the patient while signing in. */
      by: Type.Enum(['launch', 'choice']),
      openings: Type.Array(
        Type.Object({
          status,
          token: Type.Boolean(),
          /** `previous`: that of the opening before. */
          patient: Type.Enum(['right', 'wrong', 'absent', 'previous']),
          /** Null: no visit was open. */
          encounter: Type.Union([Type.Null(), Type.Enum(['right', 'wrong', 'absent', 'previous'])]),
          /** Which members of the context the answer had. */
          members: Type.Array(
            Type.Enum(['patient', 'encounter', 'fhirContext', 'need_patient_banner', 'tenant', 'intent']),
          ),
        }),
        { minItems: 1, maxItems: 2 },
      ),
      /** Null: openid was not asked for. */
      idToken: Type.Union([
        Type.Null(),
        Type.Object({
          readable: Type.Boolean(),
          signed: Type.Boolean(),
          issuer: Type.Boolean(),
          audience: Type.Boolean(),
          inTime: Type.Boolean(),
          nonce: Type.Boolean(),
          fhirUser,
        }),
      ]),
    }),
  ),
  /** A token opened on one test patient asks for another one. Subject: run. */
  'patient-boundary': factKind(
    1,
    Type.Object({
      ownBefore: Type.Boolean(),
      ownAfter: Type.Boolean(),
      trials: Type.Array(
        Type.Object({
          way: Type.Enum(['read', 'search', 'include', 'attachment']),
          resourceType,
          status,
          seen,
          /** The same request about the token's own patient brought data; that the other has such a record is known. */
          worksForOwn: Type.Boolean(),
        }),
      ),
    }),
  ),
  /** A create about another patient, with a token opened on one. Subject: run. */
  'patient-boundary-create': factKind(
    1,
    Type.Object({ resourceType, status, seen, ownBefore: Type.Boolean(), ownAfter: Type.Boolean() }),
  ),
};
