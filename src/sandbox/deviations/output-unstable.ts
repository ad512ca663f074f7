import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'output-unstable',
  title: 'The product’s output is declared unstable',
  caughtBy: ['contract.stability'],
  source: 'https://www.nist.gov/itl/ai-risk-management-framework',
  documents({ contract }) {
    partOf(contract, 'metadata')['outputStability'] = 'unstable';
  },
});
