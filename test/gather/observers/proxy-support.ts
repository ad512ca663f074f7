import { connect } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions } from '../../../src/gather/observers/fault-proxy.js';
import type { ProxyRecord } from '../../../src/gather/observers/proxied-exchange.js';
import { reusedKeys } from '../../support/client-keys.js';
import { openSandbox, type OpenSandbox } from '../../sandbox/sandbox-session.js';

export interface Behind {
  readonly ehr: OpenSandbox;
  readonly proxy: FaultProxy;
  readonly records: ProxyRecord[];
  readonly fhirBase: string;
}

/** A proxy on loopback, closed with the test. */
export async function proxyTo(
  upstream: string,
  options: Partial<FaultProxyOptions> = {},
): Promise<{ proxy: FaultProxy; records: ProxyRecord[] }> {
  const records: ProxyRecord[] = [];
  const proxy = await startFaultProxy({
    upstream,
    environmentClass: 'simulator',
    listen: {},
    onExchange: (record) => records.push(record),
    ...options,
  });
  onTestFinished(() => proxy.close());
  return { proxy, records };
}

let opened: Promise<OpenSandbox> | undefined;

/** For `afterAll`: every test of one file has the same sandbox, and the next file of the same worker one of its own. */
export async function closeSandbox(): Promise<void> {
  const open = opened;
  opened = undefined;
  await (await open)?.close();
}

/** The sandbox EHR, over TLS as usual, with a proxy in front of its clinic. */
export async function sandboxBehindProxy(options: Partial<FaultProxyOptions> = {}): Promise<Behind> {
  opened ??= openSandbox({ organizations: ['lakeside'], createKey: reusedKeys() });
  const ehr = await opened;
  const { fhirBase } = ehr.organization();
  const tls = ehr.sandbox.caPem === undefined ? {} : { tls: { ca: ehr.sandbox.caPem } };
  return { ehr, fhirBase, ...(await proxyTo(fhirBase, { ...tls, ...options })) };
}

/** Bytes in, everything that comes back until the connection ends. */
export async function converse(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}
