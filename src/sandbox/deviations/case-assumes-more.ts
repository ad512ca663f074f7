import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'case-assumes-more',
  title: 'The business case assumes signed notes, and the contract drafts them',
  caughtBy: ['value.integration-depth'],
  source: 'https://digital.ahrq.gov/health-it-tools-and-resources/evaluation-resources',
  workflow: 'documentation',
  documents({ contract }) {
    (contract['value'] as { assumedDepth: string }).assumedDepth = 'write-back';
  },
});
