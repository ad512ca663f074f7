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

/** `data`: it showed the test patient; `open`: answered without that; `fault`: 429 or 5xx. */
const shown = Type.Enum(['data', 'open', 'refused', 'fault', 'not-asked']);

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
  /**
   * Calls of the product's route list, with the right session and with those that have no right to the test patient. Of an
   * answer only whether name, birth date or record number of that patient stood in it. Subject: run.
   */
  'endpoint-coverage': factKind(
    2,
    Type.Object({
      /** `links`: no list; what the pages of the app lead to. */
      source: Type.Enum(['openapi', 'har', 'list', 'links']),
      /** The session of a user who has the test patient open. */
      right: Type.Enum(['opened', 'failed', 'nobody-signs-in']),
      /** `refused`: the app did not open; `failed`: it cannot be told why; `not-given`: nobody who could sign in so is listed. */
      sessions: Type.Array(
        Type.Object({
          way: Type.Enum(['another-user', 'lower-role', 'other-kind', 'other-organization']),
          ended: Type.Enum(['opened', 'refused', 'failed', 'not-given']),
        }),
      ),
      calls: Type.Array(
        Type.Object({
          /** Method and path; holes in the place of values. */
          call: Type.String({ maxLength: 320 }),
          namesPatient: Type.Boolean(),
          before: shown,
          after: shown,
          tries: Type.Array(
            Type.Object({
              way: Type.Enum(['no-session', 'another-user', 'lower-role', 'other-kind', 'other-organization']),
              shown,
              status,
            }),
          ),
        }),
      ),
      leftOut: Type.Array(
        Type.Object({
          call: Type.String({ maxLength: 320 }),
          why: Type.Enum(['method', 'websocket', 'origin', 'not-filled', 'sign-in', 'too-many']),
        }),
      ),
    }),
  ),
  /**
   * The app opened at two organizations, in one browser and in two. Of an answer only which of the two test patients stood in
   * it. Subject: peer.
   */
  'session-isolation': factKind(
    1,
    Type.Object({
      /** Calls that showed the patient of their organization to the right session. */
      calls: Type.Object({ own: count, peer: count }),
      /** Both sessions, each in a browser of its own, showed their patient before and after the crosswise calls. */
      controlled: Type.Boolean(),
      trials: Type.Array(
        Type.Object({
          /** `own` and `peer`: whose call it is. */
          way: Type.Enum([
            'own-session-there',
            'peer-session-here',
            'peer-after-second-launch',
            'own-after-second-launch',
            'back-button',
            'peer-after-back-button',
            'own-after-back-button',
            'own-after-sign-out',
            'peer-after-sign-out',
          ]),
          call: Type.String({ maxLength: 320 }),
          status,
          /** `asked`: the patient whose call it is, and no other; `other`: the patient of the other organization. */
          shown: Type.Enum(['asked', 'other', 'both', 'neither', 'refused', 'fault']),
        }),
      ),
      /** The cookies of the session in the browser that was opened at the own organization. */
      cookies: Type.Object({
        set: count,
        httpOnly: count,
        secure: count,
        partitioned: count,
        sameSite: Type.Object({ strict: count, lax: count, none: count, unstated: count }),
      }),
    }),
  ),
  /** A session of the app that is then left alone. Subject: run. */
  'session-opened': factKind(
    1,
    Type.Object({
      agreedSeconds: Type.Number({ exclusiveMinimum: 0 }),
      /** Its page showed the patient, and did not without the session. */
      shown: Type.Boolean(),
      /** It still did after the same user had signed in a second time. */
      besideAnother: Type.Boolean(),
    }),
  ),
  /** The same session after it was left alone for longer than agreed. Subject: run. */
  'idle-session': factKind(
    1,
    Type.Object({
      agreedSeconds: Type.Number({ exclusiveMinimum: 0 }),
      idleSeconds: Type.Number({ minimum: 0 }),
      /** `alive`: its page showed the patient; `fault`: 429 or 5xx. */
      state: Type.Enum(['ended', 'alive', 'fault']),
      /** A new sign-in afterwards was shown the patient. */
      opensAgain: Type.Boolean(),
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
