import { Type, type Static, type TObject, type TOptional, type TProperties, type TSchema } from 'typebox';
import { durationPattern } from './duration.js';

// `description` is what a load error prints as "accepted", so each one completes the sentence "must be …".

/** A name inside a document; no dot, because `{{id.element}}` separates with one. */
export const identifier = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
  description: 'a name of letters, digits, "-" and "_", at most 64 long',
});
export const text = Type.String({ minLength: 1, maxLength: 4_000, description: 'a text' });
export const texts = Type.Array(text);
export const identifiers = Type.Array(identifier);
export const duration = Type.String({
  pattern: durationPattern,
  description: 'a duration such as PT2S, P30D, 2s or 500ms',
});
export const date = Type.String({ format: 'date', description: 'a date such as 2026-11-20' });
export const count = Type.Integer({ minimum: 0, description: 'a whole number, 0 or more' });
export const share = Type.Number({ minimum: 0, maximum: 1, description: 'a share between 0 and 1' });
export const resourceType = Type.String({
  pattern: '^[A-Z][A-Za-z]{1,63}$',
  description: 'the name of a FHIR resource type',
});

/** Where a claim is kept and until when it holds. */
export const evidence = Type.Array(
  closed({
    id: Type.Optional(text),
    link: Type.Optional(text),
    owner: Type.Optional(text),
    expires: Type.Optional(date),
  }),
);

/** An object that refuses unknown keys; keys that start with `x-` are free. */
export function closed<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, patternProperties: { '^x-': {} } });
}

/** A closed object that may carry `evidence`. */
export function block<P extends TProperties>(properties: P): TObject<P & { evidence: TOptional<typeof evidence> }> {
  return closed({ ...properties, evidence: Type.Optional(evidence) });
}

/** A map whose keys are names. */
export function named<S extends TSchema>(value: S) {
  return Type.Record(identifier, value, { additionalProperties: false });
}

export const referenceTargetWords = 'env:EHR_SCORECARD_NAME or file:relative/path';
export const referenceWords = 'a reference {ref: env:EHR_SCORECARD_NAME} or {ref: file:relative/path}';
/**
 * Points at a value kept outside the file: `env:NAME` or `file:relative/path`. Whether it resolves is not a matter of the
 * schema. Organization files only.
 */
export const reference = Type.Object(
  {
    ref: Type.String({
      pattern: '^(env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\\u0000-\\u001f]{1,500})$',
      description: referenceTargetWords,
    }),
  },
  {
    additionalProperties: false,
    description: referenceWords,
  },
);
export type Reference = Static<typeof reference>;

export const holder = Type.Enum(['ehr', 'product', 'person']);
export type Holder = Static<typeof holder>;

/** Who makes a control hold, and how. */
export const control = block({ heldBy: holder, how: Type.Optional(text) });
export type Control = Static<typeof control>;

export const interactions = Type.Enum(['create', 'update', 'patch', 'delete', 'transaction', 'operation']);

/** Happenings per time; exactly the rate an engineer would write, no conversion. */
export const rate = Type.Object(
  {
    perSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    perMinute: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    perHour: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1, description: 'a rate such as {perMinute: 12}' },
);
export type Rate = Static<typeof rate>;

/** Happenings per minute. */
export function perMinute(value: Rate): number {
  return value.perMinute ?? (value.perSecond === undefined ? (value.perHour ?? 0) / 60 : value.perSecond * 60);
}

/** One HTTP request with holes (`{{…}}`); `url` is relative to the FHIR base unless the organization says otherwise. */
export const requestTemplate = closed({
  method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: text,
  contentType: Type.Optional(Type.Enum(['application/fhir+json', 'application/json-patch+json', 'application/json'])),
  body: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.Unknown())])),
});
export type RequestTemplate = Static<typeof requestTemplate>;

/** A step that a person takes where no interface exists. */
export const personStep = closed({ by: Type.Literal('person'), where: Type.Optional(text), how: Type.Optional(text) });
export type PersonStep = Static<typeof personStep>;

export const step = Type.Union([requestTemplate, personStep]);

/** How an action is carried out, read back, found again and undone. */
export const actionPath = closed({
  via: Type.Optional(Type.Enum(['fhir-r4', 'fhir-operation', 'vendor-api', 'hl7v2', 'screen'])),
  do: Type.Optional(step),
  readBack: Type.Optional(step),
  find: Type.Optional(step),
  undo: Type.Optional(step),
});
export type ActionPath = Static<typeof actionPath>;

export const apiVersion = Type.Enum(['ehr-scorecard/v1']);
