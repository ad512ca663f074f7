import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'unstoppable',
  title: 'A product that goes on writing after it was switched off',
  caughtBy: ['prod.kill-switch'],
  source: 'https://www.ecfr.gov/current/title-45/section-164.308',
  aiSystem: 'unstoppable',
});
