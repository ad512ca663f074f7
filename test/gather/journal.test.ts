import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainedLog, type LogFile } from '../../src/gather/durable-log.js';
import { Journal, type Intent } from '../../src/gather/journal.js';
import { readJournal } from '../../src/gather/journal-reader.js';

/** Loses what was not flushed, as a power failure does; fails on demand, as a full disk does. */
class VolatileFile implements LogFile {
  appended = '';
  durable = '';
  failOn: 'append' | 'flush' | undefined;

  append(text: string): Promise<void> {
    if (this.failOn === 'append') return Promise.reject(new Error('no space left'));
    this.appended += text;
    return Promise.resolve();
  }

  flush(): Promise<void> {
    if (this.failOn === 'flush') return Promise.reject(new Error('input/output error'));
    this.durable = this.appended;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const header = {
  type: 'journal',
  schemaVersion: 1,
  runId: 'run-1',
  organizationId: 'lakeside',
  environmentId: 'sandbox',
  fhirBase: 'https://127.0.0.1/fhir',
  startedAt: '2026-11-20T08:00:00.000Z',
} as const;
const intent: Intent = {
  type: 'intent',
  id: 'w1',
  at: '2026-11-20T08:00:01.000Z',
  context: 'ai',
  binding: 'voice-bot',
  method: 'POST',
  resourceType: 'Appointment',
  identifier: 'run-1-1',
  probe: 'created-object',
  subject: 'action:book',
  bodySha256: '0'.repeat(64),
  undo: 'object',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = async (text: string) => {
  await writeFile(join(folder, 'journal.ndjson'), text);
  return readJournal(folder);
};

describe('rule 18: the write-ahead journal', () => {
  it('has the intent on disk before `intend` resolves', async () => {
    const file = new VolatileFile();
    const journal = new Journal(new ChainedLog(file));
    await journal.record(header);
    await journal.intend(intent);
    expect(file.durable).toContain('"id":"w1"');
  });

  it.each(['append', 'flush'] as const)(
    'rejects when the %s fails, so that nothing is sent, and stays failed',
    async (failOn) => {
      const file = new VolatileFile();
      const journal = new Journal(new ChainedLog(file));
      await journal.record(header);
      file.failOn = failOn;
      await expect(journal.intend(intent)).rejects.toThrow();
      await expect(journal.intend({ ...intent, id: 'w2' })).rejects.toThrow();
      expect(file.durable).not.toContain('"id":"w1"');
    },
  );

  it('is read back whole from every length a power failure can leave, losing at most the torn line', async () => {
    const file = new VolatileFile();
    const journal = new Journal(new ChainedLog(file));
    await journal.record(header);
    await journal.intend(intent);
    const first = file.durable.indexOf('\n') + 1;
    for (let length = first; length <= file.durable.length; length++) {
      const { entries } = await read(file.durable.slice(0, length));
      expect(entries.map(({ type }) => type)).toEqual(
        length === file.durable.length ? ['journal', 'intent'] : ['journal'],
      );
    }
  });

  it('refuses a changed, moved or missing line, and says which', async () => {
    const file = new VolatileFile();
    const journal = new Journal(new ChainedLog(file));
    await journal.record(header);
    await journal.intend(intent);
    await journal.record({ type: 'outcome', id: 'w1', at: intent.at, status: 201, objectId: 'a1' });
    const [one = '', two = '', three = ''] = file.durable.split('\n');
    for (const text of [
      [one, two.replace('w1', 'w9'), three],
      [one, three, two],
      [one, three],
      [one, two, 'no json'],
    ]) {
      await expect(read(`${text.join('\n')}\n`)).rejects.toMatchObject({ code: 'journal-damaged', exitCode: 2 });
    }
  });

  it('of a run that wrote nothing is empty, and of a folder without one is refused', async () => {
    expect(await read('')).toMatchObject({ header: undefined, entries: [] });
    await expect(readJournal(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'journal-missing' });
  });
});
