import { score, type ScoreInput } from '../evaluate/score.js';
import { loadContract, loadEhrProfile, loadOrganization, type LoadOptions } from '../load/documents.js';
import { policyFrom, shippedPolicies } from '../load/policy.js';
import { documentText, readDocumentFile } from '../load/read-file.js';
import { readRunFolder, type RecordedRun } from '../load/run-folder.js';
import { nodeAt, parseYaml } from '../load/yaml-tree.js';
import type { AnyCheck } from '../model/check.js';
import { applyOverrides } from '../model/documents/overrides.js';
import { ToolError } from '../model/errors.js';
import type { EvidenceHeader } from '../model/evidence.js';
import type { Policy } from '../model/policy.js';
import type { Scorecard } from '../model/scorecard.js';
import { scorecardJson } from '../model/scorecard-json.js';
import { subjectsOf } from '../model/subjects.js';
import { loadChecks } from './check-catalog.js';
import type { PackagePlaces } from './main.js';

export interface ScoreOptions {
  /** Instead of the policy of the run. */
  readonly policy?: Policy;
  readonly gate?: EvidenceHeader['gate'];
  readonly baseline?: Scorecard | NonNullable<Scorecard['decision']['baseline']>;
  readonly earlierRuns?: readonly string[];
  /** Look for the largest narrower contract that the same evidence carries. */
  readonly narrow?: boolean;
}

type RunInput = RecordedRun['inputs'][number];

const ofRole = (run: RecordedRun, role: RunInput['role']): RunInput[] =>
  run.inputs.filter((input) => input.role === role);

function only(run: RecordedRun, role: 'contract' | 'organization'): RunInput {
  const [found, ...more] = ofRole(run, role);
  if (found !== undefined && more.length === 0) return found;
  throw new ToolError(
    'unreadable-run',
    `the run has ${more.length + (found === undefined ? 0 : 1)} inputs of role ${role}, not one`,
  );
}

/** An organization's id is never inherited, so its own file is enough. */
function peerId({ name, bytes }: RunInput): string {
  const { root } = parseYaml(documentText({ name, bytes }), name);
  const id = root === undefined ? undefined : nodeAt(root, '/metadata/id');
  if (id?.kind === 'scalar' && typeof id.value === 'string') return id.value;
  throw new ToolError('unreadable-run', `inputs/${name} names no organization`);
}

/** Names references may use; scoring resolves none, so whatever the run allowed stays readable. */
const namedVariables = (bytes: Uint8Array): string[] =>
  [...new TextDecoder().decode(bytes).matchAll(/\benv:([A-Za-z_][A-Za-z0-9_]{0,127})/g)].map(([, name]) => name!);

async function recordedPolicy(run: RecordedRun, checks: readonly AnyCheck[], places: PackagePlaces): Promise<Policy> {
  const files = ofRole(run, 'policy');
  const [own] = files;
  if (own === undefined) throw new ToolError('unreadable-run', 'the run has no input of role policy');
  const name = shippedPolicies.find((one) => own.name === `policy-${one}.yaml`);
  const same = async (shipped: string, bytes: Uint8Array): Promise<boolean> => {
    const installed = await readDocumentFile(new URL(`profiles/policies/${shipped}.yaml`, places.packageFolder));
    return Buffer.compare(installed.bytes, bytes) === 0;
  };
  const shipped = name !== undefined && (await same(name, own.bytes));
  return policyFrom(
    files,
    checks.map((check) => check.id),
    shipped,
  );
}

/** The bytes of the contract of a recorded run. @throws ToolError (exit 2) */
export const contractInput = (run: RecordedRun): RunInput => only(run, 'contract');

/** Contract and organization of a recorded run, read from its own inputs. @throws ToolError (exit 2) */
export async function recordedDocuments(run: RecordedRun, places: PackagePlaces) {
  const inputs = new Map(
    run.inputs.map(({ name, bytes }) => [name.replace(/^(contracts|organizations|ehr)\./, '$1/'), bytes]),
  );
  const [contractFile, organizationFile] = [only(run, 'contract'), only(run, 'organization')];
  const load: LoadOptions = {
    profilesFolder: new URL('profiles/', places.packageFolder),
    inputs,
    judge: false,
    allowEnv: run.inputs.flatMap(({ bytes }) => namedVariables(bytes)),
  };
  const contract = await loadContract(contractFile, load);
  const organization = await loadOrganization(organizationFile, load);
  const effective = applyOverrides(contract.value, organization.value).contract;
  return { load, contract, organization, effective };
}

/**
 * Scores a recorded run from its own inputs; nothing else is read but the checks and policies of this installation.
 * @throws ToolError (exit 2) when an input cannot be used, or the baseline belongs to another run
 */
export async function scoreRun(
  run: RecordedRun,
  places: PackagePlaces,
  options: ScoreOptions = {},
): Promise<Scorecard> {
  const checks = await loadChecks(places.checksFolder);
  const { load, contract, organization, effective } = await recordedDocuments(run, places);
  const [profile] = ofRole(run, 'ehr-profile');
  const peers = ofRole(run, 'peer').map(peerId);
  const { header } = run;
  const subjectsFor: NonNullable<ScoreInput['narrow']> = (ofContract, atOrganization) =>
    subjectsOf({
      contract: ofContract,
      organization: atOrganization,
      environmentId: header.environment.id,
      peers,
    });
  return score({
    header,
    ends: run.ends,
    complete: run.complete,
    events: run.events,
    facts: run.facts,
    exchangesById: run.exchangesById,
    contract: effective,
    organization: organization.value,
    ehrProfile: profile === undefined ? undefined : (await loadEhrProfile(profile, load)).value,
    policy: options.policy ?? (await recordedPolicy(run, checks, places)),
    subjects: subjectsFor(effective, organization.value),
    checks,
    spanOf: ({ document, pointer }) => {
      const { file, line } = (document === 'contract' ? contract : organization).span(pointer);
      return { file, line };
    },
    ...(options.gate === undefined ? {} : { gate: options.gate }),
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(options.earlierRuns === undefined ? {} : { earlierRuns: options.earlierRuns }),
    ...(options.narrow === true ? { narrow: subjectsFor } : {}),
  });
}

export interface ScoredFolder {
  readonly run: RecordedRun;
  readonly scorecard: Scorecard;
}

/**
 * Reads a run folder and scores it. Where the run left a scorecard.json, it is computed again and has to be the same.
 * @throws ToolError (exit 2) for whatever is wrong with the folder, and `scorecard-differs`
 */
export async function scoreFolder(
  folder: string,
  places: PackagePlaces,
  options: ScoreOptions = {},
): Promise<ScoredFolder> {
  const run = await readRunFolder(folder);
  const { readRecordedScorecard } = await import('../load/scorecard.js');
  const recorded = run.hasScorecard ? await readRecordedScorecard(folder) : undefined;
  const asked = Object.keys(options).length > 0;
  if (recorded === undefined) return { run, scorecard: await scoreRun(run, places, options) };
  const { baseline } = recorded.scorecard.decision;
  // What a baseline said is not in the evidence; everything else has to follow from it.
  const kept = run.header.gate === 'baseline' && baseline !== null;
  const same = await scoreRun(run, places, kept ? { baseline } : {});
  if (recorded.text !== scorecardJson(same)) {
    throw new ToolError('scorecard-differs', 'scorecard.json is not what the evidence beside it gives', {
      next: 'It was changed, or another version of the tool wrote it. Remove it to score the evidence alone.',
    });
  }
  if (!asked) return { run, scorecard: same };
  const ofRun = kept && options.gate === undefined && options.baseline === undefined ? { baseline } : {};
  return { run, scorecard: await scoreRun(run, places, { ...ofRun, ...options }) };
}
