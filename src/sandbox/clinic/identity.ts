import type { OrganizationId } from './clinic-index.js';
import type { Random } from './random.js';

/** What every maker of clinic resources needs: whose they are, when it is, and names that no other organization uses. */
export interface Identity {
  readonly organization: OrganizationId;
  readonly now: Date;
  readonly random: Random;
  /** A logical id no other organization or seed uses: `pat-7-k3x9q`. */
  readonly newId: (prefix: string) => string;
  /** URI of one of the organization's own identifier or code systems. */
  readonly system: (name: string) => string;
  /** An upper-case name of 13 letters that starts with ZZTEST and was not given before. */
  readonly newCanary: () => string;
}

export function createIdentity(organization: OrganizationId, now: Date, random: Random): Identity {
  let count = 0;
  const canaries = new Set<string>();
  return {
    organization,
    now,
    random,
    newId: (prefix) => `${prefix}-${++count}-${random.word(5, 'bcdfghjkmnpqrstvwxz23456789')}`,
    system: (name) => `https://${organization}.example/${name}`,
    newCanary: () => {
      for (;;) {
        const canary = `ZZTEST${random.word(7, 'BCDFGHJKLMNPQRSTVWXZ')}`;
        if (canaries.has(canary)) continue;
        canaries.add(canary);
        return canary;
      }
    },
  };
}

const dayMs = 86_400_000;

/** Midnight UTC, `days` after the day of `now`. */
export function dayAfter(now: Date, days: number): Date {
  return new Date(Math.floor(now.getTime() / dayMs) * dayMs + days * dayMs);
}

export function minutesAfter(instant: Date, minutes: number): Date {
  return new Date(instant.getTime() + minutes * 60_000);
}

/** `2026-11-20T14:00:00Z` */
export function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/** `2026-11-20` */
export function dateText(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A reference as stored: relative. */
export function referenceTo(resource: { resourceType: string; id?: string | undefined }): string {
  return `${resource.resourceType}/${resource.id}`;
}
