import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { answersPerSecond } from '../../src/cli/machine-speed.js';

it('counts what is answered, one request after the other', async () => {
  let inFlight = 0;
  const paths: string[] = [];
  const server = createServer((request, response) => {
    expect(++inFlight).toBe(1);
    paths.push(request.url ?? '');
    void setTimeout(5).then(() => {
      inFlight -= 1;
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const perSecond = await answersPerSecond(`http://127.0.0.1:${port}/fhir`, undefined);
  expect(paths).toEqual(Array.from({ length: 60 }, () => '/fhir/metadata'));
  // Each takes five milliseconds and more.
  expect(perSecond).toBeGreaterThan(0);
  expect(perSecond).toBeLessThan(210);
});
