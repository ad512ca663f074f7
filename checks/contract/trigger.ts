import { defineCheck } from '../../src/check.js';
import type { ContractTrigger, LatencyEntry } from '../../src/model/documents/contract.js';
import { openEvent } from '../../src/model/documents/open-decisions.js';
import { isUnconfirmed, liesAt } from '../../src/model/documents/places.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const who = 'the clinical owner';
const withoutAnAnswer = ['latency.read', 'latency.event-delivery'];

export default defineCheck({
  id: 'contract.trigger',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'Each trigger is one exact event with a time budget',
  failureTitle: 'A trigger or a time budget cannot be measured as written',
  plain: 'It is written down what sets the AI off, and how fast it has to be.',
  why: '"When something changes" cannot be tested and cannot be late; a condition on old and new state can.',
  sends: 'Nothing. Reads triggers and latency entries; the conditions were compiled when the file was loaded.',
  ask: {
    of: 'clinical-owner',
    text: 'Show us one real case on the clock: which change in the record sets the AI off, and when would its answer have come too late?',
  },
  remedy: [
    {
      owner: 'clinical-owner',
      effort: 'low',
      text: 'Write the event as a condition on the resource before and after, and name the slowest answer that 95 of 100 people may see.',
    },
    { owner: 'vendor', effort: 'low', text: 'State the highest rate the trigger reaches on a busy day.' },
  ],
  references: [
    'https://hl7.org/fhir/R5/subscriptiontopic.html',
    'https://hl7.org/fhirpath/N1/',
    'https://cds-hooks.hl7.org/2.0/',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['document-problems', 'template-defaults'],
  messages: {
    expression: { kind: 'proof', text: 'The event of trigger {trigger} cannot be evaluated: {name}.' },
    'names-nothing': { kind: 'proof', text: 'Latency entry {entry}: "{name}" is neither trigger nor action.' },
    'no-pair': { kind: 'proof', text: 'Latency entry {entry}: no time is measured from {from} to {to}.' },
    'no-peak-rate': { kind: 'limit', text: 'Trigger {trigger} has no peak rate.' },
    'median-only': { kind: 'limit', text: 'Trigger {trigger} has no budget above the median.' },
    default: { kind: 'undecided', text: '{what} comes from the template, to be confirmed by {who}.' },
    undecided: { kind: 'undecided', text: 'Not decided: {what}; {who} decides, suggested: {default}.' },
  },
  evaluate: ({ 'document-problems': problems, 'template-defaults': defaults }, say, { item: { contract } }) => {
    const { triggers = [], latency = [] } = contract;
    const open = (pointer: string, what: string, fallback: string) =>
      say.notMeasured('undecided', 'undecided', { what, who, default: fallback, pointer });
    if (triggers.length === 0) return open('/triggers', 'what starts the workflow', 'one trigger with its event');
    const ofTrigger = (trigger: ContractTrigger, index: number) => {
      const pointer = `/triggers/${index}`;
      const named = { trigger: trigger.id, pointer };
      const budgets = latency.filter((entry) => entry.trigger === trigger.id);
      const missing = openEvent(trigger);
      return [
        ...problems
          .filter(({ document, pointer: at }) => document === 'contract' && liesAt(at, `${pointer}/event`))
          .map(({ name }) => say.fail('expression', { ...named, name })),
        ...(missing === undefined ? [] : [open(pointer, `${missing.what} of trigger ${trigger.id}`, missing.default)]),
        ...(budgets.length === 0
          ? [open(pointer, `a time budget for trigger ${trigger.id}`, '95 of 100 within a stated time')]
          : []),
        ...(trigger.peakRate === undefined ? [say.warn('no-peak-rate', named)] : []),
        ...(budgets.length > 0 && budgets.every(({ percentile }) => percentile !== undefined && percentile <= 50)
          ? [say.warn('median-only', named)]
          : []),
        ...(isUnconfirmed(defaults, pointer)
          ? [say.warn('default', { what: `Trigger ${trigger.id}`, who, pointer })]
          : []),
      ];
    };
    const ofEntry = (entry: LatencyEntry, index: number) => {
      const pointer = `/latency/${index}`;
      const { id, from, to } = entry;
      const judgedBy = latencyCheckOf(from, to);
      const needsAnswer = judgedBy !== undefined && !withoutAnAnswer.includes(judgedBy);
      const missing = [
        ...(entry.trigger === undefined ? ['trigger'] : []),
        ...(needsAnswer && entry.answeredBy === undefined ? ['answeredBy'] : []),
        ...(entry.budget === undefined ? ['budget'] : []),
        ...(entry.percentile === undefined ? ['percentile'] : []),
      ];
      return [
        ...problems
          .filter(({ code, pointer: at }) => code === 'dangling-reference' && liesAt(at, pointer))
          .map(({ name }) => say.fail('names-nothing', { entry: id, name, pointer })),
        ...(judgedBy === undefined ? [say.fail('no-pair', { entry: id, from, to, pointer })] : []),
        ...missing.map((part) =>
          open(pointer, `${part} of latency entry ${id}`, part === 'percentile' ? '95' : 'a value'),
        ),
        ...(isUnconfirmed(defaults, pointer)
          ? [say.warn('default', { what: `Latency entry ${id}`, who, pointer })]
          : []),
      ];
    };
    const verdicts = [...triggers.flatMap(ofTrigger), ...latency.flatMap(ofEntry)];
    return verdicts.length > 0 ? verdicts : say.pass({ triggers: triggers.length, budgets: latency.length });
  },
});
