import { createPublicKey, randomUUID, verify, type JsonWebKey } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A second CDS Hooks service, written from the specification (https://cds-hooks.hl7.org/2.0/) with nothing but Node: it
 * shares no line with the client it is asked by, nor with the order advisor, and has habits of its own that the
 * specification allows. It listens for `patient-view` and warns about children without an allergy list.
 */
export interface SecondService {
  readonly base: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface SecondServiceHabits {
  /** Public key of the EHR; without it everybody may call. */
  readonly caller?: { readonly issuer: string; readonly key: JsonWebKey; readonly algorithm: 'ES384' | 'RS384' };
  /** Changes an answer to a call on its way out; what is given back is sent as it is. */
  readonly answer?: (cards: object) => string | Buffer;
}

export async function startSecondService({ caller, answer }: SecondServiceHabits = {}): Promise<SecondService> {
  const asked: string[] = [];
  const usedTokens = new Set<string>();
  let base = '';

  function authentic(header: string | undefined, address: string): boolean {
    if (caller === undefined) return true;
    const parts = (header ?? '').replace(/^bearer /i, '').split('.');
    if (parts.length !== 3) return false;
    const [head = '', payload = '', signature = ''] = parts;
    let claims: Record<string, unknown>;
    try {
      const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: string };
      if (alg !== caller.algorithm) return false;
      claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    } catch {
      return false;
    }
    const key = createPublicKey({ key: caller.key, format: 'jwk' });
    const signed = Buffer.from(`${head}.${payload}`);
    const genuine = verify(
      'sha384',
      signed,
      caller.algorithm === 'ES384' ? { key, dsaEncoding: 'ieee-p1363' } : key,
      Buffer.from(signature, 'base64url'),
    );
    const audiences = [claims['aud']].flat();
    const used = `${String(claims['iss'])}#${String(claims['jti'])}`;
    const good =
      genuine &&
      claims['iss'] === caller.issuer &&
      audiences.includes(address) &&
      typeof claims['exp'] === 'number' &&
      claims['exp'] > Date.now() / 1000 &&
      !usedTokens.has(used);
    usedTokens.add(used);
    return good;
  }

  const server = http.createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(`${request.method} ${path}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const end = (status: number, body?: string | Buffer): void => {
        response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
        response.end(body);
      };
      const address = `${base}${path}`.replace(/\/feedback$/, '');
      // This one lets everybody see the list, as many do.
      if (path === '/hooks/cds-services') {
        return end(
          200,
          JSON.stringify({
            services: [
              {
                id: 'greeter.v2',
                hook: 'patient-view',
                description: 'Looks at who is there',
                prefetch: { who: 'Patient/{{context.patientId}}' },
              },
              { id: 'other', hook: 'com.example.coffee-break', description: 'Nobody calls this' },
            ],
            extension: { 'com.example.version': '2' },
          }),
        );
      }
      if (!authentic(request.headers.authorization, address)) return end(401);
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
        prefetch?: { who?: { resourceType?: string; birthDate?: string } };
      };
      // No feedback endpoint: a service may do without.
      if (path !== '/hooks/cds-services/greeter.v2') return end(404);
      const who = body.prefetch?.who;
      if (who?.resourceType !== 'Patient') return end(412);
      const cards = {
        cards: [
          {
            uuid: randomUUID(),
            summary: 'A patient of this age is seen for the first time',
            indicator: 'warning',
            source: { label: 'Second service', url: 'https://second.example' },
            links: [{ label: 'More', url: 'https://second.example/more', type: 'absolute' }],
          },
        ],
      };
      return end(200, answer === undefined ? JSON.stringify(cards) : answer(cards));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base: `${base}/hooks`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
