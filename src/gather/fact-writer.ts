import { Value } from 'typebox/value';
import { ToolError } from '../model/errors.js';
import { factKinds } from '../model/facts/registry.js';
import { isMissing, missing, type FactKind, type Missing } from '../model/fact.js';
import type { EnvironmentClass } from '../model/outcome.js';
import type { About, Graded } from './probe.js';
import type { EvidenceWriter } from './run-folder.js';
import { frameOf } from './source-frame.js';

/** Whose facts are written: a probe's or a fold's, and of which subject. */
export interface FactSource {
  readonly probe: { readonly id: string; readonly brings: readonly FactKind[] };
  readonly subject: { readonly id: string };
}

/** Most exchanges one fact cites. */
const mostCited = 40;

/** Writes what a probe brought as facts: each valid by its schema, or missing with a reason. */
export class FactWriter {
  readonly #evidence: EvidenceWriter;
  readonly #environmentClass: EnvironmentClass;
  readonly #now: () => Date;

  constructor(options: {
    readonly evidence: EvidenceWriter;
    readonly environmentClass: EnvironmentClass;
    readonly now: () => Date;
  }) {
    this.#evidence = options.evidence;
    this.#environmentClass = options.environmentClass;
    this.#now = options.now;
  }

  /** Every kind the probe said it brings; one it left out is missing. */
  async brought(
    item: FactSource,
    values: Readonly<Record<string, unknown>>,
    exchanges: readonly string[],
  ): Promise<void> {
    for (const kind of item.probe.brings) {
      const value = values[kind] ?? missing('not-gathered');
      const about = isAbout(value) ? value.about : { [item.subject.id]: value };
      for (const [subject, each] of Object.entries(about)) await this.#fact(item, subject, kind, each, exchanges);
    }
  }

  async missing(item: FactSource, value: Missing, exchanges: readonly string[] = []): Promise<void> {
    for (const kind of item.probe.brings) await this.#fact(item, item.subject.id, kind, value, exchanges);
  }

  /** A fault of ours in a probe: said in the evidence, without text of a foreign error. */
  async fault(item: FactSource, error: unknown): Promise<Missing> {
    const known = error instanceof ToolError ? error : undefined;
    await this.#probeError(item, known?.code ?? 'exception', known?.message ?? '', frameOf(error));
    return missing('probe-error', `probe ${item.probe.id} failed`);
  }

  async #probeError(item: FactSource, code: string, message: string, at: string): Promise<void> {
    await this.#evidence.append({
      type: 'event',
      event: 'probe-error',
      at: this.#now().toISOString(),
      data: { probe: item.probe.id, subject: item.subject.id, code, message, at },
    });
  }

  async #fact(
    item: FactSource,
    subject: string,
    kind: FactKind,
    brought: unknown,
    exchanges: readonly string[],
  ): Promise<void> {
    const { value, grade } = isGraded(brought)
      ? { value: brought.graded, grade: brought.grade }
      : { value: brought, grade: 'measured' as const };
    const { version, schema } = factKinds[kind];
    const valid = isMissing(value) || Value.Check(schema, value);
    if (!valid) await this.#probeError(item, 'fact-schema', `fact ${kind} does not fit its schema`, '');
    await this.#evidence.append({
      type: 'fact',
      kind,
      version,
      subject,
      value: valid ? value : missing('probe-error', `probe ${item.probe.id} failed`),
      grade,
      exchanges: [...new Set(exchanges)].slice(0, mostCited),
      environmentClass: this.#environmentClass,
    });
  }
}

const isAbout = (brought: unknown): brought is About<unknown> =>
  typeof brought === 'object' && brought !== null && 'about' in brought;

const isGraded = (brought: unknown): brought is Graded<unknown> =>
  typeof brought === 'object' && brought !== null && 'graded' in brought;
