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
const factsOf = (text: AsyncIterable<string>) => readProductLog(text, run, 'file');
const read = async (...lines: readonly (object | string)[]) =>
  (await factsOf(inPieces(ndjson(...lines))))['product-log'];
const readCards = async (...lines: readonly (object | string)[]) =>
  (await factsOf(inPieces(ndjson(...lines))))['card-outcomes'];

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
    const tooLarge = { missing: 'too-large' };
    expect(await factsOf(endless())).toMatchObject({ 'product-log': tooLarge, 'card-outcomes': tooLarge });
    async function* many(): AsyncGenerator<string> {
      for (let each = 0; ; each++) yield `${JSON.stringify({ ...line, requestId: `q${each}` })}\n`;
    }
    expect((await factsOf(many()))['product-log']).toMatchObject({ missing: 'too-large' });
  });
});

describe('the cards a log tells of', () => {
  const shown = { at: '2026-11-19T10:00:00Z', service: 'pa-needed', card: 'c1', outcome: 'shown' };
  const answered = { ...shown, at: '2026-11-19T10:00:05Z', outcome: 'overridden' };

  it('are counted once each, by what became of them last', async () => {
    const cards = await readCards(
      shown,
      answered,
      { ...shown, card: 'c2' },
      { ...answered, card: 'c3', at: '2026-11-19T12:00:00+01:00', outcome: 'accepted' },
      { ...shown, card: 'c3' },
      { ...answered, service: 'another' },
    );
    expect(cards).toEqual({
      ofRun: 0,
      from: '2026-11-19T10:00:00.000Z',
      to: '2026-11-19T11:00:00.000Z',
      services: [
        { service: 'another', shown: 1, accepted: 0, overridden: 1 },
        { service: 'pa-needed', shown: 3, accepted: 1, overridden: 1 },
      ],
    });
  });

  it('are this tool’s own where they are of the time of the run', async () => {
    const ofRun = { ...shown, at: '2026-11-20T09:00:30Z' };
    expect(await readCards(ofRun, { ...ofRun, outcome: 'overridden' }, answered)).toMatchObject({
      ofRun: 2,
      services: [{ shown: 1, overridden: 1 }],
    });
    expect(await readCards(ofRun)).toEqual({ ofRun: 1, from: null, to: null, services: [] });
  });

  it('are no writes, and a write is no card whatever else its line says', async () => {
    const facts = await factsOf(inPieces(ndjson(answered, { ...line, card: 'c1', service: 'pa-needed' })));
    expect(facts).toMatchObject({
      'product-log': { lines: 2, unreadable: 0, elsewhere: 0, writes: [{ of: 'Appointment' }] },
      'card-outcomes': { services: [{ shown: 1 }] },
    });
  });

  it.each([
    ['another word for what became of it', { ...shown, outcome: 'ignored' }],
    ['no card', { ...shown, card: undefined }],
    ['a service nobody could name', { ...shown, service: '<b>pa</b>' }],
    ['no time', { ...shown, at: 'yesterday' }],
  ])('are unreadable with %s', async (_what, bad) => {
    const facts = await factsOf(inPieces(ndjson(bad)));
    expect(facts).toMatchObject({ 'product-log': { unreadable: 1 }, 'card-outcomes': { services: [] } });
  });

  it('keep no id and nothing besides', async () => {
    const text = JSON.stringify(await factsOf(inPieces(ndjson({ ...answered, patient: 'p1', reason: 'Jane Doe' }))));
    for (const word of ['c1', 'p1', 'Jane']) expect(text).not.toContain(word);
  });

  it('are given up when there are more than anybody could count', async () => {
    async function* many(): AsyncGenerator<string> {
      for (let each = 0; each <= 100_000; each++) yield `${JSON.stringify({ ...shown, card: `c${each}` })}\n`;
    }
    expect((await factsOf(many()))['card-outcomes']).toMatchObject({ missing: 'too-many' });
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
