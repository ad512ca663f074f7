/** What a check can say of one subject; aggregated fail > error > not-measured > warn > pass. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'not-measured' | 'not-applicable' | 'error';

/** Worst first. `not-applicable` has no rank: it takes no part in an aggregate. */
export const outcomeRank: readonly Outcome[] = ['fail', 'error', 'not-measured', 'warn', 'pass'];

/** Strongest first. */
export const grades = ['measured', 'witnessed', 'replayed', 'attested'] as const;
/** The kind of evidence behind a verdict. */
export type Grade = (typeof grades)[number];

/** The weaker of two grades. */
export const weakerGrade = (a: Grade, b: Grade): Grade => (grades.indexOf(a) >= grades.indexOf(b) ? a : b);

/** Why something was not measured; each belongs to somebody who can change it. */
export const notMeasuredReasons = [
  'undecided',
  'prerequisite-failed',
  'no-credential',
  'no-second-context',
  'no-test-object',
  'no-ai-system',
  'no-peer',
  'writes-off',
  'control-failed',
  'unavailable',
  'too-few',
  'too-coarse',
  'tool-limited',
  'clocks-disagree',
  'not-yet',
  'expired',
  'cap',
  'holder-not-shown',
  'simulator-only',
  'not-in-this-version',
  'recorded-by-another-version',
  'not-gathered',
  'not-selected',
  'probe-error',
  // What a server sent could not be used (bounds and hostile answers).
  'too-large',
  'too-many',
  'too-deep',
  'truncated',
  'not-fhir',
  'origin-not-listed',
  'expression-timeout',
] as const;
export type NotMeasuredReason = (typeof notMeasuredReasons)[number];

export type Severity = 'blocker' | 'major' | 'minor';

/** Whose problem a failure most likely is, before re-attribution. */
export type BlockerClass =
  'product' | 'contract' | 'auth' | 'ehr-configuration' | 'ehr-capability' | 'vendor-integration';

export type Holder = 'ehr' | 'product' | 'person';

/** simulator < vendor-sandbox < org-nonprod < production; an unknown class is production. */
export const environmentClasses = ['simulator', 'vendor-sandbox', 'org-nonprod', 'production'] as const;
export type EnvironmentClass = (typeof environmentClasses)[number];
