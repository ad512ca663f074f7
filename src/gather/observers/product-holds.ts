import type { FactValue } from '../../model/fact.js';
import type { ProbeTools } from '../probe.js';

type Trials = FactValue<'product-trials'>;

/** Trials that show a control held by the product, with some to spare (scoring C.1a). */
export const enoughTrials = 12;

/** Adds trials of one control to what the run has seen of the action; several probes try one, and the last one tells all. */
export async function notedTrials(
  tools: Pick<ProbeTools, 'once'>,
  action: string,
  row: Trials[number],
): Promise<Trials> {
  const all = await tools.once<Trials[number][]>(`product-trials:${action}`, () => Promise.resolve([]));
  all.push(row);
  return [...all];
}
