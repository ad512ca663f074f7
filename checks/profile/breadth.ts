import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

/** Older evidence says nothing about today's systems. */
const mostDays = 90;
const mostlyShare = 0.8;

export default defineCheck({
  id: 'profile.breadth',
  kind: 'static',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Every system and site in scope has an organization file and a measured run',
  failureTitle: 'Systems or sites in scope have not been tried',
  plain: 'It works in every clinic that is to use it, not only in the one where it was shown.',
  why: 'An organization rarely has one system; the workflow stops at the door of the clinic that runs another.',
  sends:
    'Nothing. Compares `systems` and `sites` of the organization file with this run, with the files given by --peer and with the runs given by --previous.',
  ask: {
    of: 'ehr-team',
    text: 'Give us the list of every EHR and practice-management system in scope, with the sites on it and who runs it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'high',
      text: 'Write an organization file for each system, run there, and give the run folders with --previous.',
    },
  ],
  references: ['https://chpl.healthit.gov/'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['run-coverage', 'previous-runs'],
  messages: {
    'no-file': { kind: 'proof', text: 'No organization file is known for {systems}.' },
    'sites-uncovered': {
      kind: 'proof',
      text: '{covered} of {sites} sites in scope have a measured run; without one: {without}.',
    },
    'some-uncovered': {
      kind: 'limit',
      text: '{covered} of {sites} sites in scope have a measured run; without one: {without}.',
    },
    'no-inventory': {
      kind: 'undecided',
      text: 'Nobody has listed the systems in scope and their sites; {who} should.',
    },
    'no-own-run': { kind: 'control', text: 'This run itself did not {missing} what the contract names.' },
  },
  evaluate: (facts, say, { item: { contract, organization } }, { startedAt }) => {
    const { metadata, systems = [], sites = [] } = organization;
    const { reads, writes, peers } = facts['run-coverage'];
    const asksWrites = (contract.actions ?? []).some(({ kind, via }) => kind !== 'suggest' && via !== 'screen');
    const inUse = sites.filter(({ status = 'live' }) => status === 'live').map(({ id }) => id);
    const inScope = [...new Set([...systems.flatMap((system) => system.sites ?? []), ...inUse])];
    if (systems.length === 0 || inScope.length === 0) {
      return say.notMeasured('no-inventory', 'undecided', { who: 'the EHR team', pointer: '/systems' });
    }
    const missing = [...(reads ? [] : ['read']), ...(asksWrites && !writes ? ['write'] : [])];
    if (missing.length > 0) return say.notMeasured('no-own-run', 'prerequisite-failed', { missing });
    const recent = facts['previous-runs'].filter(
      (run) =>
        run.reads &&
        (run.writes || !asksWrites) &&
        -daysUntil(run.startedAt, startedAt) <= mostDays &&
        run.contractId === contract.metadata.id,
    );
    const own = metadata.id;
    const known = new Set([own, ...peers, ...facts['previous-runs'].map((run) => run.organizationId)]);
    const measured = new Set([own, ...recent.map((run) => run.organizationId)]);
    // A system that names no profile is described by this file, while it is the only one.
    const profileOf = ({ profile }: (typeof systems)[number]): string | undefined =>
      profile ?? (systems.length === 1 ? own : undefined);
    const nameless = systems.filter((system) => !known.has(profileOf(system) ?? ''));
    if (nameless.length > 0) {
      return say.fail('no-file', {
        systems: nameless.map(({ id }) => id),
        pointer: '/systems',
        document: 'organization',
      });
    }
    const reached = new Set(
      systems.filter((system) => measured.has(profileOf(system) ?? '')).flatMap((system) => system.sites ?? []),
    );
    const without = inScope.filter((site) => !reached.has(site));
    const shown = { covered: inScope.length - without.length, sites: inScope.length, without };
    if (without.length === 0) return say.pass({ covered: shown.covered, sites: shown.sites, systems: systems.length });
    return shown.covered < mostlyShare * shown.sites
      ? say.fail('sites-uncovered', shown)
      : say.warn('some-uncovered', shown);
  },
});
