import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { readPreviousRuns } from '../../src/cli/previous-runs.js';
import { trial } from '../support/trial.js';
import { places } from '../support/places.js';

describe('--previous', () => {
  let home: string;
  let folder: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-previous-'));
    folder = join(home, 'run');
    await trial({
      checks: ['discovery.capability', 'read.required-fields', 'contract.schema'],
      writes: 'none',
      afterwards: (run) => cp(run.folder, folder, { recursive: true }),
    });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('says what a run was about and what it found, and nothing of a patient', async () => {
    const checks = await loadChecks(places.checksFolder);
    const [run, ...more] = await readPreviousRuns([folder], checks, places);
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      contractId: 'scheduling-voice-bot',
      organizationId: 'lakeside',
      environmentId: 'sandbox',
      environmentClass: 'simulator',
      reads: true,
      writes: false,
      statementSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      outcomes: { 'discovery.capability': 'pass', 'contract.schema': 'pass', 'write.create': 'not-measured' },
    });
    expect(run?.resourceTypes).toEqual(['Appointment', 'Patient', 'Slot']);
  });

  it('refuses a folder that is none, and one whose evidence was changed', async () => {
    await expect(readPreviousRuns([home], [], places)).rejects.toMatchObject({ code: 'not-a-run-folder', exitCode: 2 });
    const changed = join(home, 'changed');
    await cp(folder, changed, { recursive: true });
    await writeFile(join(changed, 'evidence.ndjson'), '{"type":"header"}\n');
    await expect(readPreviousRuns([changed], [], places)).rejects.toMatchObject({ exitCode: 2 });
  });
});
