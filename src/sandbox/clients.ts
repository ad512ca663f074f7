import type { RegisteredApp } from './launch.js';

/** A client as every organization of the sandbox registers it. Its client id is `<organization>-<name>`. */
export interface ClientRegistration {
  readonly name: string;
  readonly role: Role;
  /** Site id the client is limited to; `null` means every site. */
  readonly site: string | null;
  /** SMART scopes, v1 or v2 (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). */
  readonly scopes: readonly string[];
  readonly algorithm: 'RS384' | 'ES384';
  /** `ai-program` clients belong to the reference AI systems themselves, `ai-system` clients to whoever tries its rights. */
  readonly usedBy: 'ai-system' | 'ai-program' | 'staff';
  /** No living system uses it: negative sign-in tests may lock it. */
  readonly expendable: boolean;
  /** Where its tokens live shorter than those of the others: so that their end can be seen. */
  readonly tokenLifetimeSeconds?: number;
  /** Signs people in: opened by the EHR, or by itself. Absent: a backend service. */
  readonly app?: RegisteredApp & { readonly flow: 'ehr-launch' | 'standalone' };
}

export type Role =
  | 'bot'
  | 'assistant'
  | 'tracker'
  | 'scheduler'
  | 'front-desk'
  | 'physician'
  | 'ordering-physician'
  | 'nurse'
  | 'authorization-nurse'
  | 'auditor'
  | 'staff';

/** What a role may do at most, by resource type in SMART letters; the scopes of a token only narrow it. */
export const roleRights: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  bot: {
    Patient: 'rs',
    Slot: 'rs',
    Schedule: 'rs',
    Appointment: 'crus',
    Practitioner: 'rs',
    Location: 'rs',
    Subscription: 'cruds',
  },
  assistant: {
    Patient: 'rs',
    Encounter: 'rs',
    Condition: 'rs',
    Observation: 'rs',
    MedicationRequest: 'rs',
    Medication: 'r',
    AllergyIntolerance: 'rs',
    DocumentReference: 'crs',
    Practitioner: 'rs',
    Subscription: 'cruds',
  },
  tracker: {
    Patient: 'rs',
    ServiceRequest: 'rs',
    Coverage: 'rs',
    Task: 'crus',
    Provenance: 'crs',
    Practitioner: 'rs',
    Subscription: 'cruds',
  },
  scheduler: { Patient: 'rs', Slot: 'rs', Schedule: 'rs', Appointment: 'crus', Task: 'rs' },
  'front-desk': { Appointment: 'rs', Encounter: 'rs' },
  physician: {
    Patient: 'rs',
    Appointment: 'rs',
    Encounter: 'rs',
    DocumentReference: 'crus',
    ServiceRequest: 'crus',
    Task: 'rs',
  },
  'ordering-physician': { Task: 'rs' },
  nurse: { DocumentReference: 'rs' },
  'authorization-nurse': { ServiceRequest: 'rs', Coverage: 'rs', Task: 'rus' },
  auditor: { AuditEvent: 'rs' },
  staff: {
    Patient: 'rs',
    Slot: 'rs',
    Schedule: 'rs',
    Location: 'rs',
    HealthcareService: 'rs',
    Appointment: 'cruds',
    Encounter: 'rus',
    ServiceRequest: 'cruds',
    Task: 'cruds',
    Coverage: 'rs',
    DocumentReference: 'cruds',
    Provenance: 'rds',
    Consent: 'r',
    MedicationRequest: 'rs',
    AllergyIntolerance: 'rs',
    Subscription: 'cruds',
  },
};

const voiceBotScopes = ['system/Patient.rs', 'system/Slot.rs', 'system/Schedule.r', 'system/Appointment.crus'];
const scribeScopes = [
  'system/Patient.rs',
  'system/Encounter.rs',
  'system/MedicationRequest.rs',
  'system/Medication.r',
  'system/AllergyIntolerance.rs',
  'system/DocumentReference.crs',
];
const trackerScopes = [
  'system/ServiceRequest.rs',
  'system/Coverage.rs',
  'system/Task.crus',
  'system/Patient.r',
  'system/Provenance.crs',
];
const schedulerScopes = ['system/Patient.rs', 'system/Slot.rs', 'system/Appointment.crus'];
const authorizationNurseScopes = ['system/ServiceRequest.rs', 'system/Coverage.rs', 'system/Task.rus'];
const appScopes = [
  'openid',
  'fhirUser',
  'patient/Patient.rs',
  'patient/Encounter.rs',
  'patient/MedicationRequest.rs',
  'patient/Medication.r',
  'patient/AllergyIntolerance.rs',
  'patient/DocumentReference.crs',
];
const appAddresses = {
  redirectUris: ['http://127.0.0.1:8765/callback'],
  launchUri: 'http://127.0.0.1:8765/launch',
} as const;
const subscribing = 'system/Subscription.crud';

/** The person who signs in to apps; a file of this name beside the keys holds name and password. */
export const clinicianLogin = 'clinician';

/** People who sign in on a page, each with a file of that name; what they are at the organization. */
export const loginTable = [
  { name: clinicianLogin, role: 'physician' },
  { name: 'colleague', role: 'physician' },
  { name: 'nurse', role: 'nurse' },
  { name: 'patient', role: 'patient' },
] as const;

const shortLived = { expendable: true, tokenLifetimeSeconds: 4 };

export const clientTable: readonly ClientRegistration[] = [
  aiSystem('voice-bot', 'bot', [...voiceBotScopes, 'system/Subscription.cruds'], { algorithm: 'RS384' }),
  aiSystem('voice-bot-spare', 'bot', ['system/Slot.rs'], shortLived),
  aiSystem('scribe', 'assistant', scribeScopes),
  aiSystem('scribe-spare', 'assistant', ['system/Patient.rs'], shortLived),
  aiSystem('scribe-app', 'assistant', ['launch', ...appScopes], { app: { flow: 'ehr-launch', ...appAddresses } }),
  aiSystem(
    'scribe-app-spare',
    'assistant',
    ['launch/patient', 'launch/encounter', 'openid', 'fhirUser', 'patient/Patient.rs'],
    {
      app: { flow: 'standalone', ...appAddresses },
      expendable: true,
    },
  ),
  aiSystem('tracker', 'tracker', trackerScopes, { algorithm: 'RS384' }),
  aiSystem('tracker-spare', 'tracker', ['system/Task.rs'], shortLived),
  aiSystem('ai-voice-bot', 'bot', [...voiceBotScopes, subscribing], { usedBy: 'ai-program' }),
  aiSystem('ai-scribe', 'assistant', [...scribeScopes, subscribing], { usedBy: 'ai-program' }),
  aiSystem('ai-scribe-app', 'assistant', ['launch', ...appScopes], {
    usedBy: 'ai-program',
    app: { flow: 'ehr-launch', ...appAddresses },
  }),
  aiSystem('ai-tracker', 'tracker', [...trackerScopes, subscribing], { usedBy: 'ai-program' }),
  staff('scheduler-north', 'scheduler', 'north', schedulerScopes),
  staff('scheduler-south', 'scheduler', 'south', schedulerScopes),
  staff('scheduler-tasks', 'scheduler', 'north', ['system/Task.rs']),
  staff('front-desk', 'front-desk', 'north', ['system/Appointment.rs']),
  staff('front-desk-visits', 'front-desk', 'north', ['system/Encounter.rs']),
  staff('physician', 'physician', null, [
    'system/Appointment.rs',
    'system/Patient.rs',
    'system/Encounter.rs',
    'system/DocumentReference.crus',
    'system/ServiceRequest.crus',
    'system/Task.rs',
  ]),
  staff('physician-appointments', 'physician', null, ['system/Appointment.rs']),
  staff('physician-north', 'physician', 'north', [
    'system/Patient.rs',
    'system/Encounter.rs',
    'system/DocumentReference.rs',
  ]),
  staff('ordering-physician', 'ordering-physician', 'north', ['system/Task.rs']),
  staff('nurse', 'nurse', 'north', ['system/DocumentReference.rs']),
  staff('authorization-nurse', 'authorization-nurse', 'north', authorizationNurseScopes),
  staff('authorization-nurse-imaging', 'authorization-nurse', 'imaging', authorizationNurseScopes),
  staff('auditor', 'auditor', null, ['system/AuditEvent.rs']),
  // Reads at every site and changes nothing.
  staff('records', 'staff', null, [
    'system/Patient.rs',
    'system/Slot.rs',
    'system/Schedule.rs',
    'system/Location.rs',
    'system/HealthcareService.rs',
    'system/Appointment.rs',
    'system/Encounter.rs',
    'system/ServiceRequest.rs',
    'system/Task.rs',
    'system/Coverage.rs',
    'system/DocumentReference.rs',
    'system/MedicationRequest.rs',
    'system/AllergyIntolerance.rs',
    'system/Consent.r',
  ]),
  staff('event-source', 'staff', null, [
    'system/Patient.rs',
    'system/Slot.rs',
    'system/Schedule.rs',
    'system/Appointment.cruds',
    'system/Encounter.rus',
    'system/ServiceRequest.cruds',
    'system/Task.cruds',
    'system/Coverage.rs',
    'system/DocumentReference.cruds',
    'system/Provenance.rds',
    'system/Subscription.cruds',
  ]),
];

function aiSystem(
  name: string,
  role: Role,
  scopes: readonly string[],
  different: Partial<ClientRegistration> = {},
): ClientRegistration {
  return {
    name,
    role,
    site: 'north',
    scopes,
    algorithm: 'ES384',
    usedBy: 'ai-system',
    expendable: false,
    ...different,
  };
}

function staff(name: string, role: Role, site: string | null, scopes: readonly string[]): ClientRegistration {
  return { name, role, site, scopes, algorithm: 'ES384', usedBy: 'staff', expendable: false };
}
