import { canonicalJson } from '../fhir/content.js';
import { sha256Hex } from '../model/chain.js';
import type { NotMeasuredReason } from '../model/outcome.js';
import type { AnySubject } from '../model/subject.js';
import { phases, type AnyProbe, type Need, type Phase, type RunDocuments } from './probe.js';
import type { RequestTemplate } from './request.js';
import { samplingPlan, type SamplingPlan } from './series/sampling-plan.js';
import type { WriteRefusal, WriteTier } from './write-policy.js';

export interface PlannedProbe {
  readonly probe: AnyProbe;
  readonly subject: AnySubject;
  readonly phase: Phase;
  readonly sends: readonly RequestTemplate[];
  /** Why it will not run; its facts are recorded as missing with this reason. */
  readonly unmet: { readonly reason: NotMeasuredReason; readonly detail: string } | undefined;
}

export interface Plan {
  readonly items: readonly PlannedProbe[];
  /** Most requests of all probes that can run, test cases and cleanup aside. */
  readonly requests: number;
  readonly writes: number;
  /** Measured series, where a probe of the plan takes any. */
  readonly sampling?: SamplingPlan;
  readonly sha256: string;
}

export interface PlanInputs {
  readonly documents: RunDocuments;
  readonly probes: readonly AnyProbe[];
  /** Which sessions can be had, and why not. */
  readonly available: Readonly<
    Record<Need, { readonly reason: NotMeasuredReason; readonly detail: string } | undefined>
  >;
  readonly tier: WriteTier;
  readonly writesRefused: WriteRefusal | undefined;
  /** Kinds of facts the selected checks read; undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined;
}

const tierRank: Readonly<Record<WriteTier, number>> = { none: 0, one: 1, all: 2 };

/**
 * Which probe runs on which subject, in which order, sending at most what. Pure.
 * @throws ToolError `sampling-does-not-fit` (exit 2)
 */
export function planRun({ documents, probes, available, tier, writesRefused, wanted }: PlanInputs): Plan {
  const itemsOf = (phase: Phase, known: RunDocuments): PlannedProbe[] => {
    const items: PlannedProbe[] = [];
    for (const probe of probes) {
      if (probe.phase !== phase) continue;
      if (wanted !== undefined && !probe.brings.some((kind) => wanted.has(kind))) continue;
      for (const subject of known.subjects) {
        if (subject.kind !== probe.subjects) continue;
        if (probe.when !== undefined && !probe.when(subject, known)) continue;
        const need = probe.needs.find((each) => available[each] !== undefined);
        const sends = probe.sends(subject, known);
        const unmet =
          productionUnmet(probe, documents) ??
          (need === undefined ? writesUnmet(probe, tier, writesRefused) : available[need]) ??
          observingUnmet(sends, documents);
        items.push({ probe, subject, phase, sends, unmet });
      }
    }
    return items;
  };
  // What the series may write is what the others leave of the agreed number.
  const others = phases.filter((phase) => phase !== 'series').flatMap((phase) => itemsOf(phase, documents));
  const isWanted = (probe: AnyProbe): boolean =>
    productionUnmet(probe, documents) === undefined &&
    (wanted === undefined || probe.brings.some((kind) => wanted.has(kind)));
  const seriesWanted = probes.some((probe) => probe.phase === 'series' && isWanted(probe));
  const loadWanted =
    documents.loadMs !== undefined && probes.some((probe) => probe.takesLoad === true && isWanted(probe));
  const sampling =
    !(seriesWanted || loadWanted) || available.ai !== undefined
      ? undefined
      : samplingPlan(documents, {
          writes: tier === 'all' && writesRefused === undefined,
          otherWrites: writesOf(others),
          staff: available.staff === undefined,
          series: seriesWanted,
        });
  const known = sampling === undefined ? documents : { ...documents, sampling };
  const sampled = ['series', 'load'] as const satisfies readonly Phase[];
  const items = phases.flatMap((phase) =>
    sampled.some((each) => each === phase) ? itemsOf(phase, known) : others.filter((item) => item.phase === phase),
  );
  const templates = items.filter((item) => item.unmet === undefined).flatMap((item) => item.sends);
  const requests = templates.reduce((sum, template) => sum + template.most * (1 + (template.pages ?? 0)), 0);
  const writes = writesOf(items);
  const digest = items.map(({ probe, subject, sends, unmet }) => ({
    probe: probe.id,
    subject: subject.id,
    sends,
    connects: probe.connects?.(documents),
    unmet: unmet?.reason,
  }));
  return {
    items,
    requests,
    writes,
    ...(sampling === undefined ? {} : { sampling }),
    sha256: sha256Hex(canonicalJson(sampling === undefined ? digest : { digest, sampling })),
  };
}

const writesOf = (items: readonly PlannedProbe[]): number =>
  items
    .filter((item) => item.unmet === undefined)
    .flatMap((item) => item.sends)
    .filter((template) => template.mutates === true)
    .reduce((sum, template) => sum + template.most, 0);

// Production is read through its discovery documents, its listed test objects and the contract's own searches, nothing else.
function productionUnmet(probe: AnyProbe, { environmentClass }: RunDocuments): PlannedProbe['unmet'] {
  if (environmentClass !== 'production' || probe.phase === 'static' || probe.inProduction === true) return undefined;
  return { reason: 'tool-limited', detail: 'this is not done in production; show it in a test environment' };
}

// The door of a run that observes lets nothing out that could change anything (wire/reading-door.ts).
function observingUnmet(
  sends: readonly RequestTemplate[],
  { watching }: Pick<RunDocuments, 'watching'>,
): PlannedProbe['unmet'] {
  const changes = ({ method, path, purpose = 'fhir', mutates }: RequestTemplate): boolean =>
    mutates === true || (purpose === 'fhir' && method !== 'GET' && !/\/_search(\?|$)/.test(path));
  if (watching === undefined || !sends.some(changes)) return undefined;
  return { reason: 'writes-off', detail: 'this is not done by a run that observes' };
}

function writesUnmet(probe: AnyProbe, tier: WriteTier, refused: WriteRefusal | undefined): PlannedProbe['unmet'] {
  if (probe.writes === 'none') return undefined;
  if (refused !== undefined) return { reason: 'writes-off', detail: refused.detail };
  if (tierRank[tier] < tierRank[probe.writes]) {
    return { reason: 'writes-off', detail: `needs --writes ${probe.writes}` };
  }
  return undefined;
}
