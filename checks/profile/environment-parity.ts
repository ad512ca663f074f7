import { defineCheck } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';
import { fhirNeeds, isDeclared } from '../../src/model/fhir-needs.js';
import { environmentClasses } from '../../src/model/outcome.js';
import { aiSystemBinding } from '../../src/model/subjects.js';

type Environment = FactValue<'environment-parity'>[number];
type Said = Environment & { readonly statement: NonNullable<Environment['statement']> };

const hasStatement = (environment: Environment): environment is Said => environment.statement !== null;
const rank = (environment: Environment): number => environmentClasses.indexOf(environment.class);
/** What a flow rests on: https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#capability-sets */
const capabilityOf = {
  backend: 'client-confidential-asymmetric',
  'ehr-launch': 'launch-ehr',
  standalone: 'launch-standalone',
} as const;

/** Of two environments the one that is nearer to patients; of two alike the one that was not tried. */
const ordered = (own: Said, other: Said): readonly [lower: Said, higher: Said] =>
  rank(own) <= rank(other) ? [own, other] : [other, own];

const versions = ({ statement }: Said): string =>
  `${statement.software ?? ''} ${statement.softwareVersion ?? ''} ${statement.fhirVersion ?? ''}`.trim();

export default defineCheck({
  id: 'profile.environment-parity',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'The environments offer the same, as far as the contract uses it',
  failureTitle: 'What the contract uses exists in the lower environment only',
  plain: 'The system it was tried on is set up like the one it will run on.',
  why: 'A demonstration on a system that is set up otherwise shows nothing about the one that patients are in.',
  sends:
    'Without a sign-in: the CapabilityStatement and the SMART configuration of each environment the organization file lists, at most three besides its own. With --previous, the digest of the statement is compared with that of the earlier run.',
  ask: {
    of: 'ehr-team',
    text: 'Give us the CapabilityStatement and the SMART configuration of production, or open them to us, so that we can compare them with the test system.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Activate in production what the contract uses in the test system, or say that it will not be there.',
    },
    { owner: 'product-owner', effort: 'medium', text: 'Or adjust the contract to what production offers.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/capabilitystatement.html',
    'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['environment-parity'],
  optional: ['previous-runs'],
  messages: {
    'only-lower': { kind: 'proof', text: 'Offered in {lower} and not in {higher}: {missing}.' },
    'only-higher': { kind: 'limit', text: 'Offered in {higher} and not in {lower}: {missing}.' },
    'another-version': { kind: 'limit', text: '{own} is {ownVersion}, {other} is {otherVersion}.' },
    'changed-since': { kind: 'limit', text: 'The statement is another one than in the run of {date}.' },
    'one-environment': {
      kind: 'undecided',
      text: 'The organization file lists one environment; {who} adds the other.',
    },
    'not-answered': { kind: 'limit', text: 'No statement was read from {environments}.' },
  },
  evaluate: (facts, say, { item: { contract, organization, environmentId } }) => {
    const environments = facts['environment-parity'];
    const silent = environments.filter((each) => !hasStatement(each)).map(({ id }) => id);
    if (environments.length < 2) return say.notMeasured('one-environment', 'undecided', { who: 'the EHR team' });
    const own = environments.filter(hasStatement).find((each) => each.own);
    const others = environments.filter(hasStatement).filter((each) => !each.own);
    if (own === undefined || others.length === 0) {
      return say.notMeasured('not-answered', 'prerequisite-failed', { environments: silent });
    }
    const binding = aiSystemBinding(contract, organization, environmentId);
    const needs = fhirNeeds(contract, organization);
    /** What `there` offers of the contract and `here` does not; a list that is not stated says nothing. */
    const lackingIn = (here: Said, there: Said): string[] => [
      ...needs
        .filter((need) => isDeclared(need, there.statement) && !isDeclared(need, here.statement))
        .map(({ what, type, name }) => `${what} ${name}${type === '' ? '' : ` of ${type}`}`),
      ...(binding?.scopes ?? [])
        .filter((scope) => there.smart?.scopes?.includes(scope) && here.smart?.scopes?.includes(scope) === false)
        .map((scope) => `scope ${scope}`),
      ...(binding === undefined ? [] : [capabilityOf[binding.flow]])
        .filter(
          (name) => there.smart?.capabilities?.includes(name) && here.smart?.capabilities?.includes(name) === false,
        )
        .map((name) => `capability ${name}`),
    ];
    const found = others.flatMap((other) => {
      const [lower, higher] = ordered(own, other);
      const names = { lower: lower.id, higher: higher.id };
      const [gone, added] = [lackingIn(higher, lower), lackingIn(lower, higher)];
      const versionsDiffer = versions(own) !== versions(other);
      return [
        ...(gone.length > 0 ? [say.fail('only-lower', { ...names, missing: gone })] : []),
        ...(added.length > 0 ? [say.warn('only-higher', { ...names, missing: added })] : []),
        ...(versionsDiffer
          ? [
              say.warn('another-version', {
                own: own.id,
                ownVersion: versions(own),
                other: other.id,
                otherVersion: versions(other),
              }),
            ]
          : []),
      ];
    });
    const earlier = (facts['previous-runs'] ?? []).findLast(
      (run) =>
        run.organizationId === organization.metadata.id &&
        run.environmentId === environmentId &&
        run.statementSha256 !== null,
    );
    const changed = earlier !== undefined && earlier.statementSha256 !== own.statement.sha256;
    const verdicts = [
      ...found,
      ...(changed ? [say.warn('changed-since', { date: earlier.startedAt.slice(0, 10), run: earlier.runId })] : []),
      ...(silent.length > 0 ? [say.warn('not-answered', { environments: silent })] : []),
    ];
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      environments: [own.id, ...others.map(({ id }) => id)],
      compared: needs.length + (binding?.scopes ?? []).length,
      baseline: earlier?.runId ?? 'none',
    });
  },
});
