import { expect, it } from 'vitest';
import { FactWriter } from '../../../src/gather/fact-writer.js';
import { defineFold, type SeenExchange } from '../../../src/gather/folds/fold.js';
import { Folding } from '../../../src/gather/folds/folding.js';
import type { RunDocuments } from '../../../src/gather/probe.js';

type Lines = Record<string, unknown>[];

function writer(lines: Lines): FactWriter {
  const evidence = { append: (line: Record<string, unknown>) => Promise.resolve(void lines.push(line)) };
  return new FactWriter({ evidence: evidence as never, environmentClass: 'simulator', now: () => new Date(0) });
}

const counted = (step: (seen: string[], exchange: SeenExchange) => void) =>
  defineFold({
    id: 'counted',
    brings: ['token-answer'] as never[],
    start: (): string[] => [],
    step,
    end: (seen) => ({ cites: seen, 'token-answer': { missing: 'too-few' } }) as never,
  });

const exchange = (id: string): SeenExchange => ({ id }) as SeenExchange;

it('a fold sees every exchange in order and its facts cite what it names', async () => {
  const lines: Lines = [];
  const folding = new Folding([counted((seen, { id }) => seen.push(id))], {} as RunDocuments);
  folding.step(exchange('x1'));
  folding.step(exchange('x2'));
  await folding.end(writer(lines));
  expect(lines).toMatchObject([{ type: 'fact', subject: 'run', exchanges: ['x1', 'x2'] }]);
});

it('a fold that throws is named once; the run and the other folds go on', async () => {
  const lines: Lines = [];
  const broken = counted(() => {
    throw new TypeError('text of a foreign error');
  });
  const folding = new Folding([broken, counted((seen, { id }) => seen.push(id))], {} as RunDocuments);
  folding.step(exchange('x1'));
  folding.step(exchange('x2'));
  await folding.end(writer(lines));
  expect(lines.map(({ type }) => type)).toEqual(['event', 'fact', 'fact']);
  expect(lines[0]).toMatchObject({ event: 'probe-error', data: { probe: 'counted', code: 'exception' } });
  expect(lines[1]).toMatchObject({ value: { missing: 'probe-error' } });
  expect(lines[2]).toMatchObject({ exchanges: ['x1', 'x2'] });
  expect(JSON.stringify(lines)).not.toContain('foreign');
});
