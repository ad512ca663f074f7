import type { FactKind, FactValue } from './fact.js';
import type { BlockerClass, EnvironmentClass, Grade, Holder, NotMeasuredReason, Outcome, Severity } from './outcome.js';
import type { Subject, SubjectKind } from './subject.js';

/** Values a message shows and a scorecard keeps; plain JSON. */
export type Data = Readonly<Record<string, unknown>>;

/** Every fail message is proof, rate or availability; the others explain a warn or a not-measured. */
export type MessageKind = 'proof' | 'rate' | 'availability' | 'control' | 'limit' | 'undecided';

export interface Message<Text extends string = string> {
  readonly kind: MessageKind;
  /** One sentence with `{holes}` filled from the verdict's data. */
  readonly text: Text;
}
export type Messages = Readonly<Record<string, Message>>;

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Filling<Text extends string> = [Holes<Text>] extends [never]
  ? readonly [data?: Data]
  : readonly [data: Data & { readonly [H in Holes<Text>]: unknown }];

/** One finding on one subject. */
export interface Verdict {
  readonly outcome: Exclude<Outcome, 'error'>;
  readonly message?: string;
  readonly reason?: NotMeasuredReason;
  readonly data?: Data;
  readonly holder?: Holder;
}

/** How a check speaks. A message with an unfilled hole does not compile. */
export interface Say<M extends Messages> {
  /** Numbers that travel with a pass too; `holder` says who holds the control. */
  pass(data?: Data, holder?: Holder): Verdict;
  warn<K extends keyof M & string>(id: K, ...data: Filling<M[K]['text']>): Verdict;
  fail<K extends keyof M & string>(id: K, ...data: Filling<M[K]['text']>): Verdict;
  /** Evidence is there but does not decide: too few, too coarse, a control failed. */
  notMeasured<K extends keyof M & string>(id: K, reason: NotMeasuredReason, ...data: Filling<M[K]['text']>): Verdict;
  notApplicable<K extends keyof M & string>(id: K, ...data: Filling<M[K]['text']>): Verdict;
}

export type RemedyOwner =
  'vendor' | 'ehr-team' | 'ehr-vendor' | 'clinical-owner' | 'product-owner' | 'security' | 'privacy' | 'operator';

/** Whom a buyer can ask. */
export const askedParties = ['vendor', 'ehr-team', 'ehr-vendor', 'clinical-owner', 'privacy', 'security'] as const;
export type AskedParty = (typeof askedParties)[number];

/** One question to one party while nobody has shown it; it asks for something to look at, not for a yes. */
export interface Question {
  readonly of: AskedParty;
  readonly text: string;
}

export interface Remedy {
  readonly owner: RemedyOwner;
  readonly effort: 'low' | 'medium' | 'high';
  readonly text: string;
}

/** What a probe sends for this check, in words; printed by `checks explain`. */
export interface CheckMetadata {
  /** `family.noun`; the file is `checks/family/noun.ts`. */
  readonly id: string;
  /** Raised when the rule changes; stands in every result. */
  readonly ruleVersion?: number;
  /** `static` and `attest` rows do not depend on the environment. */
  readonly kind: 'probe' | 'static' | 'attest';
  readonly severity: Severity;
  readonly blocks: BlockerClass;
  readonly title: string;
  readonly failureTitle: string;
  /** One sentence a buyer understands. */
  readonly plain: string;
  readonly why: string;
  /** What is sent and observed, in two or three sentences. */
  readonly sends: string;
  readonly ask: Question;
  readonly remedy: readonly Remedy[];
  readonly references: readonly string[];
  /** Safeguards of 45 CFR it bears on. */
  readonly maps?: readonly string[];
  readonly writes: 'none' | 'one' | 'all';
}

type Present<Reads extends FactKind, Optional extends FactKind> = { readonly [K in Reads]: FactValue<K> } & {
  readonly [K in Optional]?: FactValue<K>;
};

/** A check judges one subject from its facts: data plus one pure function. */
export interface Check<
  Kind extends SubjectKind = SubjectKind,
  Reads extends FactKind = FactKind,
  Optional extends FactKind = FactKind,
  M extends Messages = Messages,
> extends CheckMetadata {
  readonly subjects: Kind;
  /** False: not applicable. May look at the document item only. */
  readonly when?: (subject: Subject<Kind>) => boolean;
  /** No subject at all: the contract does not ask, or nobody supplied it. */
  readonly ifNone: 'not-applicable' | NotMeasuredReason;
  readonly reads: readonly Reads[];
  readonly optional?: readonly Optional[];
  /** A share of unmeasured subjects that is tolerated (default none). */
  readonly aggregate?: { readonly notMeasuredShare: number };
  readonly messages: M;
  readonly evaluate: (
    facts: Present<Reads, Optional>,
    say: Say<M>,
    subject: Subject<Kind>,
    run: { readonly startedAt: string },
  ) => Verdict | readonly Verdict[];
  /**
   * Asked in the place of `evaluate` where a fact of `reads` is missing: what the optional ones prove, or show, without it.
   * Nothing passes that way: the check is not measured, or fails.
   */
  readonly otherwise?: (
    facts: Present<never, Optional>,
    say: Omit<Say<M>, 'pass' | 'notApplicable'>,
    subject: Subject<Kind>,
    missing: NotMeasuredReason,
  ) => readonly Verdict[];
}

/** What another check found, as a derived check sees it: frozen, before the ceilings of a policy. */
export interface SeenResult {
  readonly outcome: Outcome;
  readonly judgements: readonly {
    readonly subject: string;
    readonly outcome: Outcome;
    readonly reason: NotMeasuredReason | null;
    readonly grade: Grade | null;
    readonly environmentClass: EnvironmentClass | null;
  }[];
}

/**
 * A check that is judged after the others, from what they found. It names the ids it looks at and sees no other; one that
 * this version lacks is undefined. It never sees another derived check. Its grade is the weakest of what it used.
 */
export interface DerivedCheck<
  LooksAt extends string,
  Kind extends SubjectKind = SubjectKind,
  Reads extends FactKind = FactKind,
  Optional extends FactKind = FactKind,
  M extends Messages = Messages,
> extends Omit<Check<Kind, Reads, Optional, M>, 'evaluate' | 'otherwise'> {
  readonly looksAt: readonly LooksAt[];
  readonly evaluate: (
    facts: Present<Reads, Optional>,
    say: Say<M>,
    subject: Subject<Kind>,
    run: { readonly startedAt: string },
    results: { readonly [Id in LooksAt]: SeenResult | undefined },
  ) => Verdict | readonly Verdict[];
}

/** A check whose type parameters were forgotten: what the engine, the catalog and the scorecard work with. */
export interface AnyCheck extends CheckMetadata {
  readonly subjects: SubjectKind;
  readonly when?: (subject: Subject) => boolean;
  readonly ifNone: 'not-applicable' | NotMeasuredReason;
  readonly reads: readonly FactKind[];
  readonly optional?: readonly FactKind[];
  readonly aggregate?: { readonly notMeasuredShare: number };
  readonly messages: Messages;
  /** Ids of other checks; set for a derived check only. */
  readonly looksAt?: readonly string[];
  readonly evaluate: (
    facts: Readonly<Record<string, unknown>>,
    say: Say<Messages>,
    subject: Subject,
    run: { readonly startedAt: string },
    results: Readonly<Record<string, SeenResult | undefined>>,
  ) => Verdict | readonly Verdict[];
  readonly otherwise?: (
    facts: Readonly<Record<string, unknown>>,
    say: Omit<Say<Messages>, 'pass' | 'notApplicable'>,
    subject: Subject,
    missing: NotMeasuredReason,
  ) => readonly Verdict[];
}
