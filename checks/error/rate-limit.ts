import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'error.rate-limit',
  kind: 'probe',
  severity: 'minor',
  blocks: 'vendor-integration',
  title: 'It slows down when the EHR asks it to',
  failureTitle: 'It goes on asking, or gives up, when the EHR asks it to slow down',
  plain: 'When the EHR is busy and says so, the work waits and is done later.',
  why: 'A program that asks again at once keeps a busy EHR busy; one that gives up loses the booking or the note.',
  sends:
    'Never a flood: counts the answers of the run that ask for less, and what was sent after them. Where the product reaches the EHR through the proxy, it is asked for one object in the usual way, and the proxy answers one search and one write of it with 429 and a Retry-After of one second; the object is taken back.',
  ask: {
    of: 'vendor',
    text: 'Show us the log of the product for one day on which the EHR answered 429: how long it waited, and that the work was done.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Wait as long as Retry-After says, longer with each try; keep the work in a queue.',
    },
    { owner: 'ehr-vendor', effort: 'low', text: 'Name the time to come back in Retry-After with every 429.' },
  ],
  references: [
    'https://www.rfc-editor.org/rfc/rfc6585#section-4',
    'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
  ],
  writes: 'all',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['throttling'],
  optional: ['throttled-work'],
  messages: {
    'at-once': { kind: 'proof', text: 'Asked again before the time was over, {early} of {throttled} times ({who}).' },
    'work-lost': {
      kind: 'proof',
      text: 'The AI system gave up {abandoned} of {throttled} requests it was asked to send later.',
    },
    'work-not-done': {
      kind: 'proof',
      text: 'The AI system was asked to wait {met} times and did not do what it was asked for; without being asked to wait it does.',
    },
    'gave-up': {
      kind: 'control',
      text: 'This tool was refused {throttled} times and had to leave {abandoned} requests; the EHR named no time, or one too far away.',
    },
    'no-time-named': {
      kind: 'limit',
      text: 'The EHR asked for less {throttled} times, and said {withRetryAfter} times when to come back ({who}).',
    },
    'not-seen': {
      kind: 'limit',
      text: 'Not once in {requests} requests did the EHR ask for less, and no product ran through the proxy that could be asked to.',
    },
  },
  evaluate: ({ throttling, 'throttled-work': work }, say) => {
    const seen = throttling.filter(({ throttled }) => throttled > 0);
    if (seen.length === 0) {
      const requests = throttling.reduce((sum, row) => sum + row.requests, 0);
      return say.notMeasured('not-seen', 'no-ai-system', { requests });
    }
    const lost = work?.done === false ? [say.fail('work-not-done', { met: work.met })] : [];
    const verdicts = seen.map((row) => {
      if (row.early > 0) return say.fail('at-once', row);
      if (row.abandoned > 0)
        return row.who === 'ai-system' ? say.fail('work-lost', row) : say.notMeasured('gave-up', 'unavailable', row);
      return row.withRetryAfter < row.throttled ? say.warn('no-time-named', row) : say.pass(row);
    });
    return [...lost, ...verdicts];
  },
});
