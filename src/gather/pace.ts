import { effectiveClass, isLoopback } from './write-policy.js';
import type { Environment, OrganizationProfile } from '../model/documents/organization.js';

export interface Pace {
  readonly requestsPerSecond: number;
  readonly concurrency: number;
}

const careful: Pace = { requestsPerSecond: 2, concurrency: 2 };
const offLoopback: Pace = { requestsPerSecond: 20, concurrency: 20 };

/** The pace every organization concerned agrees to. */
export const slowest = (paces: readonly Pace[]): Pace => ({
  requestsPerSecond: Math.min(...paces.map((pace) => pace.requestsPerSecond)),
  concurrency: Math.min(...paces.map((pace) => pace.concurrency)),
});

/** What the organization asks for, under ceilings that no profile can lift (safety rule 25). */
export function paceOf(organization: OrganizationProfile, environment: Environment): Pace {
  const asked = {
    requestsPerSecond: organization.limits?.requestsPerSecond ?? careful.requestsPerSecond,
    concurrency: organization.limits?.concurrency ?? careful.concurrency,
  };
  const environmentClass = effectiveClass(environment);
  if (environmentClass === 'simulator' && isLoopback(environment.fhirBase)) return asked;
  const ceiling = environmentClass === 'production' ? careful : offLoopback;
  return {
    requestsPerSecond: Math.min(asked.requestsPerSecond, ceiling.requestsPerSecond),
    concurrency: Math.min(asked.concurrency, ceiling.concurrency),
  };
}
