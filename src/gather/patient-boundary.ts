import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import { patientsOf } from '../fhir/reference.js';
import { readScope } from '../fhir/scopes.js';
import { appBinding } from '../model/app-clients.js';
import type { AccessContext, AuthBinding, OrganizationProfile, TestPatient } from '../model/documents/organization.js';
import { missing, type Missing } from '../model/fact.js';
import { foundByPatient } from './known-objects.js';
import { openable } from './openable.js';
import type { Client, ProbeTools, RunDocuments } from './probe.js';
import type { Answer } from './request.js';
import { seenOf, type Seen } from './seen.js';

/** A token opened on one test patient, and another patient it must not reach. */
export interface PatientBoundary {
  readonly context: AccessContext;
  readonly binding: AuthBinding;
  readonly own: TestPatient;
  readonly other: TestPatient;
}

/** Name of its session in templates. */
export const boundarySession = ({ context }: Pick<PatientBoundary, 'context'>): string => `context:${context.id}`;

/** Out of the documents alone. */
export function patientBoundary(documents: RunDocuments): PatientBoundary | Missing {
  const { contract, organization, environmentId } = documents;
  const binding = appBinding(contract, organization, environmentId, false);
  const context = (organization.contexts ?? []).find((each) => each.binding === binding?.id);
  if (binding === undefined || context === undefined)
    return missing('no-credential', 'the organization file names no app client with a context');
  if (!(binding.scopes ?? []).some((scope) => readScope(scope)?.level === 'patient'))
    return missing('prerequisite-failed', `binding ${binding.id} asks for no patient-level scope`);
  const [first, second] = openable(organization).map(({ alias }) => patientNamed(organization, alias));
  if (first === undefined || second === undefined)
    return missing('no-test-object', 'two test patients are needed, and the organization file lists fewer');
  return { context, binding, own: first, other: second };
}

const patientNamed = ({ testData }: OrganizationProfile, alias: string): TestPatient | undefined =>
  (testData?.patients ?? []).find((patient) => patient.alias === alias);

/** Types its patient-level scopes let it search by patient, and read. */
export function boundaryTypes({ scopes }: AuthBinding): { readonly searched: string[]; readonly read: string[] } {
  const own = (scopes ?? []).flatMap((text) => readScope(text) ?? []).filter(({ level }) => level === 'patient');
  const having = (letter: string): string[] => [
    ...new Set(own.filter(({ letters }) => letters.includes(letter)).map(({ resourceType }) => resourceType)),
  ];
  return { searched: having('s').filter((type) => foundByPatient.has(type)), read: having('r') };
}

/** The session opened on the own patient; missing with the reason why there is none. */
export async function boundaryClient(tools: ProbeTools, { context }: PatientBoundary): Promise<Client | Missing> {
  const client = tools.context(context.id);
  if (client === undefined) return missing('no-credential', `nobody can sign in as context ${context.id}`);
  return (await client.signedIn()).usableToken
    ? client
    : missing('prerequisite-failed', `the sign-in of context ${context.id} was refused`);
}

/** Whether anything of the patient came: the record itself, or a row or included resource about it. */
export function brings({ resource }: Answer, patientId: string): boolean {
  const page = readSearchset(resource);
  // More rows than a bounded reading takes: some of them are somebody's.
  if (page === 'too-many') return true;
  const all: readonly Resource[] =
    page === undefined ? [resource].filter((each) => each !== undefined) : [...page.matches, ...page.included];
  return all.some((each) => patientsOf(each).includes(patientId));
}

export const seenOfPatient = (answer: Answer, patientId: string): Seen =>
  seenOf(answer.status, brings(answer, patientId));
