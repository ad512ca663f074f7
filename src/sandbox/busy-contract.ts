import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Documents } from './deviation.js';

interface Options {
  readonly busy?: readonly string[];
  readonly perMinute?: number;
}

const rushPerMinute = 300;

/** A practice with a rush: hundreds of each come in a minute, so that seconds show what takes ten minutes with the shipped contract. */
export function withBusyHour(
  { contract }: Documents,
  { busy = ['call', 'appointment-freed'], perMinute = rushPerMinute }: Options = {},
): void {
  const { triggers = [] } = contract as { triggers?: { id: string; peakRate?: { perMinute: number } }[] };
  for (const trigger of triggers) {
    if (busy.includes(trigger.id)) trigger.peakRate = { perMinute };
    else delete trigger.peakRate;
  }
}

/** The same at a rate this machine carries, as was found for its series. */
export function withBearableHour(documents: Documents): void {
  const { limits } = documents.organization as unknown as OrganizationProfile;
  withBusyHour(documents, { perMinute: Math.min(rushPerMinute, limits?.sampling?.rate?.perMinute ?? rushPerMinute) });
}
