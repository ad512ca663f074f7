/** What a contract has to decide about, one line each. Apart from the schemas, so that checks stay light to load. */
export const failureConditions = [
  'missing-required-field',
  'stale-data',
  'no-access',
  'ehr-unavailable',
  'event-missed',
  'event-duplicate',
  'output-invalid',
  'output-needs-review',
  'output-wrong-after-commit',
  'version-conflict',
  'duplicate-suspected',
  'partial-write',
] as const;
export type FailureCondition = (typeof failureConditions)[number];
