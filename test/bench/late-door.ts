import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How late each event reaches the product, by how many came before; and one time in which nothing reaches it. */
export interface Lateness {
  readonly delaysMs: readonly number[];
  readonly stall?: { readonly afterMs: number; readonly forMs: number };
}

export interface LateDoor {
  readonly url: string;
  /** Answers every GET as late as an event would be; it reaches no product. */
  readonly idleUrl: string;
  /** From now on; the stall counts from the next request. */
  begin(lateness: Lateness): void;
  /** When each event arrived, on the monotonic clock, by its business identifier. */
  readonly arrived: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** A door before a product's webhook that hands every event on, byte by byte, after an injected delay. */
export async function openLateDoor(webhookUrl: string): Promise<LateDoor> {
  const arrived = new Map<string, number>();
  let lateness: Lateness = { delaysMs: [0] };
  let count = 0;
  let firstAtMs: number | undefined;

  const wait = async (): Promise<void> => {
    const nowMs = performance.now();
    firstAtMs ??= nowMs;
    const { delaysMs, stall } = lateness;
    const delayMs = delaysMs[count++ % delaysMs.length] ?? 0;
    const endMs = stall === undefined ? nowMs : firstAtMs + stall.afterMs + stall.forMs;
    const stalls = stall !== undefined && nowMs >= firstAtMs + stall.afterMs && nowMs < endMs;
    await pause((stalls ? endMs - nowMs : 0) + delayMs);
  };

  const server = createServer((request, response) => {
    const handed = async (): Promise<void> => {
      const atMs = performance.now();
      if (request.method === 'GET') {
        await wait();
        response.writeHead(204).end();
        return;
      }
      const body = await bodyOf(request);
      const { identifier } = JSON.parse(body) as { identifier?: { value?: string } };
      if (identifier?.value !== undefined) arrived.set(identifier.value, atMs);
      await wait();
      const signature = request.headers['x-scorecard-signature'];
      const answer = await fetch(webhookUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(typeof signature === 'string' ? { 'x-scorecard-signature': signature } : {}),
        },
        body,
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    };
    handed().catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/webhook`,
    idleUrl: `${origin}/idle`,
    arrived,
    begin(next) {
      lateness = next;
      count = 0;
      firstAtMs = undefined;
      arrived.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}
