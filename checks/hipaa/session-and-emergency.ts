import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const drillDays = 365;

export default defineCheck({
  id: 'hipaa.session-and-emergency',
  kind: 'attest',
  severity: 'minor',
  blocks: 'vendor-integration',
  title: 'An unattended screen locks, and there is a practised plan for downtime',
  failureTitle: 'An unattended screen stays open',
  plain: 'A screen left alone locks itself, and everybody knows what to do on the day the system is down.',
  why: 'An open screen shows the next passer-by a patient; a plan nobody practised fails on the day it is needed.',
  sends:
    'On a simulator, where the statement session-timeout says after how long (idleAfter): signs a test user in to the app at the beginning of the run, leaves that session alone, and asks for its page at the end, when the agreed time is over. Besides reads the attestations of the organization file, and a witness sheet on which people wrote how long a screen left alone stayed open and how a downtime drill went.',
  ask: {
    of: 'vendor',
    text: 'Show us a screen of the product left alone until it locks, and hand us the downtime procedure with the date of the last drill.',
  },
  remedy: [
    { owner: 'vendor', effort: 'low', text: 'End idle sessions after the agreed time, on the server too.' },
    {
      owner: 'clinical-owner',
      effort: 'medium',
      text: 'Write the downtime procedure, practise it once a year, and note the day of the drill.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(ii)',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(iii)',
  ],
  maps: ['45 CFR 164.312(a)(2)(ii)', '45 CFR 164.312(a)(2)(iii)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['attestations'],
  optional: ['idle-screens', 'downtime-drills', 'session-opened', 'idle-session'],
  messages: {
    'stays-open': {
      kind: 'proof',
      text: 'A screen left alone was still open after the agreed {agreedMinutes} minutes, in {stillOpen} of {tries} tries.',
    },
    'stays-signed-in': {
      kind: 'proof',
      text: 'A session that was left alone for {idleSeconds} s still showed its patient; it was agreed to end after {agreedSeconds} s.',
    },
    'drill-missed': { kind: 'limit', text: 'The downtime procedure did not work in {missed} of {drills} drills.' },
    'lock-witnessed': {
      kind: 'limit',
      text: 'People saw the screen lock within {agreedMinutes} minutes ({tries} tries); this tool did not measure it.',
    },
    'lock-stated': { kind: 'limit', text: 'It is stated that idle screens lock; nobody saw it.' },
    'not-drilled': { kind: 'limit', text: 'There is a downtime procedure, and no drill of the last {days} days.' },
    'no-procedure': {
      kind: 'undecided',
      text: 'Nobody states, with owner and end date, that there is a downtime procedure; {who} should.',
    },
    'no-lock': { kind: 'undecided', text: 'Nobody saw or states that idle screens lock; {who} should.' },
    expired: { kind: 'control', text: 'Out of date: {items}.' },
  },
  evaluate: (facts, say, { item: { contract } }, { startedAt }) => {
    const today = startedAt.slice(0, 10);
    const stated = (item: string) => {
      const complete = facts.attestations
        .filter(({ id, owner, expires }) => id === item && owner !== null && expires !== null)
        .sort((a, b) => Number((a.expires ?? '') < (b.expires ?? '')) * 2 - 1);
      return { latest: complete[0], inDate: complete.filter(({ expires }) => daysUntil(expires ?? '', today) >= 0) };
    };
    const emergency = () => {
      const drills = facts['downtime-drills'];
      if (drills !== undefined && drills.missed > 0) return say.warn('drill-missed', drills);
      const { latest, inDate } = stated('downtime-procedure');
      if (latest === undefined) return say.notMeasured('no-procedure', 'not-yet', { who: 'the clinical owner' });
      if (inDate.length === 0) return say.notMeasured('expired', 'expired', { items: [latest.id] });
      const age = Math.min(
        ...inDate.map(({ drilledOn }) => (drilledOn === undefined ? Infinity : daysUntil(today, drilledOn))),
      );
      return drills !== undefined || (age >= 0 && age <= drillDays)
        ? say.pass({ procedureUntil: latest.expires })
        : say.warn('not-drilled', { days: drillDays });
    };
    const idle = () => {
      const screens = facts['idle-screens'];
      if (screens !== undefined && screens.stillOpen > 0) return say.fail('stays-open', screens);
      const left = facts['idle-session'];
      if (left?.state === 'alive') return say.fail('stays-signed-in', left);
      // A session that a second sign-in ends says nothing about time.
      const ofItself = facts['session-opened']?.shown === true && facts['session-opened'].besideAnother;
      if (left?.state === 'ended' && left.opensAgain && ofItself) return say.pass(left);
      if (screens !== undefined) return say.warn('lock-witnessed', screens);
      const { latest, inDate } = stated('session-timeout');
      if (latest === undefined) return say.notMeasured('no-lock', 'not-yet', { who: 'the vendor' });
      return inDate.length === 0
        ? say.notMeasured('expired', 'expired', { items: [latest.id] })
        : say.warn('lock-stated');
    };
    const screens = contract.productScreens === undefined ? 'separate' : contract.productScreens;
    return screens === 'none' ? emergency() : [emergency(), idle()];
  },
});
