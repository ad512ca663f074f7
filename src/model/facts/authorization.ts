import Type from 'typebox';
import { factKind } from '../fact.js';

export const status = Type.Integer({ minimum: 0, maximum: 599 });
const letter = Type.Enum(['c', 'r', 'u', 'd', 's']);
/** SMART v2 letters in the order c r u d s. */
const letters = Type.String({ pattern: '^c?r?u?d?s?$' });
export const resourceType = Type.String({ pattern: '^[A-Z][A-Za-z]{1,63}$' });

/**
 * What became of a request: `refused` 401 or 403; `hidden` 404 or 410; `unusual` another 4xx; `nothing` success without the
 * object; `data` the object came, or the change was carried out; `fault` a 5xx.
 */
export const seen = Type.Enum(['refused', 'hidden', 'unusual', 'nothing', 'data', 'fault']);

const scopes = Type.Array(
  Type.Object({
    resourceType: Type.String({ pattern: '^([A-Z][A-Za-z]{1,63}|\\*)$' }),
    letters,
    version: Type.Union([Type.Literal(1), Type.Literal(2)]),
  }),
  { maxItems: 200 },
);

/** Signing in and what the token may do. */
export const authorizationFacts = {
  /** The answer to the AI system's sign-in as a backend service. Subject: run. */
  'token-answer': factKind(
    1,
    Type.Object({
      status,
      /** An access token of 1 to 8,192 visible ASCII characters came with status 200. */
      usableToken: Type.Boolean(),
      error: Type.Union([
        Type.Null(),
        Type.Enum([
          'invalid_request',
          'invalid_client',
          'invalid_grant',
          'unauthorized_client',
          'unsupported_grant_type',
          'invalid_scope',
          'other',
        ]),
      ]),
      bearer: Type.Boolean(),
      /** Null when it is absent or no number. */
      expiresInSeconds: Type.Union([Type.Null(), Type.Number()]),
      noStore: Type.Boolean(),
      scopeStated: Type.Boolean(),
      /** Signed in with a key; false: with a shared secret. */
      asymmetric: Type.Boolean(),
    }),
  ),
  /** Scopes on resource types that were asked for and granted; granted is what was asked where the answer is silent. Subject: run. */
  'granted-scopes': factKind(1, Type.Object({ asked: scopes, granted: scopes, stated: Type.Boolean() })),
  /** Whether a scope on a type that does not exist was granted. Subject: run. */
  'scope-echo': factKind(1, Type.Object({ status, madeUpScopeGranted: Type.Boolean() })),
  /** Requests outside the granted scopes, with the AI system's own token. Subject: run. */
  'scope-trials': factKind(
    1,
    Type.Object({
      /** An allowed read of the same session just before and just after. */
      allowedBefore: Type.Boolean(),
      allowedAfter: Type.Boolean(),
      trials: Type.Array(
        Type.Object({
          way: Type.Enum(['read', 'search', 'batch', 'include', 'reverse include']),
          resourceType,
          status,
          seen,
          /** A session that may read the object has read it in this run. */
          shownToExist: Type.Boolean(),
        }),
      ),
      /** Ways the server does not offer, or for which there was no object. */
      notTried: Type.Array(Type.Enum(['read', 'search', 'batch', 'include', 'reverse include'])),
    }),
  ),
  /** A create of a type the granted scopes hold no create for, between two allowed reads. Subject: run. */
  'scope-create': factKind(
    1,
    Type.Object({ resourceType, status, seen, allowedBefore: Type.Boolean(), allowedAfter: Type.Boolean() }),
  ),
  /** One allowed and one forbidden reading of a role on a type. Subject: cell. */
  'cell-reading': factKind(
    1,
    Type.Object({
      allowed: Type.Union([Type.Null(), Type.Object({ letter, status, seen })]),
      /** Asked for an object which another context has read. */
      forbidden: Type.Union([Type.Null(), Type.Object({ letter, status, seen })]),
      /** The same session read something it may, just before and just after the forbidden request. */
      allowedBefore: Type.Boolean(),
      allowedAfter: Type.Boolean(),
      /** Forbidden letters which reading cannot try. */
      notTried: letters,
      /** Those of them the session's token holds all the same. */
      grantedAllTheSame: letters,
    }),
  ),
  /** One forbidden change of a role to an object of the run, between two allowed readings of it. Subject: cell. */
  'cell-change': factKind(
    1,
    Type.Object({
      letter,
      status,
      seen,
      allowedBefore: Type.Boolean(),
      allowedAfter: Type.Boolean(),
    }),
  ),
  /** Objects of another site, asked for by a role limited to its own; each was shown to exist by another context. Subject: cell. */
  'site-reading': factKind(
    1,
    Type.Object({
      /** Sites the organization lists; with fewer than two there is nothing to try. */
      sites: Type.Integer({ minimum: 0 }),
      /** Site of the session; empty where it has none. */
      ownSite: Type.String(),
      trials: Type.Array(Type.Object({ letter: Type.Enum(['r', 's']), site: Type.String(), status, seen })),
      /** The same session read something of its own site just before and just after. */
      allowedBefore: Type.Boolean(),
      allowedAfter: Type.Boolean(),
    }),
  ),
  /** The run's own organization's token, client and patient at another organization. Subject: peer. */
  'cross-organization': factKind(
    1,
    Type.Object({
      /** The token works at its own organization before and after. */
      worksBefore: Type.Boolean(),
      worksAfter: Type.Boolean(),
      /** With the own organization's token at the peer: its own patient's id, and the peer's. */
      foreignToken: Type.Array(Type.Object({ patientOf: Type.Enum(['own', 'peer']), status, seen })),
      /** The own organization's client at the peer's token endpoint; null: not tried. */
      foreignClient: Type.Union([Type.Null(), Type.Object({ status, token: Type.Boolean() })]),
      /** With the peer's own token, which has just read the peer's patient: the own organization's patient. Null: not tried. */
      foreignPatient: Type.Union([Type.Null(), Type.Object({ status, seen })]),
    }),
  ),
};
