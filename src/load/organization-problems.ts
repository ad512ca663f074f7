import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Problem } from '../model/documents/problem.js';
import { ToolError } from '../model/errors.js';
import type { DocumentFault } from './document-fault.js';
import { ProblemList } from './problem-list.js';
import { inspectSecret, refusedReference, type SecretPlaces } from './secrets.js';
import { walk, type LocatedNode } from './yaml-tree.js';

// A canary made of words the tool itself writes would be found everywhere, and prove nothing (safety rule 8).
const ownVocabulary = [
  'scorecard',
  'operationoutcome',
  'capabilitystatement',
  'appointment',
  'documentreference',
  'patient',
];
const secretKeys: ReadonlySet<string> = new Set(['key', 'secret', 'token', 'user', 'clientCert']);

interface WrittenReference {
  readonly pointer: string;
  readonly ref: string;
  readonly span: DocumentFault['span'];
  /** Stands for something only its owner may read, not for a certificate or an evidence file. */
  readonly secret: boolean;
}

/** Every `{ref: …}` of an organization file, in file order; what stands under `x-` keys is nobody's reference. */
export function* writtenReferences(root: LocatedNode): Generator<WrittenReference> {
  for (const { node, pointer } of walk(root)) {
    const ref = node.kind === 'map' ? node.entries.get('ref')?.node : undefined;
    if (ref?.kind !== 'scalar' || typeof ref.value !== 'string' || pointer.includes('/x-')) continue;
    const name = pointer.slice(pointer.lastIndexOf('/') + 1);
    yield { pointer, ref: ref.value, span: ref.span, secret: secretKeys.has(name) };
  }
}

/** What makes an organization file unsafe to load, from its text alone. */
export function organizationFaults(
  organization: OrganizationProfile,
  root: LocatedNode,
  allowEnv: readonly string[] = [],
): DocumentFault[] {
  const faults: DocumentFault[] = [];
  for (const { ref, span } of writtenReferences(root)) {
    const refused = refusedReference(ref, allowEnv);
    if (refused === undefined) continue;
    const next = ref.startsWith('env:') ? 'Rename the variable, or allow this one with --allow-env NAME.' : undefined;
    faults.push({ code: 'reference-not-allowed', span, message: refused, ...(next !== undefined && { next }) });
  }
  const { patients = [], schedules = [] } = organization.testData ?? {};
  for (const { canary } of [...patients, ...schedules]) {
    const own = ownVocabulary.some((word) => word.includes(canary.toLowerCase()) || canary.toLowerCase() === word);
    if (!own) continue;
    for (const { node } of walk(root)) {
      if (node.kind !== 'scalar' || node.value !== canary) continue;
      const message = `"${canary}" cannot be a canary: the tool's own words contain it`;
      faults.push({
        code: 'canary-in-vocabulary',
        span: node.span,
        message,
        next: 'Choose a made-up word of 8 characters or more.',
      });
    }
  }
  return faults;
}

/** Names that lead nowhere inside one organization file. */
export function organizationProblems(organization: OrganizationProfile, root: LocatedNode): readonly Problem[] {
  const list = new ProblemList(root);
  const ids = (items: readonly { readonly id: string }[] | undefined): string[] => (items ?? []).map(({ id }) => id);
  const environments = Object.keys(organization.environments ?? {});
  const bindings = ids(organization.auth?.bindings);
  const sites = ids(organization.sites);
  const listeners = Object.keys(organization.listeners ?? {});
  const {
    patients = [],
    twins = [],
    encounters = [],
    orders = [],
    schedules = [],
    slots,
    sensitive = [],
    forbidden = [],
  } = organization.testData ?? {};
  const aliases = patients.map(({ alias }) => alias);
  list.refer('environment', '/metadata/decisionEnvironment', organization.metadata.decisionEnvironment, environments);
  for (const [index, { environment }] of (organization.auth?.bindings ?? []).entries()) {
    list.refer('environment', `/auth/bindings/${index}/environment`, environment, environments);
  }
  for (const [index, { binding, site }] of (organization.contexts ?? []).entries()) {
    list.refer('binding', `/contexts/${index}/binding`, binding, bindings);
    list.refer('site', `/contexts/${index}/site`, site, sites);
  }
  for (const [index, system] of (organization.systems ?? []).entries()) {
    for (const [place, site] of (system.sites ?? []).entries()) {
      list.refer('site', `/systems/${index}/sites/${place}`, site, sites);
    }
  }
  for (const [name, { listener }] of Object.entries(organization.channels ?? {})) {
    list.refer('listener', `/channels/${name}/listener`, listener, listeners);
  }
  list.refer('listener', '/aiSystem/proxy/listener', organization.aiSystem?.proxy?.listener, listeners);
  for (const [index, { binding }] of (organization.audit?.sources ?? []).entries()) {
    list.refer('binding', `/audit/sources/${index}/binding`, binding, bindings);
  }
  for (const [index, { site }] of patients.entries()) {
    list.refer('site', `/testData/patients/${index}/site`, site, sites);
  }
  for (const [index, pair] of twins.entries()) {
    for (const [place, alias] of pair.entries()) {
      list.refer('patient alias', `/testData/twins/${index}/${place}`, alias, aliases);
    }
  }
  for (const [index, { patient }] of encounters.entries()) {
    list.refer('patient alias', `/testData/encounters/${index}/patient`, patient, aliases);
  }
  for (const [index, { patient }] of orders.entries()) {
    list.refer('patient alias', `/testData/orders/${index}/patient`, patient, aliases);
  }
  for (const [index, { site }] of schedules.entries()) {
    list.refer('site', `/testData/schedules/${index}/site`, site, sites);
  }
  list.refer('schedule', '/testData/slots/schedule', slots?.schedule, ids(schedules));
  for (const [index, { patient }] of sensitive.entries()) {
    list.refer('patient alias', `/testData/sensitive/${index}/patient`, patient, aliases);
  }
  for (const [index, { context }] of forbidden.entries()) {
    list.refer('context', `/testData/forbidden/${index}/context`, context, ids(organization.contexts));
  }
  list.findDuplicates();
  return list.problems;
}

/** References that are not there, or that others can read. Looks at names, modes and owners, never at a value. */
export async function secretProblems(
  root: LocatedNode,
  places: SecretPlaces,
): Promise<{ problems: readonly Problem[]; faults: readonly DocumentFault[] }> {
  const list = new ProblemList(root);
  const faults: DocumentFault[] = [];
  for (const { pointer, ref, secret, span } of writtenReferences(root)) {
    try {
      const facts = await inspectSecret({ ref }, places);
      if (!facts.exists) {
        list.add('unresolved-secret', pointer, `${facts.kind}:${facts.name} does not exist`, {
          kind: facts.kind,
          name: facts.name,
        });
      } else if (secret && facts.kind === 'file' && facts.foreignOwner === true) {
        list.add('secret-readable-by-others', pointer, `file:${facts.name} belongs to another user`, {
          name: facts.name,
        });
      } else if (secret && facts.kind === 'file' && ((facts.mode ?? 0) & 0o077) !== 0) {
        const mode = (facts.mode ?? 0).toString(8);
        list.add(
          'secret-readable-by-others',
          pointer,
          `file:${facts.name} has mode ${mode}; only its owner may read it`,
          {
            name: facts.name,
            mode,
          },
        );
      }
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      faults.push({
        code: error.code,
        span,
        message: error.message,
        ...(error.next !== undefined && { next: error.next }),
      });
    }
  }
  return { problems: list.problems, faults };
}
