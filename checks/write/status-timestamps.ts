import { defineCheck, type Verdict } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';

/** From the time between sending and the answer. */
const mostOffMs = 2_000;
/** As far as the nearest other time zone, a minute of clocks aside. */
const zoneOffMs = 14 * 60_000;
const refusals = [400, 401, 403, 404, 405, 409, 412, 422];

// https://hl7.org/fhir/R4/task.html#statemachine
export default defineCheck({
  id: 'write.status-timestamps',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'States and times of a task follow one another without a break',
  failureTitle: 'A state or its time is lost, or a forbidden step is taken',
  plain: 'Staff can see where a task stands and since when, and nobody can move it backwards.',
  why: 'A status without a true time, or one that can jump back, breaks the chain of who had the task when; an authorization then looks answered that is not.',
  sends:
    'Walks one test object through the states of the contract, each with its time in another time zone, and reads it after each step; where the contract forbids a step, tries that one between two allowed ones.',
  ask: {
    of: 'vendor',
    text: 'Take one test case through all its states in front of us, and show us the state and the time of each step in the EHR.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Write the state and its time in one patch, and give every time with its offset from UTC.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Set up the allowed steps of this type as rules of the EHR, and keep the time of each.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/task.html#statemachine',
    'https://hl7.org/fhir/R4/appointment.html',
    'https://hl7.org/fhir/R4/datatypes.html#dateTime',
  ],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) =>
    writesSomething(action) && (action.states?.from !== undefined || action.states?.through !== undefined),
  ifNone: 'not-applicable',
  reads: ['state-walk'],
  messages: {
    refused: { kind: 'proof', text: 'The step from {from} to {to} was refused with {status}.' },
    lost: {
      kind: 'proof',
      text: 'The step from {from} to {to} was answered {status} and is not there when read again.',
    },
    'server-error': {
      kind: 'availability',
      text: '{serverErrors} of {tries} tries of the step from {from} to {to} ended in a server error ({status}).',
    },
    'wrong-time': {
      kind: 'proof',
      text: 'The time of the step to {to} is {offMinutes} minutes off: another day or time zone.',
    },
    'no-time': { kind: 'proof', text: 'Neither the object nor its history says when it was moved to {to}.' },
    'elements-lost': { kind: 'proof', text: 'The step to {to} lost or changed {elements}.' },
    'jump-taken': { kind: 'proof', text: 'The forbidden step from {from} to {to} was taken ({status}).' },
    'time-off': { kind: 'limit', text: 'The time of the step to {to} is {offSeconds} s off.' },
    'time-elsewhere': { kind: 'limit', text: 'The object says no time of its step to {to}; its versions do.' },
    uncontrolled: { kind: 'control', text: 'The object could not be read at the end, so refusals show nothing.' },
    'no-verdict': {
      kind: 'control',
      text: 'The step from {from} to {to} ended with {status}: neither taken nor refused.',
    },
    'jump-unclear': {
      kind: 'control',
      text: 'The forbidden step from {from} to {to} was not taken ({status}), but neither was an allowed one after it.',
    },
  },
  evaluate: ({ 'state-walk': { steps, jump, controlsHeld } }, say) => {
    if (!controlsHeld) return say.notMeasured('uncontrolled', 'control-failed');
    const verdicts: Verdict[] = [];
    for (const step of steps) {
      const { from, to, status, serverErrors, tries, offMs } = step;
      if (!step.stored) {
        if (status >= 200 && status < 300) verdicts.push(say.fail('lost', { from, to, status }));
        else if (refusals.includes(status)) verdicts.push(say.fail('refused', { from, to, status }));
        else if (serverErrors >= 2) verdicts.push(say.fail('server-error', { from, to, status, serverErrors, tries }));
        else verdicts.push(say.notMeasured('no-verdict', 'control-failed', { from, to, status }));
        continue;
      }
      if (step.lost.length > 0) verdicts.push(say.fail('elements-lost', { to, elements: step.lost }));
      if (step.time === 'nowhere') verdicts.push(say.fail('no-time', { to }));
      else if (Math.abs(offMs) >= zoneOffMs) {
        verdicts.push(say.fail('wrong-time', { to, offMinutes: Math.round(offMs / 60_000) }));
      } else if (Math.abs(offMs) > mostOffMs) {
        verdicts.push(say.warn('time-off', { to, offSeconds: Math.round(offMs / 1_000) }));
      } else if (step.time === 'only-version' || step.time === 'only-history') {
        verdicts.push(say.warn('time-elsewhere', { to }));
      }
    }
    if (jump !== undefined) {
      const { from, to, status } = jump;
      if (jump.accepted) verdicts.push(say.fail('jump-taken', { from, to, status }));
      else if (!refusals.includes(status))
        verdicts.push(say.notMeasured('no-verdict', 'control-failed', { from, to, status }));
      else if (!jump.controlsHeld) {
        verdicts.push(say.notMeasured('jump-unclear', 'control-failed', { from, to, status }));
      }
    }
    const forbidden = jump === undefined ? 'none named' : `${jump.from} to ${jump.to}`;
    return verdicts.length === 0 ? say.pass({ steps: steps.length, forbidden }) : verdicts;
  },
});
