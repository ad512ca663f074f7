import Type from 'typebox';
import { factKind } from '../fact.js';

const status = Type.Integer({ minimum: 0, maximum: 999 });
const count = Type.Integer({ minimum: 0 });
/** Id of a service, as its address has it. */
const service = Type.String({ maxLength: 100 });
const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([Type.Null(), schema]);

/** What of an answer is not as the standard has it. */
const answerFault = Type.Enum([
  'no-answer-object',
  'too-large',
  'too-many-cards',
  'summary-missing',
  'summary-too-long',
  'indicator-unknown',
  'source-without-label',
  'suggestion-invalid',
  'link-invalid',
  'selection-behavior-missing',
  'action-incomplete',
  'system-action-invalid',
  'html-in-summary',
]);

const callerFault = Type.Enum([
  'no-token',
  'unsigned',
  'foreign-signature',
  'shared-secret',
  'foreign-key-set',
  'unknown-issuer',
  'wrong-audience',
  'expired',
  'other-tenant',
  'replayed',
]);

/** A CDS Hooks service asked by this tool as the EHR would ask it. https://cds-hooks.hl7.org/2.0/ */
export const cdsFacts = {
  /** The discovery document, as far as it concerns the workflow. Subject: run. */
  'cds-discovery': factKind(
    1,
    Type.Object({
      status,
      /** It is an object with a list of services. */
      readable: Type.Boolean(),
      /** How many services it names. */
      named: count,
      services: Type.Array(
        Type.Object({
          service,
          hook: orNull(Type.String({ maxLength: 100 })),
          /** Id, hook and description are there. */
          complete: Type.Boolean(),
          /** What it wants to be sent, template by template. */
          asks: Type.Array(
            Type.Object({
              key: Type.String({ maxLength: 60 }),
              types: Type.Array(Type.String({ maxLength: 64 })),
              everything: Type.Boolean(),
            }),
          ),
        }),
      ),
    }),
  ),
  /** Calls about test patients with all the data a service asks for. Subject: run. */
  'cds-answers': factKind(
    1,
    Type.Array(
      Type.Object({
        service,
        hook: Type.String({ maxLength: 100 }),
        /** Why it was not called at all. */
        notCalled: orNull(Type.Enum(['id-not-usable', 'hook-not-played', 'no-test-data'])),
        calls: count,
        /** Calls answered 200. */
        answered: count,
        /** Calls by the other statuses; 0 stands for an answer that could not be read. */
        refused: Type.Array(Type.Object({ status, calls: count })),
        cards: count,
        withId: count,
        /** Calls that were answered with at least one card. */
        callsWithCards: count,
        faults: Type.Array(Type.Object({ fault: answerFault, calls: count })),
        systemActions: Type.Array(
          Type.Object({
            type: Type.Enum(['create', 'update', 'delete']),
            resourceType: orNull(Type.String({ maxLength: 64 })),
            calls: count,
          }),
        ),
        /** Answers to what became of one card; null: not sent, because the card had no id or no suggestion with one. */
        feedback: Type.Object({ accepted: orNull(status), overridden: orNull(status) }),
      }),
    ),
  ),
  /** One call that brings advice, about somebody who exists nowhere, with all data and with some left out. Subject: run. */
  'cds-prefetch': factKind(
    1,
    Type.Array(
      Type.Object({
        service,
        /** Statuses of the complete call before and after; `guidance`: it brings advice. */
        control: Type.Object({ before: status, after: status, guidance: Type.Boolean() }),
        calls: Type.Array(
          Type.Object({
            /** `no-data`: nothing sent, and no FHIR interface named. */
            without: Type.Enum(['key-missing', 'null', 'operation-outcome', 'no-data']),
            /** Type of the data left out; null: all of them. */
            resourceType: orNull(Type.String({ maxLength: 64 })),
            status,
            guidance: Type.Boolean(),
            /** The advice is that of the complete call, word for word. */
            same: Type.Boolean(),
          }),
        ),
      }),
    ),
  ),
  /** Calls with a token that has to be refused, each between two good ones. Subject: run. */
  'cds-caller-trials': factKind(
    1,
    Type.Object({
      service,
      trials: Type.Array(Type.Object({ fault: callerFault, status, accepted: Type.Boolean() })),
      /** What `maxNegativeAuth` left no room for. */
      notTried: Type.Array(callerFault),
      /** Whether somebody asked for the keys a foreign token points at; null: it could not have reached them, or not tried. */
      foreignKeySetFetched: orNull(Type.Boolean()),
    }),
  ),
};
