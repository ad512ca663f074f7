import type { Static, TSchema } from 'typebox';
import type { FactKinds } from './facts/registry.js';
import type { EnvironmentClass, Grade, NotMeasuredReason } from './outcome.js';

/** One kind of fact: its typebox schema is the TypeScript type and the validator of evidence read back. */
export interface FactKindDefinition<S extends TSchema = TSchema> {
  /** Raise it with every change of meaning: evidence of another version is not measured, never guessed at. */
  readonly version: number;
  readonly schema: S;
}

export const factKind = <S extends TSchema>(version: number, schema: S): FactKindDefinition<S> => ({ version, schema });

export type FactKind = keyof FactKinds;
export type FactValue<K extends FactKind> = Static<FactKinds[K]['schema']>;

/** A fact that could not be obtained. A check that needs it is not measured, with this reason. */
export interface Missing {
  readonly missing: NotMeasuredReason;
  /** Our own words, no value of a server. */
  readonly detail?: string;
}

export const missing = (reason: NotMeasuredReason, detail?: string): Missing =>
  detail === undefined ? { missing: reason } : { missing: reason, detail };

export const isMissing = (value: unknown): value is Missing =>
  typeof value === 'object' && value !== null && 'missing' in value;

/** A recorded piece of knowledge about one subject, as it stands in the evidence. */
export interface RecordedFact {
  readonly kind: string;
  readonly version: number;
  /** Subject id. */
  readonly subject: string;
  readonly value: unknown;
  readonly grade: Grade;
  /** Ids of the exchanges it came from. */
  readonly exchanges: readonly string[];
  readonly environmentClass: EnvironmentClass;
}
