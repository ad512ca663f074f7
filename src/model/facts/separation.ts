import Type from 'typebox';
import { factKind } from '../fact.js';
import { resourceType, seen, status } from './authorization.js';

const trial = Type.Object({
  /** `other-here`: the client of another workflow does what this one is for; `own-there`: the other way round. */
  direction: Type.Enum(['other-here', 'own-there']),
  workflow: Type.String(),
  way: Type.Enum(['read', 'create']),
  resourceType,
  status,
  seen,
  /** The session of the trial did something of its own just before and just after. */
  allowedBefore: Type.Boolean(),
  allowedAfter: Type.Boolean(),
});

const what = Type.Enum(['key', 'secret', 'certificate']);

/** Whether workflows and organizations have clients and keys of their own. */
export const separationFacts = {
  /** The AI system's clients by workflow, as the organization file names them. Subject: run. */
  'workflow-clients': factKind(
    1,
    Type.Object({
      binding: Type.String(),
      /** Null: the file does not say which workflow the client is for. */
      workflow: Type.Union([Type.Null(), Type.String()]),
      /** Bindings of other workflows. */
      others: Type.Array(
        Type.Object({
          binding: Type.String(),
          workflow: Type.String(),
          /** Null: a client id could not be resolved. */
          sameClient: Type.Union([Type.Null(), Type.Boolean()]),
          /** There is a type which only one of the two asks scopes for. */
          scopesDiffer: Type.Boolean(),
        }),
      ),
    }),
  ),
  /** Reads of one workflow's records with the token of another one's client, of objects shown to exist by the right one. Subject: run. */
  'workflow-use': factKind(1, Type.Array(trial)),
  /** This workflow's create, tried by another workflow's client. Subject: run. */
  'workflow-create': factKind(1, Type.Array(trial)),
  /** Credentials of this organization compared with those of another one. Subject: peer. */
  'binding-comparison': factKind(
    1,
    Type.Object({
      /** Credentials of either side that could be compared. */
      own: Type.Integer({ minimum: 0 }),
      theirs: Type.Integer({ minimum: 0 }),
      shared: Type.Array(Type.Object({ what, own: Type.String(), theirs: Type.String() })),
      sameClientId: Type.Array(
        Type.Object({ own: Type.String(), theirs: Type.String(), sameTokenEndpoint: Type.Boolean() }),
      ),
      /** Credentials whose reference did not resolve. */
      notCompared: Type.Array(Type.Object({ what, organization: Type.String(), holder: Type.String() })),
    }),
  ),
};
