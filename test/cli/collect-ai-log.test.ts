import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectAiLog } from '../../src/cli/collect.js';
import { readRunFolder } from '../../src/load/run-folder.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { hurry } from '../support/hurry.js';
import { trial } from '../support/trial.js';
import { places } from '../support/places.js';

const check = 'audit.vendor-reconcile';
const outcomeOf = ({ checks }: Scorecard) => checks.find(({ id }) => id === check)?.outcome;

describe('collect --ai-log', () => {
  let home: string;
  let folder: string;
  let log: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-ai-log-'));
    folder = join(home, 'run');
    const { outcome } = await trial({
      checks: [check],
      aiSystem: 'integrated',
      change: (documents) => {
        hurry(documents);
        (documents.organization['aiSystem'] as Record<string, unknown>)['auditExport'] = {
          ref: 'file:not-there.ndjson',
        };
      },
      afterwards: async (run) => {
        log = await readFile(join(run.folder, '../../ai-system/integrated-writes.ndjson'), 'utf8');
        await cp(run.folder, folder, { recursive: true });
      },
    });
    expect(outcome(check)).toBe('not-measured');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const collected = async (content: string) => {
    const own = await mkdtemp(join(home, 'case-'));
    const run = join(own, 'run');
    await cp(folder, run, { recursive: true });
    const file = join(own, 'log.ndjson');
    await writeFile(file, content);
    return { run, ...(await collectAiLog(run, file, places)) };
  };

  it('answers what the run left open, and keeps no id of it', async () => {
    const { run, scorecard, collected: found } = await collected(log);
    expect(outcomeOf(scorecard)).toBe('pass');
    const { segments } = await readRunFolder(run);
    expect(segments).toMatchObject([{ kind: 'ai-log', sources: [{ sha256: found.sha256 }] }]);
    const evidence = await readFile(join(run, 'evidence.ndjson'), 'utf8');
    const { object, patient, requestId } = JSON.parse(log.split('\n')[0] ?? '') as Record<string, string>;
    const added = evidence.slice((await readFile(join(folder, 'evidence.ndjson'), 'utf8')).length);
    for (const id of [object, patient, requestId]) expect(added).not.toContain(id);
  });

  it('fails where a write is in no line', async () => {
    const lines = log.trim().split('\n');
    expect(outcomeOf((await collected(lines.toSpliced(1, 1).join('\n'))).scorecard)).toBe('fail');
  });

  it('refuses what is no such log, and leaves the run as it was', async () => {
    for (const content of ['', 'time;client\n1;2\n', '{"resourceType": "AuditEvent"}\n'])
      await expect(collected(content)).rejects.toMatchObject({ code: 'not-an-ai-log' });
    expect((await readRunFolder(folder)).segments).toEqual([]);
  });
});
