import { request as httpRequest, Agent } from 'node:http';
import { Pool } from 'undici';
import { startLoopbackServer } from './loopback-server.js';
import { startProxyProcess } from './proxy-process.js';
import { hand, median, megabytes, milliseconds } from './row.js';

const rounds = 11;
const requestsPerRound = 60;
/**
 * An EHR that is quick: the price of the proxy is the same whatever the EHR takes, so that a slower one only makes the ratio
 * smaller. What it is at a server faster than any EHR is told beside.
 */
const answersAfterMs = 20;
const fastestMs = 5;
const mostTimes = 1.2;
const binaryBytes = 100e6;
const mostGrowthBytes = 40e6;

const server = await startLoopbackServer({ tls: true, rows: 28 });
const proxy = await startProxyProcess({ upstream: `${server.origin}/fhir`, ca: server.ca ?? '' });

const headers = { accept: 'application/fhir+json', authorization: `Bearer ${'t'.repeat(43)}` };
const form = 'schedule=Schedule%2Fnorth-1&start=ge2026-02-02&status=free';

/** A read and a search in turn, one after the other as one product sends them; milliseconds of each. */
function sender(base: string, ca: string | undefined): () => Promise<number[]> {
  const { origin, pathname } = new URL(base);
  const pool = new Pool(origin, { connections: 1, connect: ca === undefined ? {} : { ca } });
  return async () => {
    const took: number[] = [];
    for (let index = 0; index < requestsPerRound; index++) {
      const startedMs = performance.now();
      const { body, statusCode } = await pool.request(
        index % 2 === 0
          ? { method: 'GET', path: `${pathname}/Patient/p-1`, headers }
          : {
              method: 'POST',
              path: `${pathname}/Slot/_search`,
              headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
              body: form,
            },
      );
      await body.arrayBuffer();
      took.push(performance.now() - startedMs);
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    }
    return took;
  };
}

const senders = [sender(`${server.origin}/fhir`, server.ca), sender(proxy.baseUrl, undefined)] as const;
const usual = await compared(answersAfterMs);
const fastest = await compared(fastestMs);

const { now: before } = await proxy.memory();
const received = await drained(`${proxy.baseUrl}/Binary/${binaryBytes}`);
const { most: peak } = await proxy.memory();
proxy.stop();
await server.stop();

hand([
  {
    what: `through the proxy over direct, p50, an EHR that answers after ${answersAfterMs} ms`,
    ...usual,
    budget: `≤ ${mostTimes} ×`,
    ok: usual.ratio <= mostTimes,
  },
  { what: `through the proxy over direct, p50, after ${fastestMs} ms`, ...fastest, budget: '' },
  {
    what: `memory while a Binary of ${megabytes(received)} passes`,
    measured: `${megabytes(peak - before)} more than before`,
    budget: `≤ ${megabytes(mostGrowthBytes)}`,
    ok: received === binaryBytes && peak - before <= mostGrowthBytes,
  },
]);
process.exit();

/** Direct and through the proxy in turn, by one product. */
async function compared(delayMs: number): Promise<{ readonly measured: string; readonly ratio: number }> {
  await server.inject({ delaysMs: [delayMs] });
  for (const send of senders) await send();
  const taken: [number[], number[]] = [[], []];
  for (let turn = 0; turn < rounds; turn++) {
    for (const which of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      taken[which].push(...(await senders[which]()));
  }
  const [directMs, throughMs] = [median(taken[0]), median(taken[1])];
  return { measured: `${milliseconds(throughMs)}, direct ${milliseconds(directMs)}`, ratio: throughMs / directMs };
}

/** Bytes of an answer, each let go as it comes. */
function drained(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const sent = httpRequest(url, { headers, agent: new Agent() }, (response) => {
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}
