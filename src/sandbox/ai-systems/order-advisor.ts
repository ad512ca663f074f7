import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAdvisorConfiguration } from './advisor-configuration.js';
import { callerTrust } from './caller-trust.js';
import { createCardService, type CardAnswer } from './card-service.js';

/**
 * A product that advises where the order is signed: a CDS Hooks service in a process of its own. Reads the configuration
 * named by the first argument, prints `{"listening": "http://127.0.0.1:<port>"}` when it is ready, and ends on SIGTERM, on
 * SIGINT, or when whoever started it closes its stdin. It writes nothing into the EHR.
 */
const file = process.argv[2];
if (file === undefined) throw new Error('the path of the configuration is missing');
const configuration = readAdvisorConfiguration(file);
const trusts = callerTrust(configuration);
const service = createCardService(configuration);
const mostBytes = 1024 * 1024;
let base = '';

const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
  answer(request).then(
    ({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    },
    () => response.writeHead(500).end(),
  );
});

async function answer(request: http.IncomingMessage): Promise<CardAnswer> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, root, id, feedback, ...more] = pathname.split('/');
  const known = root === 'cds-services' && more.length === 0 && (feedback === undefined || feedback === 'feedback');
  if (!known) return { status: 404 };
  const endpoint = `${base}/${id}`;
  const addresses =
    id === undefined ? [base] : feedback === undefined ? [endpoint] : [endpoint, `${endpoint}/feedback`];
  if (!(await trusts(request.headers.authorization, addresses))) return { status: 401 };
  if (id === undefined) return request.method === 'GET' ? service.discovery() : { status: 405 };
  if (request.method !== 'POST') return { status: 405 };
  const text = await bodyOf(request);
  if (text === undefined) return { status: 413 };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { status: 400 };
  }
  return feedback === undefined ? service.call(id, body) : service.feedback(id, body);
}

async function bodyOf(request: http.IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

const end = (): void => {
  server.close(() => process.exit());
  server.closeAllConnections();
};
process.on('SIGTERM', end).on('SIGINT', end);
process.stdin.on('close', end).on('end', end).resume();
server.listen(configuration.port, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  base = `${origin}/cds-services`;
  process.stdout.write(`${JSON.stringify({ listening: origin })}\n`);
});
