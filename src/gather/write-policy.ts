import { downstreamConsumers, type Environment, type OrganizationProfile } from '../model/documents/organization.js';
import { environmentClasses, type EnvironmentClass } from '../model/outcome.js';

export type WriteTier = 'none' | 'one' | 'all';

export interface WriteRefusal {
  /** Stable word for the report. */
  readonly code: string;
  /** What to change, in words. */
  readonly detail: string;
}

/** Never written, whatever contract or profile allow (safety rule 13). */
const neverWritten = new Set([
  'MedicationRequest',
  'ServiceRequest',
  'DeviceRequest',
  'NutritionOrder',
  'CarePlan',
  'Claim',
  'ChargeItem',
  'Invoice',
  'Account',
  'Coverage',
  'Immunization',
  'Communication',
  'CommunicationRequest',
  'Consent',
  'Flag',
  'AllergyIntolerance',
  'Condition',
  'Patient',
  'Practitioner',
]);

/** Class of an environment: unknown is production; below production, off loopback, only with a dated statement. */
export function effectiveClass(environment: Environment): EnvironmentClass {
  const declared = environment.class ?? 'production';
  if (declared === 'production') return 'production';
  const loopback = isLoopback(environment.fhirBase);
  return loopback || environment.noRealPatients !== undefined ? declared : 'production';
}

/** The class with the most protection of all that are concerned. */
export const strictestClass = (
  concerned: readonly { readonly environmentClass: EnvironmentClass }[],
): EnvironmentClass =>
  [...environmentClasses].reverse().find((name) => concerned.some((each) => each.environmentClass === name)) ??
  'production';

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/**
 * Why nothing may be written in this run, or undefined when writing is agreed: profile, approval in date, tier,
 * environment, window and downstream statements together (safety rules 7, 11, 15).
 */
export function writesRefused(options: {
  readonly organization: OrganizationProfile;
  readonly environment: Environment;
  readonly tier: WriteTier;
  readonly environmentNamed: boolean;
  readonly now: Date;
}): WriteRefusal | undefined {
  const { organization, environment, tier, environmentNamed, now } = options;
  const policy = organization.writePolicy;
  const environmentClass = effectiveClass(environment);
  const simulator = environmentClass === 'simulator';
  if (tier === 'none') return { code: 'tier', detail: 'the run was started with --writes none' };
  if (environmentClass === 'production') return { code: 'production', detail: 'production is never written' };
  if (environment.mayWrite !== true)
    return { code: 'may-write', detail: 'the environment does not say mayWrite: true' };
  if (policy?.enabled !== true) return { code: 'policy', detail: 'writePolicy.enabled is not true' };
  if (policy.identifierSystem === undefined) {
    return {
      code: 'identifier-system',
      detail: 'writePolicy.identifierSystem is missing, so test objects could not be found again',
    };
  }
  if (!simulator && /\.example(\/|$)/.test(policy.identifierSystem)) {
    return { code: 'identifier-system', detail: 'writePolicy.identifierSystem is an example address' };
  }
  const today = now.toISOString().slice(0, 10);
  if (!(policy.approvals ?? []).some((approval) => approval.until >= today)) {
    return { code: 'approval', detail: 'no approval in writePolicy.approvals is in date' };
  }
  if (!simulator && !environmentNamed) {
    return { code: 'environment-not-named', detail: 'name the environment with --environment to write there' };
  }
  const unstated = downstreamConsumers.filter((consumer) => policy.downstream?.consumers[consumer] === undefined);
  if (unstated.length > 0) {
    return { code: 'downstream', detail: `writePolicy.downstream does not state ${unstated.join(', ')}` };
  }
  if (!insideWindow(environment, now)) return { code: 'window', detail: 'outside the agreed windows' };
  return undefined;
}

/** Whether one kind of write is on the organization's list and on none of the never lists. */
export function writeAllowed(
  organization: OrganizationProfile,
  resourceType: string,
  interaction: 'create' | 'update' | 'patch' | 'delete',
  states: readonly string[],
): boolean {
  const policy = organization.writePolicy;
  if (neverWritten.has(resourceType) || (policy?.never ?? []).includes(resourceType)) return false;
  return (policy?.allow ?? []).some(
    (rule) =>
      rule.resource === resourceType &&
      rule.interactions.includes(interaction) &&
      (states.length === 0 || rule.states === undefined || states.some((state) => rule.states?.includes(state))),
  );
}

/** Windows bind every request; none listed means any time. */
export function insideWindow(environment: Environment, now: Date): boolean {
  const windows = environment.windows ?? [];
  if (windows.length === 0) return true;
  return windows.some(({ days, from, to, zone }) => {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })
        .formatToParts(now)
        .map((part) => [part.type, part.value]),
    );
    const time = `${parts['hour']}:${parts['minute']}`;
    return (
      (days === undefined || (days as readonly string[]).includes(parts['weekday'] ?? '')) && time >= from && time < to
    );
  });
}
