import type { Resource } from 'fhir/r4.js';

export type OrganizationId = 'lakeside' | 'summit';

export interface Clinic {
  /** In an order in which every reference points to an earlier resource. */
  readonly resources: readonly Resource[];
  readonly index: ClinicIndex;
}

/** What an organization profile may name: every id in here is synthetic and may be touched by a run. */
export interface ClinicIndex {
  readonly organization: OrganizationId;
  readonly name: string;
  readonly sites: readonly ClinicSite[];
  readonly identifierSystems: { readonly mrn: string; readonly visit: string };
  /** Complete patients first; then twins, patients with a known gap, and the other sites. */
  readonly patients: readonly TestPatient[];
  /** Aliases of patients with the same family name and birth date. */
  readonly twins: readonly (readonly [string, string])[];
  readonly encounters: readonly TestEncounter[];
  readonly schedules: readonly TestSchedule[];
  readonly visitType: { readonly system: string; readonly code: string; readonly display: string };
  /** Booked visits of test patients on test schedules. */
  readonly appointments: readonly TestAppointment[];
  /** Imaging orders of test patients. */
  readonly orders: readonly TestOrder[];
  readonly sensitive: readonly SensitiveRecord[];
  /** Objects of a second site, which a session limited to the first site must not see. */
  readonly otherSite: {
    readonly site: string;
    readonly patient: string;
    readonly slot: string;
    readonly appointment: string;
  };
}

export interface ClinicSite {
  readonly id: string;
  readonly name: string;
  /** `Location/<id>` and `Organization/<id>`. */
  readonly location: string;
  readonly organization: string;
  readonly zone: string;
}

export interface TestPatient {
  readonly alias: string;
  readonly id: string;
  readonly site: string;
  readonly mrn: string;
  /** Equal to the family name; occurs nowhere else. */
  readonly canary: string;
  readonly family: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  /** Elements that are missing on purpose, as `Type.path`. */
  readonly gaps: readonly string[];
  /** Resources of each type which a run does not change. */
  readonly inventory: Readonly<Record<string, number>>;
}

export interface TestEncounter {
  readonly id: string;
  /** Alias. */
  readonly patient: string;
  readonly site: string;
  readonly visitNumber: string;
  /** In progress: a staff session may finish it. */
  readonly closeable: boolean;
}

export interface TestSchedule {
  readonly id: string;
  readonly site: string;
  /** Family name of the practitioner. */
  readonly canary: string;
  /** `Practitioner/<id>` */
  readonly practitioner: string;
  readonly freeSlots: number;
  /** First and one past the last instant of its slots, ISO 8601 in UTC. */
  readonly from: string;
  readonly to: string;
}

export interface TestAppointment {
  readonly id: string;
  /** Alias. */
  readonly patient: string;
  readonly schedule: string;
  readonly slot: string;
}

export interface TestOrder {
  readonly id: string;
  /** Alias. */
  readonly patient: string;
  readonly status: 'active' | 'draft';
  /** The tracking task, where one is open. */
  readonly task?: string;
}

export interface SensitiveRecord {
  /** Alias. */
  readonly patient: string;
  /** `Type/<id>` */
  readonly object: string;
  /** v3-ActCode of the sensitivity, where it is labelled. */
  readonly label?: string;
  /** `Consent/<id>` that denies it to machines. */
  readonly consent?: string;
}
