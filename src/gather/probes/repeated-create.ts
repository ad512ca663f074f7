import { createsThroughFhir } from '../../model/actions.js';
import { searchTemplate } from '../action-steps.js';
import { createSequence, freshBody, freshKeyTemplates, keyQuery } from '../business-key.js';
import { createdObjectTemplates, storedObject } from '../created-object.js';
import { KeyTrial } from '../key-trial.js';
import { defineProbe } from '../probe.js';

/** How many objects are there after the contract's own sequence ran twice: after a lost answer, plainly, and at once. */
export default defineProbe({
  id: 'repeated-create',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) => createsThroughFhir(action, path?.via) && createSequence(action) !== undefined,
  needs: ['ai'],
  writes: 'all',
  brings: ['retry-objects'],
  sends: (subject, documents) => {
    const { action } = subject.item;
    const type = action.resource ?? '';
    const query = keyQuery(action, type);
    return [
      ...createdObjectTemplates(subject, documents),
      ...freshKeyTemplates(documents.contract, action, 2),
      ...(query === undefined ? [] : [searchTemplate('ai', query, 9)]),
      searchTemplate('ai', `${type}?identifier=`, 12),
      { context: 'ai', method: 'GET', path: `${type}/{id}`, most: 12 },
      { context: 'ai', method: 'POST', path: type, most: 6, mutates: true },
    ];
  },
  async run(subject, tools) {
    const { ai } = tools.clients;
    const { item } = subject;
    const sequence = createSequence(item.action) ?? 'slot';
    const { durationMs } = await storedObject(subject, tools);
    const trial = new KeyTrial(tools, ai, item.action, sequence, await freshBody(tools, item, ai));
    const cut = await trial.loseAnswer(durationMs);
    await trial.attempt();
    const afterLostAnswer = await trial.count();
    if (afterLostAnswer !== 1) return { 'retry-objects': { sequence, afterLostAnswer, cut } };
    await trial.attempt();
    const afterRepeat = await trial.count();
    // Two at once may leave a second object, so not where nothing can be taken back.
    const way = tools.organization.writePolicy?.cleanup ?? 'none';
    if (afterRepeat !== 1 || way === 'none') {
      return { 'retry-objects': { sequence, afterLostAnswer, cut, afterRepeat } };
    }
    const race = new KeyTrial(tools, ai, item.action, sequence, await freshBody(tools, item, ai));
    await Promise.all([race.attempt(), race.attempt()]);
    const standing = await race.living();
    const [one] = standing.values();
    const inParallel = standing.size;
    if (one !== undefined && inParallel === 1) tools.objects.leave(one);
    return { 'retry-objects': { sequence, afterLostAnswer, cut, afterRepeat, inParallel } };
  },
});
