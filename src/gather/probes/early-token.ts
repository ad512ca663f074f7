import { missing } from '../../model/fact.js';
import { readableByExpendable, readableObject } from '../expendable-reading.js';
import { knownObjectTemplates } from '../known-objects.js';
import { defineProbe } from '../probe.js';
import { seenOfRead } from '../seen.js';

/** Name of the token that is kept from the beginning of the run past its end. */
export const earlyToken = 'early';

/** A token of the expendable client and one use of it, long before it is looked at again: nobody has to wait for its end. */
export default defineProbe({
  id: 'early-token',
  phase: 'discover',
  subjects: 'run',
  needs: ['ai', 'expendable'],
  writes: 'none',
  brings: ['early-token'],
  sends: (_subject, documents) =>
    documents.organization.limits?.authNegativeTests === true
      ? [
          ...knownObjectTemplates(documents),
          { context: 'expendable', method: 'POST', path: '', purpose: 'token', most: 1 },
          ...readableByExpendable(documents).map(
            (type) => ({ context: 'expendable', method: 'GET', path: `${type}/{id}`, most: 1 }) as const,
          ),
        ]
      : [],
  async run(_subject, tools) {
    if (tools.organization.limits?.authNegativeTests !== true)
      return { 'early-token': missing('prerequisite-failed', 'limits.authNegativeTests is not agreed') };
    const object = await readableObject(tools);
    if (object === undefined)
      return { 'early-token': missing('no-test-object', 'nothing the expendable client may read is known') };
    const token = await tools.heldToken(earlyToken);
    if (!token.record.usableToken)
      return { 'early-token': missing('prerequisite-failed', 'the sign-in of the expendable client was refused') };
    const answer = await token.read(object.type, object.id);
    return {
      'early-token': {
        expiresInSeconds: token.record.expiresInSeconds ?? null,
        works: seenOfRead(answer, object.type) === 'data',
      },
    };
  },
});
