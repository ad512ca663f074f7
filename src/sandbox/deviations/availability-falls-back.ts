import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'availability-falls-back',
  title: 'A product of two nodes shows each change at once, and every other answer comes out of the copy of its start',
  caughtBy: ['freshness.source-age'],
  source: 'https://jepsen.io/consistency/models/monotonic-reads',
  aiSystem: 'integrated',
  product: (faults) => [...faults, 'every-other-answer-copied'],
});
