import type { Channel } from '../../model/documents/organization.js';
import { appointmentFreed } from '../subscription-topics.js';

/** Which of the shipped contracts an organization document is for; its roles, triggers and overrides are the contract's. */
export type WorkflowName = 'scheduling' | 'documentation' | 'prior-authorization';

export interface WorkflowSetting {
  /** Shipped contract the document fits. */
  readonly contract: string;
  /** `permissions.workflowClient` of the contract. */
  readonly workflow: string;
  /** The AI system's client first, then staff. */
  readonly contexts: readonly WorkflowContext[];
  readonly spareClient: string;
  /** Clients of the product that sign people in, the expendable one last. */
  readonly apps?: readonly string[];
  /** Who else signs in to the first of them: logins of the sandbox with their role. */
  readonly alsoSignIn?: readonly { readonly login: string; readonly role: string }[];
  /** The AI system's client for another workflow of the same organization, and that workflow's name. */
  readonly otherWorkflow: { readonly client: string; readonly workflow: string };
  readonly purposeOfUse: string;
  readonly channels: Readonly<Record<string, Channel>>;
  /** Values at override points the contract calls mandatory. */
  readonly overrides: (visitType: string) => Readonly<Record<string, unknown>>;
  /** Parties which see patient data in the contract's flows. */
  readonly parties: readonly string[];
  /** Example numbers for the contract's metrics of success: from before the trial, and now. */
  readonly metrics: readonly { readonly metric: string; readonly baseline: number; readonly latest: number }[];
}

export interface WorkflowContext {
  readonly client: string;
  readonly role: string;
  /** Absent: every site. */
  readonly site?: string;
  /** Signs as the clinician whose schedule is the test schedule. */
  readonly signs?: true;
}

const subscription: Channel = {
  kind: 'subscription',
  style: 'r4-rest-hook',
  payload: 'full-resource',
  listener: 'subscription',
};

export const workflows: Readonly<Record<WorkflowName, WorkflowSetting>> = {
  scheduling: {
    contract: 'scheduling-voice-bot',
    workflow: 'scheduling',
    contexts: [
      { client: 'voice-bot', role: 'bot', site: 'north' },
      { client: 'scheduler-north', role: 'scheduler', site: 'north' },
      { client: 'scheduler-south', role: 'scheduler', site: 'south' },
      { client: 'front-desk', role: 'front-desk', site: 'north' },
      { client: 'physician-appointments', role: 'physician' },
      // Shows what there is at other sites.
      { client: 'records', role: 'physician' },
    ],
    spareClient: 'voice-bot-spare',
    otherWorkflow: { client: 'scribe', workflow: 'documentation' },
    purposeOfUse: 'TREAT',
    channels: {
      call: { kind: 'external' },
      'appointment-freed': {
        kind: 'subscription',
        style: 'r5-backport',
        event: appointmentFreed,
        payload: 'id-only',
        listener: 'subscription',
      },
    },
    overrides: (visitType) => ({ 'actions[book].noReview': 'allowed', 'values.visitType': visitType }),
    parties: ['voicebot', 'model-host'],
    metrics: [
      { metric: 'touchless', baseline: 0, latest: 0.64 },
      { metric: 'staff-minutes', baseline: 7, latest: 1.5 },
      { metric: 'double-bookings', baseline: 3, latest: 0 },
    ],
  },
  documentation: {
    contract: 'note-assistant',
    workflow: 'documentation',
    contexts: [
      { client: 'scribe', role: 'assistant', site: 'north' },
      { client: 'physician-north', role: 'physician', site: 'north' },
      { client: 'nurse', role: 'nurse', site: 'north' },
      { client: 'front-desk-visits', role: 'front-desk', site: 'north' },
      // Closes visits, signs drafts and takes them away again, which the physician of the matrix does on the screen.
      { client: 'event-source', role: 'physician', signs: true },
      { client: 'records', role: 'physician' },
    ],
    spareClient: 'scribe-spare',
    apps: ['scribe-app', 'scribe-app-spare'],
    alsoSignIn: [
      { login: 'colleague', role: 'assistant' },
      { login: 'nurse', role: 'nurse' },
      { login: 'patient', role: 'patient' },
    ],
    otherWorkflow: { client: 'tracker', workflow: 'prior-auth' },
    purposeOfUse: 'TREAT',
    channels: { 'visit-ends': subscription, 'open-in-chart': { kind: 'launch' } },
    overrides: () => ({ 'values.noteType': '11506-3' }),
    parties: ['scribe', 'model-host'],
    metrics: [
      { metric: 'light-edits', baseline: 0, latest: 0.55 },
      { metric: 'note-minutes', baseline: 10, latest: 3.5 },
    ],
  },
  'prior-authorization': {
    contract: 'prior-authorization',
    workflow: 'prior-auth',
    contexts: [
      { client: 'tracker', role: 'tracker', site: 'north' },
      { client: 'authorization-nurse', role: 'authorization-nurse', site: 'north' },
      { client: 'authorization-nurse-imaging', role: 'authorization-nurse', site: 'imaging' },
      { client: 'ordering-physician', role: 'ordering-physician', site: 'north' },
      { client: 'scheduler-tasks', role: 'scheduler', site: 'north' },
      { client: 'records', role: 'ordering-physician' },
      // Takes away what a program may only add.
      { client: 'event-source', role: 'authorization-nurse' },
    ],
    spareClient: 'tracker-spare',
    otherWorkflow: { client: 'voice-bot', workflow: 'scheduling' },
    purposeOfUse: 'HPAYMT',
    channels: {
      'order-signed': subscription,
      'order-signing': { kind: 'cds-hook' },
      'payer-decision': { kind: 'external' },
    },
    overrides: () => ({}),
    parties: ['authflow', 'clearinghouse'],
    metrics: [
      { metric: 'mirrored', baseline: 0.7, latest: 0.995 },
      { metric: 'list-use', baseline: 0.2, latest: 0.85 },
      { metric: 'nurse-minutes', baseline: 14, latest: 3 },
    ],
  },
};
