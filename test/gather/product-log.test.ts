import { describe, expect, it } from 'vitest';
import { readProductLog } from '../../src/gather/product-log.js';
import { productWrites } from '../../src/gather/product-writes.js';
import { ownClientOfProduct, runDigest, type MadeAccess, type OwnRecord } from '../../src/model/audit-access.js';

const fromMs = Date.parse('2026-11-20T09:00:00Z');
const run = {
  runId: 'r1',
  fromMs,
  toMs: fromMs + 60_000,
  aliasOf: (id: string) => (id === 'p1' ? 'P1' : undefined),
};
const line = {
  at: '2026-11-20T09:00:10.000Z',
  object: 'Appointment/a1',
  version: '1',
  patient: 'p1',
  inputs: [{ object: 'Slot/s1', version: '3' }],
  reviewer: { kind: 'human' },
  requestId: 'q1',
};

async function* inPieces(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}
const ndjson = (...lines: readonly (object | string)[]): string =>
  lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
const read = (...lines: readonly (object | string)[]) => readProductLog(inPieces(ndjson(...lines)), run, 'file');

describe('the log of an AI system', () => {
  it('is kept as digests, and what it says as names', async () => {
    const log = await read(line);
    expect(log).toMatchObject({
      lines: 1,
      until: '2026-11-20T09:00:10.000Z',
      writes: [
        {
          of: 'Appointment',
          object: runDigest('r1', 'Appointment/a1'),
          request: runDigest('r1', 'q1'),
          unknown: false,
          // A human without a name is no reviewer.
          says: ['version', 'inputs', 'requestId'],
        },
      ],
    });
    for (const id of ['p1', 'a1', 's1', 'q1']) expect(JSON.stringify(log)).not.toContain(`"${id}"`);
  });

  it('counts other patients and other times, and keeps nothing of them', async () => {
    const log = await read(
      { ...line, patient: 'stranger' },
      { ...line, at: '2026-11-19T09:00:10Z' },
      { ...line, object: 'Subscription/s', patient: null },
    );
    expect(log).toMatchObject({ lines: 3, elsewhere: 3, writes: [] });
  });

  it('takes a later line of the same request for the answer to it', async () => {
    const log = await read({ ...line, object: 'Appointment', version: undefined, outcome: 'unknown' }, line);
    expect(log).toMatchObject({ lines: 2, writes: [{ unknown: false, version: '1' }] });
  });

  it.each([
    ['no JSON', 'not json'],
    ['no object', '[]'],
    ['a line without a time', { ...line, at: undefined }],
    ['a patient left out', { ...line, patient: undefined }],
    ['a path for an object', { ...line, object: 'Appointment/../../etc' }],
    ['nested beyond all measure', '['.repeat(5_000)],
  ])('counts %s as unreadable', async (_what, bad) => {
    expect(await read(line, bad)).toMatchObject({ lines: 2, unreadable: 1, firstUnreadable: 2 });
  });

  it('takes keys it does not know, and drops them', async () => {
    const log = await read({ ...line, note: 'Jane Doe', constructor: 1 });
    expect(log).toMatchObject({ unreadable: 0 });
    expect(JSON.stringify(log)).not.toContain('Jane');
  });

  it('gives up at a line without an end, and at more writes than a run can hold', async () => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield 'x'.repeat(1_000_000);
    }
    expect(await readProductLog(endless(), run, 'file')).toMatchObject({ missing: 'too-large' });
    async function* many(): AsyncGenerator<string> {
      for (let each = 0; ; each++) yield `${JSON.stringify({ ...line, requestId: `q${each}` })}\n`;
    }
    expect(await readProductLog(many(), run, 'file')).toMatchObject({ missing: 'too-large' });
  });
});

describe('what the product wrote', () => {
  const documents = {
    contract: {},
    organization: {
      aiSystem: {},
      auth: { bindings: [{ id: 'bot', environment: 'e', usedBy: 'ai-system', flow: 'backend' }] },
    },
    environmentId: 'e',
  } as unknown as Parameters<typeof productWrites>[2];
  const made: MadeAccess = {
    kind: 'create',
    of: 'Appointment',
    status: 201,
    binding: 'bot',
    patients: ['P1'],
    object: 'tool',
    version: '1',
    exchange: 'x1',
    requestIds: ['ours'],
    fromMs,
    toMs: fromMs + 10,
  };
  const record: OwnRecord = {
    atMs: fromMs + 5,
    bindings: [ownClientOfProduct],
    patients: ['P1'],
    kind: 'create',
    of: 'Appointment',
    object: 'product',
    version: '1',
    requestIds: [],
    othersRequests: ['d'],
  };

  it('is neither what the tool sent, nor a read, a refusal, a Subscription, or the same again', () => {
    const records: OwnRecord[] = [
      { ...record, bindings: ['bot'], object: 'tool', requestIds: ['ours'] },
      { ...record, bindings: ['bot'], object: 'tool' },
      record,
      record,
      { ...record, object: 'r', kind: 'read' },
      { ...record, object: 'f', failed: true },
      { ...record, object: 's', of: 'Subscription' },
      { ...record, object: 'staff', bindings: ['staff'] },
    ];
    expect(productWrites([made], records, documents, 'file')).toEqual({
      source: 'file',
      from: '2026-11-20T09:00:00.000Z',
      to: '2026-11-20T09:00:00.010Z',
      writes: [
        {
          at: '2026-11-20T09:00:00.005Z',
          kind: 'create',
          of: 'Appointment',
          object: 'product',
          version: '1',
          requests: ['d'],
        },
      ],
    });
  });
});
