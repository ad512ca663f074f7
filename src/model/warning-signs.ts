/** Signs of a project that drifts; each is a question to somebody who runs it. */
export const warningSigns = [
  'scope-growing',
  'clinicians-absent',
  'tickets-open',
  'pilots-fail',
  'estimates-doubling',
] as const;
export type WarningSign = (typeof warningSigns)[number];
