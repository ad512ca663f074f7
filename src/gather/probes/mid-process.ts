import { createsSomething, firstWriteOf, writesSomething } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import { interruptionPoints } from '../observers/interruption.js';
import { enoughTrials, notedTrials } from '../observers/product-holds.js';
import { productEventTemplate } from '../observers/product-events.js';
import {
  counts,
  objectChanged,
  patientMerged,
  slotTaken,
  undoLooks,
  type InterruptedPoint,
} from '../observers/product-interrupted.js';
import { outsideTrigger, productTrialTemplates, searchesPerLook, whyNotAsked } from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';

/** Starts the product on an action and changes its object in the EHR at three points of its work. */
export default defineProbe({
  id: 'mid-process',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  needs: ['ai', 'second'],
  writes: 'all',
  brings: ['mid-process', 'product-trials'],
  sends: ({ item: { action } }, documents) => {
    if (whyNotTried(documents, action) !== undefined) return [];
    if (createsSomething(action)) return rivalTemplates(action);
    return changeTemplates(action, firstWriteOf(documents.contract.actions, action));
  },
  async run(subject, tools) {
    const { action } = subject.item;
    const why = whyNotTried(tools, action);
    if (why !== undefined) return { 'mid-process': why, 'product-trials': why };
    const { proxy } = tools;
    if (proxy === undefined) {
      const shut = missing('no-ai-system', 'the proxy of the run could not be opened');
      return { 'mid-process': shut, 'product-trials': shut };
    }
    const behaviour = tools.contract.failure?.['version-conflict']?.behaviour ?? null;
    const points: InterruptedPoint[] = [];
    if (createsSomething(action)) {
      for (const point of interruptionPoints) points.push(await slotTaken(tools, proxy, action, point));
      points.push(await patientMerged(tools, proxy, action));
      return {
        'mid-process': { behaviour, points },
        'product-trials': missing('not-gathered', 'what this action makes is new: it overwrites nothing'),
      };
    }
    const windows: number[] = [];
    for (const point of interruptionPoints) points.push(await objectChanged(tools, proxy, subject, point, windows));
    // A write under way cannot be called back: what a product can hold is that it looks before it writes.
    const looked = points.filter(({ point }) => point === 'after-read');
    while (looked.length < trialsOf(action)) {
      looked.push(await objectChanged(tools, proxy, subject, 'after-read', windows));
    }
    return {
      'mid-process': { behaviour, points },
      'product-trials': await overwritingTrials(tools, action, looked, windows),
    };
  },
});

const trialsOf = (action: ContractAction): number =>
  action.controls?.noOverwrite?.heldBy === 'product' ? enoughTrials : 1;

async function overwritingTrials(
  tools: ProbeTools,
  action: ContractAction,
  looked: readonly InterruptedPoint[],
  windows: readonly number[],
): Promise<FactValue<'product-trials'> | Missing> {
  const met = looked.filter(counts);
  if (met.length === 0) return missing('control-failed', 'the product never came to write');
  return notedTrials(tools, action.id, {
    control: 'noOverwrite',
    trials: met.length,
    breaches: met.filter(({ result }) => result === 'stale' || result === 'stale-undone').length,
    ...(windows.length === 0 ? {} : { raceWindowMs: Math.max(...windows) }),
  });
}

function whyNotTried(
  documents: Pick<RunDocuments, 'contract' | 'organization'>,
  action: ContractAction,
): Missing | undefined {
  const { aiSystem } = documents.organization;
  if (aiSystem?.webhook === undefined || aiSystem.proxy === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook and aiSystem.proxy are not both in the organization file');
  }
  if (createsSomething(action)) {
    const why = whyNotAsked(documents, action);
    if (why !== undefined) return why;
    return takesSlot(action)
      ? undefined
      : missing('tool-limited', 'what this action creates depends on no object the tool could change');
  }
  const first = firstWriteOf(documents.contract.actions, action);
  const whyNotFirst = first === undefined ? undefined : whyNotAsked(documents, first);
  if (whyNotFirst !== undefined) return whyNotFirst;
  const creating = creatingAction(documents.contract, action);
  return outsideTrigger(documents) === undefined || creating === undefined || action.resource === undefined
    ? missing('no-ai-system', 'the product cannot be asked for this action from outside')
    : undefined;
}

/** Cases in which a patient is merged away. */
const merges = 1;

const takesSlot = ({ body }: ContractAction): boolean => JSON.stringify(body ?? {}).includes('{{slot.');

function rivalTemplates(action: ContractAction): RequestTemplate[] {
  const points = interruptionPoints.length;
  const path = action.resource ?? '';
  return [
    ...productTrialTemplates(action, { cases: points + merges, asked: points + merges, looks: 2 * searchesPerLook }),
    { context: 'second', method: 'POST', path, most: points, mutates: true },
    { context: 'second', method: 'GET', path: `${path}/{id}`, most: points },
  ];
}

function changeTemplates(action: ContractAction, first: ContractAction | undefined): RequestTemplate[] {
  const points = interruptionPoints.length - 1 + trialsOf(action);
  const path = `${action.resource ?? ''}/{id}`;
  return [
    ...testObjectTemplates(action, points),
    ...(first === undefined
      ? [productEventTemplate(points)]
      : productTrialTemplates(first, { cases: points, asked: points, looks: searchesPerLook })),
    { context: 'ai', method: 'GET', path, most: points * (undoLooks + 2) },
    ...(['PATCH', 'PUT'] as const).map((method): RequestTemplate => ({
      context: 'second',
      method,
      path,
      most: points,
      mutates: true,
    })),
    { context: 'ai', method: 'PATCH', path, most: points },
  ];
}
