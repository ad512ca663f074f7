import type { EvidenceEnd } from '../model/evidence.js';

/** Closes a segment that was collected later: nothing was sent, and what the run left behind stands as it was. */
export const collectedEnd = (at: string, { residue, leavesMax, journalHead }: EvidenceEnd): EvidenceEnd => ({
  type: 'end',
  at,
  how: 'complete',
  plannedRequests: 0,
  sentRequests: 0,
  unavailableRequests: 0,
  writes: 0,
  undone: 0,
  residue,
  leavesMax,
  journalHead,
});
