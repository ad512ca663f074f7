import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectAudit } from '../../src/cli/collect.js';
import { scoreFolder } from '../../src/cli/score-run.js';
import { readRunFolder } from '../../src/load/run-folder.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { auditEventsOf, exportCsv, exportRow } from '../support/audit-export.js';
import { trial, type Trial } from '../support/trial.js';
import { places } from '../support/places.js';

// One run of the shipped contract with every context and a second organization; the log is read from the EHR, then from a file.

describe('prior authorization with every context and a second organization', () => {
  let home: string;
  let run: Trial;
  let fromEhr: Scorecard;
  let fromFile: Scorecard;
  let sources: (string | undefined)[];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-authorization-'));
    run = await trial({
      workflow: 'prior-authorization',
      peer: true,
      afterwards: async ({ folder, sandbox }) => {
        fromEhr = (await scoreFolder(folder, places)).scorecard;
        const later = join(home, 'run');
        await cp(folder, later, { recursive: true });
        const audit = join(home, 'access-log.csv');
        await writeFile(audit, exportCsv(auditEventsOf(sandbox).flatMap(exportRow)));
        fromFile = (await collectAudit(later, { audit, mapping: 'access-log-csv' }, places)).scorecard;
        sources = (await readRunFolder(later)).facts
          .filter(({ kind }) => kind === 'reads-in-log')
          .map(({ value }) => (value as { source?: string }).source);
      },
    });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const cell = (role: string, resourceType: string, site: string) =>
    fromEhr.matrix.find((one) => one.role === role && one.resourceType === resourceType && one.site === site);

  it('has a cell for each role, resource and site, tried or with the reason why not', () => {
    expect([...new Set(fromEhr.matrix.map(({ role }) => role))].sort()).toEqual([
      'authorization-nurse',
      'ordering-physician',
      'scheduler',
      'tracker',
    ]);
    expect(new Set(fromEhr.matrix.map(({ site }) => site))).toEqual(new Set(['own', 'any', 'other']));
    expect(cell('tracker', 'Task', 'own')).toMatchObject({ allow: 'crus', product: true, outcome: 'pass' });
    expect(cell('tracker', 'Coverage', 'own')).toMatchObject({ allow: 'rs', product: true, outcome: 'pass' });
    expect(cell('authorization-nurse', 'Task', 'own')).toMatchObject({ allow: 'rus', product: false, outcome: 'pass' });
    // A site of its own, reached by nobody from elsewhere.
    expect(cell('authorization-nurse', 'Task', 'other')).toMatchObject({ allow: '', outcome: 'pass' });
    expect(cell('scheduler', 'Coverage', 'any')).toMatchObject({ allow: '', outcome: 'pass' });
    const untried = fromEhr.matrix.filter(({ outcome }) => outcome === 'not-measured');
    expect(untried).toContainEqual(cell('scheduler', 'Provenance', 'any'));
    for (const { reason } of untried) expect(reason).not.toBeNull();
    expect(fromEhr.matrix.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  it('keeps the other organization out', () => {
    expect(fromEhr.checks.find(({ id }) => id === 'auth.cross-org-token')?.outcome).toBe('pass');
  });

  it('finds every read, write and refusal in the log, kind by kind', () => {
    const { groups, lookUp } = fromEhr.audit;
    expect(groups.map(({ group }) => group)).toEqual(['reads', 'writes', 'refusals']);
    for (const { expected, found, kinds } of groups) {
      expect(expected).toBeGreaterThan(0);
      expect(found).toBe(expected);
      for (const kind of kinds) expect(kind).toEqual({ ...kind, found: kind.expected });
    }
    const kindsOf = (name: string) => groups.find(({ group }) => group === name)?.kinds.map(({ kind }) => kind);
    expect(kindsOf('reads')).toEqual(
      expect.arrayContaining(['read Task', 'search Coverage', 'search ServiceRequest', 'search Task']),
    );
    expect(kindsOf('writes')).toEqual(expect.arrayContaining(['create Task', 'update Task', 'create Provenance']));
    expect(kindsOf('refusals')).toContain('sign-in');
    expect(lookUp).toHaveLength(5);
  });

  it('leaves the EHR as it was', () => {
    expect(fromEhr.residue).toEqual([]);
    expect(run.end).toMatchObject({ how: 'complete', residue: [] });
    expect(run.end.writes).toBeGreaterThan(0);
    expect(run.after).toBe(run.before);
  });

  it('answers the same about the log when it comes as an export afterwards', () => {
    expect(sources).toEqual(['fhir-auditevent', 'file']);
    const answerOf = ({ answers }: Scorecard) => answers.find(({ question }) => question === 'audit');
    expect(answerOf(fromFile)).toMatchObject({
      answer: answerOf(fromEhr)?.answer,
      grade: answerOf(fromEhr)?.grade,
      words: answerOf(fromEhr)?.words,
    });
    const groupOf = ({ audit }: Scorecard, name: string) => audit.groups.find(({ group }) => group === name);
    for (const name of ['writes', 'refusals']) expect(groupOf(fromFile, name)).toEqual(groupOf(fromEhr, name));
    // The export also holds what was read after the log itself was.
    const reads = groupOf(fromFile, 'reads');
    expect(reads?.found).toBe(reads?.expected);
    expect(reads?.kinds.map(({ kind }) => kind)).toEqual(groupOf(fromEhr, 'reads')?.kinds.map(({ kind }) => kind));
  });
});
