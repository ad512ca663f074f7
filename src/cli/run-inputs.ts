import { X509Certificate } from 'node:crypto';
import { dirname } from 'node:path';
import { loadContract, loadOrganization, type LoadedDocument, type LoadOptions } from '../load/documents.js';
import { crossProblems } from '../load/cross-problems.js';
import { loadPolicy } from '../load/policy.js';
import { documentText, readDocumentFile } from '../load/read-file.js';
import { referencedFile, resolveSecret, type SecretPlaces } from '../load/secrets.js';
import type { AiSystemAccess } from '../gather/ai-system.js';
import type { Credentials } from '../gather/contexts.js';
import type { RunDocuments, DocumentProblem } from '../gather/probe.js';
import type { InputDocument } from '../gather/run-folder.js';
import type { Credential, PersonLogin } from '../gather/sign-in.js';
import { effectiveClass, isLoopback, strictestClass } from '../gather/write-policy.js';
import { logAddress, logFileOf, logTokenOf } from '../model/ai-log-place.js';
import type { Contract } from '../model/documents/contract.js';
import type { AuthBinding, Environment, OrganizationProfile } from '../model/documents/organization.js';
import { applyOverrides } from '../model/documents/overrides.js';
import { ToolError } from '../model/errors.js';
import type { EnvironmentClass } from '../model/outcome.js';
import { isMissing, missing, type Missing } from '../model/fact.js';
import { decisionEnvironment, subjectsOf } from '../model/subjects.js';
import type { OriginRule, Purpose, TlsRule } from '../wire/exchange.js';
import type { PackagePlaces } from './main.js';
import { readPeers, type PeerInput } from './peer-inputs.js';

/** What `run` and `cleanup` are given on the command line about documents. */
export interface DocumentFlags {
  readonly contract: string;
  readonly organization: string;
  readonly environment?: string;
  readonly policy?: string;
  readonly peer?: readonly string[];
  /** Folders of earlier runs. */
  readonly previous?: readonly string[];
  readonly allowEnv?: readonly string[];
  readonly secretsDir?: string;
}

export interface RunInputs {
  readonly documents: RunDocuments;
  readonly inputs: readonly InputDocument[];
  readonly policyId: string;
  /** Ids of the checks the policy names. */
  readonly asks: ReadonlySet<string>;
  readonly secretPlaces: SecretPlaces;
  readonly peers: readonly PeerInput[];
}

/** Reads the documents of a run. @throws ToolError (exit 2) for anything unreadable or unsafe */
export async function readRunInputs(
  flags: DocumentFlags,
  places: PackagePlaces,
  checkIds: readonly string[],
  startedAt: Date,
): Promise<RunInputs> {
  const options: LoadOptions = {
    profilesFolder: new URL('profiles/', places.packageFolder),
    ...(flags.allowEnv === undefined ? {} : { allowEnv: flags.allowEnv }),
    ...(flags.secretsDir === undefined ? {} : { secretsFolder: flags.secretsDir }),
  };
  const contract = await loadContract(await namedContract(flags.contract, options), options);
  const organization = await loadOrganization(flags.organization, options);
  const policy = await loadPolicy(flags.policy ?? 'pilot', {
    folder: new URL('profiles/policies/', places.packageFolder),
    checkIds,
  });
  const environmentId = flags.environment ?? decisionEnvironment(organization.value);
  const environment = environmentId === undefined ? undefined : organization.value.environments?.[environmentId];
  if (environmentId === undefined || environment === undefined) {
    const known = Object.keys(organization.value.environments ?? {});
    throw new ToolError(
      'no-environment',
      `${organization.name} has ${known.length === 0 ? 'no environment' : `the environments ${known.join(', ')}`}, and ${environmentId === undefined ? 'none is chosen' : `"${environmentId}" is not one of them`}`,
      { span: organization.span('/environments'), next: 'Name one with --environment, or add it with its fhirBase.' },
    );
  }
  const applied = applyOverrides(contract.value, organization.value);
  const peers = await readPeers(flags.peer ?? [], organization.value.metadata.id, options);
  const problems: DocumentProblem[] = [
    ...contract.problems.map((problem) => ({ ...problem, document: 'contract' as const })),
    ...organization.problems.map((problem) => ({ ...problem, document: 'organization' as const })),
    ...crossProblems(contract, organization),
  ].map(({ code, document, pointer, data }) => ({ code, document, pointer, data }));
  const documents: RunDocuments = {
    contract: applied.contract,
    organization: organization.value,
    environmentId,
    environment,
    environmentClass: strictestClass(sameOrigin(organization.value, environment)),
    subjects: subjectsOf({
      contract: applied.contract,
      organization: organization.value,
      environmentId,
      peers: peers.map(({ peer }) => peer.organization.metadata.id),
    }),
    startedAt,
    problems,
    inherited: contract.inherited,
    peers: peers.map(({ peer }) => peer),
    certificates: await certificateFiles(organization.value, environmentId, secretPlacesOf(flags)),
  };
  return {
    documents,
    policyId: policy.policy.id,
    asks: new Set(policy.policy.rows.map(({ check }) => check)),
    inputs: [
      ...inputsOf(contract, 'contract', 'contract-template'),
      ...inputsOf(organization, 'organization', 'organization-template'),
      ...[...policy.files].map(([name, bytes]) => ({ name, role: 'policy' as const, bytes })),
      ...peers.map(({ input }) => input),
    ],
    secretPlaces: secretPlacesOf(flags),
    peers,
  };
}

/** Until when the certificates hold that this environment and the listeners name; a file that is not there is a problem of its own. */
export async function certificateFiles(
  organization: OrganizationProfile,
  environmentId: string,
  places: SecretPlaces,
): Promise<RunDocuments['certificates']> {
  const client = organization.environments?.[environmentId]?.tls?.clientCert;
  const named = [
    ...(organization.certificates ?? []).map(({ id, ref }, index) => ({
      name: id,
      pointer: `/certificates/${index}`,
      ref,
    })),
    ...(client === undefined
      ? []
      : [
          {
            name: 'client certificate',
            pointer: `/environments/${environmentId}/tls/clientCert/cert`,
            ref: client.cert.ref,
          },
        ]),
    ...Object.entries(organization.listeners ?? {}).flatMap(([id, { tls }]) =>
      tls === undefined ? [] : [{ name: `listener ${id}`, pointer: `/listeners/${id}/tls/cert`, ref: tls.cert.ref }],
    ),
  ];
  const read = named.map(async ({ name, pointer, ref }) => {
    try {
      const pem = await resolveSecret({ ref }, places, { anyoneMayRead: true });
      return [{ name, pointer, notAfter: notAfterOf(pem) }];
    } catch (error) {
      if (error instanceof ToolError) return [];
      throw error;
    }
  });
  return (await Promise.all(read)).flat();
}

function notAfterOf(pem: string): string | null {
  try {
    return new Date(new X509Certificate(pem).validTo).toISOString();
  } catch {
    return null;
  }
}

/** Where the references of an organization file may point. */
export const secretPlacesOf = (
  flags: Pick<DocumentFlags, 'organization' | 'secretsDir' | 'allowEnv'>,
): SecretPlaces => ({
  profileFolder: dirname(flags.organization),
  ...(flags.secretsDir === undefined ? {} : { secretsFolder: flags.secretsDir }),
  ...(flags.allowEnv === undefined ? {} : { allowEnv: flags.allowEnv }),
});

// A shipped contract may be named without a path.
async function namedContract(nameOrPath: string, options: LoadOptions): Promise<Parameters<typeof loadContract>[0]> {
  if (/[./\\]/.test(nameOrPath)) return nameOrPath;
  const { readShipped } = await import('../load/read-file.js');
  const shipped = await readShipped('contracts', nameOrPath, options);
  if ('bytes' in shipped) return shipped;
  throw new ToolError('unknown-contract', `there is no shipped contract "${nameOrPath}"${shipped.hint}`, {
    next: `Give a path, or one of: ${shipped.known.join(', ')}.`,
  });
}

// Own file under our own name, a template under the name that finds it again.
function inputsOf<T extends Contract | OrganizationProfile>(
  loaded: LoadedDocument<T>,
  own: 'contract' | 'organization',
  template: 'contract-template' | 'organization-template',
): InputDocument[] {
  return [...loaded.inputs].map(([name, bytes], index) =>
    index === 0
      ? { name: `${own}.yaml`, role: own, bytes }
      : { name: name.replaceAll('/', '.'), role: template, bytes },
  );
}

/**
 * Resolves what the bindings of the environment refer to; a failure is a reason, never an exception.
 * @param attended somebody at this terminal can sign in on a page
 */
export async function credentialsOf(
  organization: OrganizationProfile,
  environmentId: string,
  secretPlaces: SecretPlaces,
  attended = false,
): Promise<Credentials> {
  const credentials = new Map<string, Credential | Missing>();
  for (const binding of organization.auth?.bindings ?? []) {
    if (binding.environment !== environmentId) continue;
    const credential = await credentialOf(binding, secretPlaces);
    credentials.set(
      binding.id,
      binding.flow === 'backend' || isMissing(credential)
        ? credential
        : await withPeople(credential, binding, organization, environmentId, secretPlaces, attended),
    );
  }
  return credentials;
}

/** On a simulator the listed logins sign in by themselves; anywhere else people do, in their own browser. */
async function withPeople(
  credential: Credential,
  binding: AuthBinding,
  { contexts, environments }: OrganizationProfile,
  environmentId: string,
  secretPlaces: SecretPlaces,
  attended: boolean,
): Promise<Credential | Missing> {
  const environment = environments?.[environmentId];
  const own = (contexts ?? []).filter((context) => context.binding === binding.id);
  if (environment?.authorizeUrl === undefined)
    return missing('no-credential', `the environment of binding ${binding.id} lists no authorizeUrl`);
  if (effectiveClass(environment) !== 'simulator') {
    return attended
      ? { ...credential, people: own.map(({ id }) => ({ context: id })) }
      : missing('no-credential', `binding ${binding.id} signs in with a person, and nobody is at this terminal`);
  }
  const people: PersonLogin[] = [];
  try {
    for (const { id, user } of own) {
      if (user === undefined) continue;
      const [, name, password] = /^([^:]+)(?::(.*))?$/s.exec((await resolveSecret(user, secretPlaces)).trim()) ?? [];
      if (name !== undefined) people.push({ context: id, name, ...(password === undefined ? {} : { password }) });
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return missing('no-credential', `binding ${binding.id}: ${error.message}`);
  }
  return people.length > 0
    ? { ...credential, people }
    : missing('no-credential', `no context names a test user for binding ${binding.id}`);
}

async function credentialOf(binding: AuthBinding, secretPlaces: SecretPlaces): Promise<Credential | Missing> {
  try {
    const { clientId } = binding;
    if (clientId === undefined) return missing('no-credential', `binding ${binding.id} names no clientId`);
    if (binding.flow === 'backend' && binding.key === undefined && binding.secret === undefined) {
      return missing('no-credential', `binding ${binding.id} names neither key nor secret`);
    }
    return {
      clientId: typeof clientId === 'string' ? clientId : (await resolveSecret(clientId, secretPlaces)).trim(),
      ...(binding.key === undefined ? {} : { privateKeyPem: await resolveSecret(binding.key, secretPlaces) }),
      ...(binding.secret === undefined || binding.key !== undefined
        ? {}
        : { clientSecret: (await resolveSecret(binding.secret, secretPlaces)).trim() }),
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return missing('no-credential', `binding ${binding.id}: ${error.message}`);
  }
}

/** The bearer tokens of the AI system's doors. @throws ToolError (exit 2) when a reference does not resolve */
export async function aiSystemAccess(
  { aiSystem }: OrganizationProfile,
  secretPlaces: SecretPlaces,
): Promise<AiSystemAccess> {
  const tokenOf = async (reference: { readonly ref: string } | undefined): Promise<string | undefined> =>
    reference === undefined ? undefined : (await resolveSecret(reference, secretPlaces)).trim();
  const queryToken = await tokenOf(aiSystem?.query?.token);
  const controlToken = await tokenOf(aiSystem?.control?.token);
  const webhookSecret = await tokenOf(aiSystem?.webhook?.secret);
  const cdsHooksKey = await tokenOf(aiSystem?.cdsHooks?.key);
  const logToken = await tokenOf(logTokenOf({ aiSystem }));
  return {
    ...(queryToken === undefined ? {} : { queryToken }),
    ...(controlToken === undefined ? {} : { controlToken }),
    ...(webhookSecret === undefined ? {} : { webhookSecret }),
    ...(cdsHooksKey === undefined ? {} : { cdsHooksKey }),
    ...(logToken === undefined ? {} : { logToken }),
  };
}

/** Where the AI system's log lies, where the organization file names a file and it is there. @throws ToolError (exit 2) */
export async function aiLogFile(
  organization: OrganizationProfile,
  secretPlaces: SecretPlaces,
): Promise<string | undefined> {
  const named = logFileOf(organization);
  return named === undefined ? undefined : referencedFile(named, secretPlaces);
}

/** Text of the files that `aiSystem.routes` names, by organization. @throws ToolError (exit 2) */
export async function routeTexts(
  organizations: readonly { readonly organization: OrganizationProfile; readonly secretPlaces: SecretPlaces }[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { organization, secretPlaces } of organizations) {
    const place = organization.aiSystem?.routes;
    if (place === undefined || typeof place === 'string') continue;
    const path = await referencedFile(place, secretPlaces);
    if (path === undefined) continue;
    const name = place.ref.slice('file:'.length);
    texts.set(organization.metadata.id, documentText(await readDocumentFile(path, name)));
  }
  return texts;
}

/** Key and certificate of each listener that names them. @throws ToolError (exit 2) when a reference does not resolve */
export async function listenerIdentities(
  { listeners }: OrganizationProfile,
  secretPlaces: SecretPlaces,
): Promise<ReadonlyMap<string, { readonly key: string; readonly cert: string }>> {
  const identities = new Map<string, { readonly key: string; readonly cert: string }>();
  for (const [name, { tls }] of Object.entries(listeners ?? {})) {
    if (tls === undefined) continue;
    const cert = await resolveSecret(tls.cert, secretPlaces, { anyoneMayRead: true });
    identities.set(name, { key: await resolveSecret(tls.key, secretPlaces), cert });
  }
  return identities;
}

const maySend = (url: string): boolean => new URL(url).protocol === 'https:' || isLoopback(url);

/** The origins this run may talk to, each for its purpose, and the address of each purpose. */
export async function originsOfEnvironment(
  environment: Environment,
  organization: OrganizationProfile,
  secretPlaces: SecretPlaces,
): Promise<{ readonly origins: OriginRule[]; readonly bases: Partial<Record<Purpose, string>> }> {
  const tls = await tlsOf(environment, secretPlaces);
  const bases: Partial<Record<Purpose, string>> = { fhir: environment.fhirBase };
  if (environment.tokenUrl !== undefined) bases.token = environment.tokenUrl;
  if (environment.authorizeUrl !== undefined) {
    bases.authorize = new URL(environment.authorizeUrl).origin;
    bases.jwks = bases.authorize;
  }
  if (organization.aiSystem?.query !== undefined) bases['ai-system'] = organization.aiSystem.query.url;
  if (organization.aiSystem?.control !== undefined) bases['ai-control'] = organization.aiSystem.control.url;
  const { webhook, cdsHooks } = organization.aiSystem ?? {};
  // What stands there in clear text is told by hipaa.tls; nothing is sent to it.
  if (webhook !== undefined && maySend(webhook.url)) bases['ai-webhook'] = webhook.url;
  if (cdsHooks !== undefined && maySend(cdsHooks.base)) bases['ai-cds'] = cdsHooks.base;
  if (organization.aiSystem?.launchUrl !== undefined) bases['ai-app'] = new URL(organization.aiSystem.launchUrl).origin;
  const routes = organization.aiSystem?.routes;
  if (typeof routes === 'string' && maySend(routes)) bases['ai-routes'] = routes;
  const aiLog = logAddress(organization);
  if (aiLog !== undefined) bases['ai-log'] = aiLog;
  const log = organization.audit?.sources?.find(({ kind }) => kind === 'fhir-auditevent')?.location;
  if (typeof log === 'string') bases.audit = log;
  const origins = Object.entries(bases).map(([purpose, url]): OriginRule => {
    const { origin } = new URL(url);
    const sameHost =
      origin === new URL(environment.fhirBase).origin || ['token', 'authorize', 'jwks'].includes(purpose);
    return { origin, purpose: purpose as Purpose, ...(tls !== undefined && sameHost ? { tls } : {}) };
  });
  return { origins, bases };
}

export async function tlsOf(environment: Environment, secretPlaces: SecretPlaces): Promise<TlsRule | undefined> {
  const { tls } = environment;
  if (tls === undefined) return undefined;
  return {
    ...(tls.ca === undefined ? {} : { ca: await resolveSecret(tls.ca, secretPlaces, { anyoneMayRead: true }) }),
    ...(tls.caMode === undefined ? {} : { caMode: tls.caMode }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
    ...(tls.spkiPins === undefined ? {} : { spkiPins: tls.spkiPins }),
  };
}

// Two environments of one origin are one machine: the stricter class holds (safety rule 6).
function sameOrigin(
  organization: OrganizationProfile,
  environment: Environment,
): { readonly environmentClass: EnvironmentClass }[] {
  const { origin } = new URL(environment.fhirBase);
  return Object.values(organization.environments ?? {})
    .filter((each) => new URL(each.fhirBase).origin === origin)
    .map((each) => ({ environmentClass: effectiveClass(each) }));
}
