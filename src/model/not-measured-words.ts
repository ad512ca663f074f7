import type { RemedyOwner } from './check.js';
import type { NotMeasuredReason } from './outcome.js';

export interface ReasonWords {
  /** Completes "not shown: …". */
  readonly text: string;
  /** Who can change it. */
  readonly owner: RemedyOwner;
  /** What they can do, as a request. */
  readonly add: string;
}

/** Why something was not measured, in words, and whose it is. */
export const reasonWords: Readonly<Record<NotMeasuredReason, ReasonWords>> = {
  undecided: {
    text: 'nobody has decided this yet',
    owner: 'clinical-owner',
    add: 'have it decided and written into the contract',
  },
  'prerequisite-failed': {
    text: 'something it needs did not work',
    owner: 'ehr-team',
    add: 'solve what stands before it first',
  },
  'no-credential': {
    text: 'no credential was supplied',
    owner: 'ehr-team',
    add: 'add a client or a user of that role to the organization file',
  },
  'no-second-context': {
    text: 'no second user or client was supplied',
    owner: 'ehr-team',
    add: 'add a second user or client to the organization file',
  },
  'no-test-object': {
    text: 'no test object was supplied',
    owner: 'ehr-team',
    add: 'name a test object in the organization file',
  },
  'no-ai-system': {
    text: 'the AI system was not connected',
    owner: 'vendor',
    add: 'connect the AI system in the organization file',
  },
  'no-peer': {
    text: 'no second organization was given',
    owner: 'operator',
    add: 'give a second organization with --peer',
  },
  'writes-off': {
    text: 'writing was not allowed',
    owner: 'ehr-team',
    add: 'agree on test writes in the organization file, then run with --writes',
  },
  'control-failed': {
    text: 'the control around the observation did not work',
    owner: 'operator',
    add: 'look at the control request first: it must work before and after',
  },
  unavailable: { text: 'the system was unavailable', owner: 'operator', add: 'try again when the system answers' },
  'too-few': {
    text: 'there were too few observations',
    owner: 'ehr-team',
    add: 'allow more observations, or observe for longer',
  },
  'too-coarse': { text: 'the observation was too coarse', owner: 'operator', add: 'look more often' },
  'tool-limited': { text: 'this tool was the bottleneck', owner: 'operator', add: 'run from a machine with less load' },
  'clocks-disagree': { text: 'the clocks disagree', owner: 'ehr-team', add: 'compare the clocks of both systems' },
  'not-yet': { text: 'the evidence is due later', owner: 'ehr-team', add: 'bring it with collect when it is due' },
  expired: { text: 'the evidence is out of date', owner: 'vendor', add: 'renew the evidence' },
  cap: { text: 'a limit left it out', owner: 'ehr-team', add: 'raise the limit that left it out' },
  'holder-not-shown': {
    text: 'the declared holder has too few trials or drills',
    owner: 'vendor',
    add: 'run the trials or hold the drills',
  },
  'simulator-only': {
    text: 'it was seen on a simulator only',
    owner: 'operator',
    add: 'run it in the environment that decides',
  },
  'not-in-this-version': {
    text: 'this version of the tool cannot look at it',
    owner: 'operator',
    add: 'look at it by other means',
  },
  'recorded-by-another-version': {
    text: 'it was recorded by another version of the tool',
    owner: 'operator',
    add: 'run again with this version',
  },
  'not-gathered': { text: 'the run did not gather it', owner: 'operator', add: 'run it again to its end' },
  'not-selected': {
    text: 'it was not among the checks of this run',
    owner: 'operator',
    add: 'look at it in a run of all checks',
  },
  'probe-error': { text: 'a fault of this tool', owner: 'operator', add: 'report the fault' },
  'too-large': { text: 'an answer was too large to read', owner: 'ehr-team', add: 'ask why the answer is so large' },
  'too-many': {
    text: 'there were too many items to read',
    owner: 'ehr-team',
    add: 'ask for a smaller set of test data',
  },
  'too-deep': { text: 'an answer was nested too deeply', owner: 'ehr-team', add: 'ask why the answer is so deep' },
  truncated: { text: 'an answer was cut off', owner: 'ehr-team', add: 'ask why the answer ends early' },
  'not-fhir': { text: 'the answer was not FHIR', owner: 'ehr-team', add: 'ask what answers at this address' },
  'origin-not-listed': {
    text: 'it lies on a host that is not listed',
    owner: 'ehr-team',
    add: 'list the host in the organization file if it is yours',
  },
  'expression-timeout': {
    text: 'an expression took too long',
    owner: 'operator',
    add: 'simplify the expression in the contract',
  },
};
