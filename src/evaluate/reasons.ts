import type { RemedyOwner } from '../model/check.js';
import type { NotMeasuredReason } from '../model/outcome.js';

export interface ReasonWords {
  /** Completes "not shown: …". */
  readonly text: string;
  /** Who can change it. */
  readonly owner: RemedyOwner;
}

/** Why something was not measured, in words, and whose it is. */
export const reasonWords: Readonly<Record<NotMeasuredReason, ReasonWords>> = {
  undecided: { text: 'nobody has decided this yet', owner: 'clinical-owner' },
  'prerequisite-failed': { text: 'something it needs did not work', owner: 'ehr-team' },
  'no-credential': { text: 'no credential was supplied', owner: 'ehr-team' },
  'no-second-context': { text: 'no second user or client was supplied', owner: 'ehr-team' },
  'no-test-object': { text: 'no test object was supplied', owner: 'ehr-team' },
  'no-ai-system': { text: 'the AI system was not connected', owner: 'vendor' },
  'no-peer': { text: 'no second organization was given', owner: 'operator' },
  'writes-off': { text: 'writing was not allowed', owner: 'ehr-team' },
  'control-failed': { text: 'the control around the observation did not work', owner: 'operator' },
  unavailable: { text: 'the system was unavailable', owner: 'operator' },
  'too-few': { text: 'there were too few observations', owner: 'ehr-team' },
  'too-coarse': { text: 'the observation was too coarse', owner: 'operator' },
  'tool-limited': { text: 'this tool was the bottleneck', owner: 'operator' },
  'clocks-disagree': { text: 'the clocks disagree', owner: 'ehr-team' },
  'not-yet': { text: 'the evidence is due later', owner: 'ehr-team' },
  expired: { text: 'the evidence is out of date', owner: 'vendor' },
  cap: { text: 'a limit left it out', owner: 'ehr-team' },
  'holder-not-shown': { text: 'the declared holder has too few trials or drills', owner: 'vendor' },
  'simulator-only': { text: 'it was seen on a simulator only', owner: 'operator' },
  'not-in-this-version': { text: 'this version of the tool has no check for it', owner: 'operator' },
  'recorded-by-another-version': { text: 'it was recorded by another version of the tool', owner: 'operator' },
  'not-gathered': { text: 'the run did not gather it', owner: 'operator' },
  'probe-error': { text: 'a fault of this tool', owner: 'operator' },
  'too-large': { text: 'an answer was too large to read', owner: 'ehr-team' },
  'too-many': { text: 'there were too many items to read', owner: 'ehr-team' },
  'too-deep': { text: 'an answer was nested too deeply', owner: 'ehr-team' },
  truncated: { text: 'an answer was cut off', owner: 'ehr-team' },
  'not-fhir': { text: 'the answer was not FHIR', owner: 'ehr-team' },
  'origin-not-listed': { text: 'it lies on a host that is not listed', owner: 'ehr-team' },
  'expression-timeout': { text: 'an expression took too long', owner: 'operator' },
};
