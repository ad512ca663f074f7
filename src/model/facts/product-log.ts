import Type from 'typebox';
import { factKind } from '../fact.js';
import { accessKinds } from '../audit-access.js';

const count = Type.Integer({ minimum: 0 });
const instant = Type.String({ description: 'UTC, ISO 8601 with milliseconds' });
const digest = Type.String({ pattern: '^[0-9a-f]{32}$' });

/** What a line of a product's log may say of the write besides which one it was. */
export const logElements = [
  'correlationId',
  'action',
  'version',
  'inputs',
  'model',
  'outputId',
  'reviewer',
  'decision',
  'requestId',
] as const;
export type LogElement = (typeof logElements)[number];

/** More than this cannot be what a product did in one run. */
export const mostProductWrites = 5_000;

/** More than this no report could say anything about. */
export const mostCards = 100_000;

/** Two logs of the same writes: the EHR's and the product's own. Subject: run. */
export const productLogFacts = {
  /** Every write of the AI system's client in the EHR's log that the tool did not send. */
  'writes-of-product': factKind(
    1,
    Type.Object({
      source: Type.Enum(['fhir-auditevent', 'file']),
      /** First and last moment of the run. */
      from: instant,
      to: instant,
      writes: Type.Array(
        Type.Object({
          at: instant,
          kind: Type.Optional(Type.Enum([...accessKinds])),
          /** FHIR resource type. */
          of: Type.Optional(Type.String()),
          /** Digests of `Type/id` and of request ids. */
          object: Type.Optional(digest),
          version: Type.Optional(Type.String()),
          requests: Type.Array(digest, { maxItems: 2 }),
        }),
        { maxItems: mostProductWrites },
      ),
    }),
  ),
  /** The AI system's own log, as far as it is about the run and its test patients. */
  'product-log': factKind(
    1,
    Type.Object({
      /** `door`: asked at the end of the run, so that it is complete by then. */
      source: Type.Enum(['door', 'file']),
      lines: count,
      /** Lines that are no line of such a log; the first of them, from 1. */
      unreadable: count,
      firstUnreadable: Type.Union([count, Type.Null()]),
      /** Lines of other times or other patients. */
      elsewhere: count,
      /** Latest moment any line names. */
      until: Type.Union([instant, Type.Null()]),
      writes: Type.Array(
        Type.Object({
          at: instant,
          of: Type.String(),
          object: Type.Optional(digest),
          version: Type.Optional(Type.String()),
          request: Type.Optional(digest),
          /** The product got no answer to it. */
          unknown: Type.Boolean(),
          /** What the line says. */
          says: Type.Array(Type.Enum([...logElements])),
        }),
        { maxItems: mostProductWrites },
      ),
    }),
  ),
  /** What became of the cards of CDS Hooks services, in the words of the AI system's own log. Subject: run. */
  'card-outcomes': factKind(
    1,
    Type.Object({
      /** Lines of the time of the run: the cards this tool asked for, and its own feedback. */
      ofRun: count,
      /** First and last moment of the others. */
      from: Type.Union([instant, Type.Null()]),
      to: Type.Union([instant, Type.Null()]),
      services: Type.Array(
        Type.Object({
          service: Type.String({ maxLength: 100 }),
          /** Cards, each once. */
          shown: Type.Integer({ minimum: 0, maximum: mostCards }),
          accepted: Type.Integer({ minimum: 0, maximum: mostCards }),
          overridden: Type.Integer({ minimum: 0, maximum: mostCards }),
        }),
        { maxItems: 100 },
      ),
    }),
  ),
  /** The product was asked for something, so that there is a write to look for. Subject: action. */
  'product-asked': factKind(1, Type.Object({ asked: count, made: count })),
};
