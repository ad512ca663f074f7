import type { Subject } from '../model/subject.js';
import { declaredChange } from './declared-change.js';
import { changeElement, mostChanges, mostReads, type ChangedObject } from './object-change.js';
import { withOneTimeWord } from './one-time-word.js';
import type { ProbeTools } from './probe.js';
import type { RequestTemplate } from './request.js';
import { testObjectTemplates, type FilledBody } from './test-objects.js';

/** The one object an action that changes something was tried on, and what became of it. */
export interface ChangedAction {
  readonly filled: FilledBody;
  readonly changed: ChangedObject;
  /** Digest of the one-time word in its description; undefined where it has none. */
  readonly wordDigest: string | undefined;
}

/** What making the shared object and changing it may send; every probe that uses it may be the first. */
export function changedActionTemplates({ item: { action } }: Subject<'action'>): RequestTemplate[] {
  const path = `${action.resource ?? ''}/{id}`;
  return [
    ...testObjectTemplates(action),
    { context: 'ai', method: 'GET', path, most: mostReads },
    { context: 'ai', method: 'PATCH', path, most: mostChanges, mutates: true },
    { context: 'ai', method: 'PUT', path, most: mostChanges, mutates: true },
  ];
}

/**
 * The shared object of a changing action: created in the state the action starts from and changed as the action says, by
 * the first probe that asks.
 * @throws ExchangeFault
 */
export async function changedAction(subject: Subject<'action'>, tools: ProbeTools): Promise<ChangedAction> {
  const { action } = subject.item;
  const made = await tools.once(`changed:${action.id}`, async (): Promise<ChangedAction> => {
    const { ai } = tools.clients;
    const { filled, wordDigest } = withOneTimeWord(await tools.objects.body(action), tools.writer.runId);
    const created = await tools.objects.make(filled.body, ai);
    const change = await declaredChange(subject, tools, filled, created);
    return { filled, wordDigest, changed: await changeElement(tools, ai, created, change) };
  });
  tools.cite(made.changed.exchanges);
  return made;
}
