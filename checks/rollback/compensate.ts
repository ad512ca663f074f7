import { atHolder, defineCheck, holderMessages } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';
import { parseDurationMs } from '../../src/model/documents/duration.js';

export default defineCheck({
  id: 'rollback.compensate',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'What the AI system did can be taken back as declared',
  failureTitle: 'The declared undo is refused or leaves something live',
  plain: 'A mistake of the AI can be taken back, and nothing of it stays on a work list.',
  why: 'Products are wrong now and then; when the way back was never tried, the first wrong booking or note is cleaned up by hand in three systems.',
  sends:
    'Performs the undo of the contract (or of the organization’s path) on an object made for it, reads it again, and looks whether the contract’s own search still shows it and whether its slot is free. Where the product is to hold it, asks the product twelve times for the action and then to take it back.',
  ask: {
    of: 'vendor',
    text: 'Let your product act once on a test patient and take it back, then show us what staff see on the record, the lists and the schedule.',
  },
  remedy: [
    {
      owner: 'product-owner',
      effort: 'low',
      text: 'Agree on the way back for each action, with the state it ends in and who takes it.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Allow this change of state to the client of the AI system, or name the person who makes it.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#delete',
    'https://hl7.org/fhir/R4/http.html#patch',
    'https://hl7.org/fhir/R4/lifecycle.html',
  ],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  ifNone: 'not-applicable',
  reads: ['undo-outcome'],
  optional: ['product-trials', 'person-drills'],
  messages: {
    ...holderMessages,
    'no-undo': { kind: 'proof', text: 'The contract says that this action cannot be taken back.' },
    refused: { kind: 'proof', text: 'The undo ({by}) was refused with {status}.' },
    'server-error': {
      kind: 'availability',
      text: '{serverErrors} of {tries} tries of the undo ended in a server error ({status}).',
    },
    'still-live': {
      kind: 'proof',
      text: 'The undo ({by}) was answered {status}, and the object is not in the declared state.',
    },
    late: { kind: 'proof', text: 'The undo took {durationMs} ms of {limitMs} ms.' },
    uncontrolled: { kind: 'control', text: 'Answered {status}, but reading failed just before or after.' },
    'no-verdict': { kind: 'control', text: 'Answered {status}: not done, and no refusal either.' },
    listed: { kind: 'limit', text: 'Undone, and the contract’s own search still shows it as live.' },
    'slot-held': { kind: 'limit', text: 'Undone, and its slot is still not free.' },
    flaky: { kind: 'limit', text: '{serverErrors} of {tries} tries ended in a server error before one was taken.' },
    'undecided-undo': {
      kind: 'undecided',
      text: 'The contract does not say how this action is taken back; {who} decides, usually {default}.',
    },
  },
  evaluate: (facts, say, { item: { action } }) => {
    const { 'undo-outcome': outcome } = facts;
    const holder = action.controls?.undo?.heldBy;
    switch (outcome.by) {
      case 'undecided':
        return say.notMeasured('undecided-undo', 'undecided', {
          who: 'the clinical sponsor',
          default: 'cancelled or entered-in-error within minutes',
        });
      case 'person':
        // What a person does is shown by drills; an undo by hand alone is no fault of the EHR.
        return atHolder(say, 'undo', holder === 'product' ? 'product' : 'person', facts, {
          outcome: 'fail',
          data: { by: 'person' },
        });
      case 'none':
        return atHolder(say, 'undo', holder, facts, say.fail('no-undo'));
    }
    const { by, status, tries, serverErrors, durationMs } = outcome;
    const judged = (): ReturnType<typeof say.pass> | ReturnType<typeof say.pass>[] => {
      if (!outcome.controlsHeld) return say.notMeasured('uncontrolled', 'control-failed', { status });
      if (outcome.result === 'live') {
        if (status >= 500 && status !== 501) {
          return serverErrors >= 2
            ? say.fail('server-error', { status, serverErrors, tries })
            : say.notMeasured('no-verdict', 'control-failed', { status });
        }
        if (status < 300) return say.fail('still-live', { by, status });
        return status >= 400 && status !== 429
          ? say.fail('refused', { by, status })
          : say.notMeasured('no-verdict', 'control-failed', { status });
      }
      const limit = typeof action.compensation === 'object' ? action.compensation.limit : undefined;
      const limitMs = limit === undefined ? Number.POSITIVE_INFINITY : parseDurationMs(limit);
      const verdicts = [
        ...(durationMs > limitMs ? [say.fail('late', { durationMs, limitMs })] : []),
        ...(outcome.stillListed ? [say.warn('listed')] : []),
        ...(outcome.slotFreed === false ? [say.warn('slot-held')] : []),
        ...(serverErrors > 0 ? [say.warn('flaky', { serverErrors, tries })] : []),
      ];
      return verdicts.length === 0 ? say.pass({ by, result: outcome.result }) : verdicts;
    };
    return atHolder(say, 'undo', holder, facts, judged());
  },
});
