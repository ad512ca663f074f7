import trigger from '../../../checks/contract/trigger.js';
import type { LatencyEntry } from '../../../src/model/documents/contract.js';
import { testCheck } from '../../support/test-check.js';
import { agreed, inherited, problem, runCase } from './run-case.js';

const facts = { 'document-problems': [], ...agreed };
const freed = {
  id: 'freed',
  kind: 'ehr-event',
  event: { resource: 'Appointment', change: 'update', condition: "%current.status = 'cancelled'" },
  peakRate: { perMinute: 4 },
} as const;
const entry = (more: Partial<LatencyEntry> = {}): LatencyEntry => ({
  id: 'offer',
  trigger: 'freed',
  answeredBy: 'offer',
  from: 'ehr-event',
  to: 'ai-response',
  percentile: 95,
  budget: 'PT60S',
  ...more,
});
const { budget: _b, ...unbounded } = entry();
const { answeredBy: _a, ...unanswered } = entry();
const { trigger: _t, percentile: _p, ...untied } = entry({ from: 'ai-request', to: 'ai-received' });
const { condition: _c, ...unconditional } = freed.event;
const { peakRate: _r, ...calm } = freed;

testCheck(trigger, {
  pass: {
    'one exact event with a budget': runCase(facts, { triggers: [freed], latency: [entry()] }),
    'a read needs no answer': runCase(facts, {
      triggers: [freed],
      latency: [{ ...unanswered, from: 'ai-request', to: 'ai-received' }],
    }),
    'every other kind, exactly said': runCase(facts, {
      triggers: [{ id: 'freed', kind: 'cds-hook', hook: 'order-sign', peakRate: { perMinute: 1 } }],
      latency: [entry({ from: 'hook-call', to: 'hook-response' })],
    }),
    'inherited and agreed': runCase(
      { 'document-problems': [], 'template-defaults': { status: 'agreed', pointers: ['/triggers'] } },
      { triggers: [freed], latency: [entry()] },
    ),
  },
  warn: {
    'no peak rate': runCase(facts, { triggers: [calm], latency: [entry()] }),
    'only a median': runCase(facts, { triggers: [freed], latency: [entry({ percentile: 50 })] }),
    'inherited by a draft': runCase(
      { 'document-problems': [], ...inherited('/triggers', '/latency/0/budget') },
      { triggers: [freed], latency: [entry()] },
    ),
  },
  fail: {
    'condition that does not compile': runCase(
      { ...facts, 'document-problems': [problem('expression-does-not-compile', '/triggers/0/event/condition', 'x')] },
      { triggers: [freed], latency: [entry()] },
    ),
    'trigger that does not exist': runCase(
      { ...facts, 'document-problems': [problem('dangling-reference', '/latency/0/trigger', 'fred')] },
      { triggers: [freed], latency: [entry()] },
    ),
    'two points that are no pair': runCase(facts, { triggers: [freed], latency: [entry({ to: 'ai-received' })] }),
  },
  notMeasured: {
    'no trigger': runCase(facts, { latency: [entry()] }),
    'no condition': runCase(facts, { triggers: [{ ...freed, event: unconditional }], latency: [entry()] }),
    'no budget for the trigger': runCase(facts, { triggers: [freed], latency: [] }),
    'an entry without a budget': runCase(facts, { triggers: [freed], latency: [unbounded] }),
    'an entry without an answer': runCase(facts, { triggers: [freed], latency: [unanswered] }),
    'an entry without trigger and percentile': runCase(facts, {
      triggers: [freed],
      latency: [entry(), { ...untied, id: 'read' }],
    }),
    'a hook, a launch and a schedule left open': runCase(facts, {
      triggers: [
        { id: 'freed', kind: 'cds-hook' },
        { id: 'open', kind: 'smart-launch' },
        { id: 'nightly', kind: 'schedule' },
      ],
      latency: [entry(), entry({ id: 'b', trigger: 'open' }), entry({ id: 'c', trigger: 'nightly' })],
    }),
  },
});
