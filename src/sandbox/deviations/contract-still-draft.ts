import { defineDeviation, partOf } from '../deviation.js';

export default defineDeviation({
  id: 'contract-still-draft',
  title: 'The contract is a draft',
  caughtBy: ['contract.stability'],
  source: 'https://www.nist.gov/itl/ai-risk-management-framework',
  documents({ contract }) {
    partOf(contract, 'metadata')['status'] = 'draft';
  },
});
