import type { Outcome } from '../../src/model/outcome.js';
import { isAnotherProduct } from '../../src/sandbox/deviation.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { hurry } from '../support/hurry.js';
import { trial } from '../support/trial.js';
import type { Situation } from './situation.js';

/** One full run, and what every check said. */
export interface Told {
  readonly outcomes?: Readonly<Record<string, Outcome>>;
  /** Why there are none: the run itself broke, or left something behind. */
  readonly fault?: string;
}

process.on('message', ({ deviation, situation }: { deviation?: string; situation: Situation }) => {
  void told(deviation, situation).then((message) => process.send?.(message));
});
process.on('disconnect', () => process.exit());

async function told(deviation: string | undefined, { workflow, peer, previous, ...around }: Situation): Promise<Told> {
  try {
    const product = deviations.find(({ id }) => id === deviation);
    const aiSystem = product !== undefined && isAnotherProduct(product) ? product.aiSystem : around.aiSystem;
    const { results, before, after, events, end } = await trial({
      workflow,
      ...(deviation === undefined ? {} : { deviations: [deviation] }),
      ...(peer ? { peer } : {}),
      ...(previous === undefined ? {} : { previous }),
      ...(aiSystem === undefined ? {} : { aiSystem, change: hurry }),
    });
    const broken = events.find(({ event }) => event === 'probe-error' || event === 'internal');
    if (broken !== undefined) return { fault: `${broken.event} ${JSON.stringify(broken.data)}` };
    // What a product made of its own drafts after they were seen is nobody's but its own: it is listed, and left.
    const listed = end.residue.flatMap(({ id, reason }) => (reason === 'changed-by-others' ? [`"id":"${id}"`] : []));
    const unlisted = after.split('\n').filter((line) => !listed.some((id) => line.includes(id)));
    const left = aiSystem === undefined ? after : unlisted.join('\n');
    if (left !== before) return { fault: 'the EHR is not as it was' };
    return { outcomes: Object.fromEntries([...results].map(([id, { outcome }]) => [id, outcome])) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
