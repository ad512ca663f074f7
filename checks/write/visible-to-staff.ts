import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';

export default defineCheck({
  id: 'write.visible-to-staff',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'What it writes stands where staff look',
  failureTitle: 'What it writes is nowhere staff look',
  plain: 'Staff find the result on the screen they use anyway, without another sign-in.',
  why: 'A result that is stored in the right format and shows up in no work list is found by nobody until somebody asks for it.',
  sends:
    'Writes one test object and runs the contract’s own searches as each role and consumer it names. Whether it stands on the screen a person says on a witness sheet, with the one-time word that stands in the object.',
  ask: {
    of: 'ehr-team',
    text: 'Show us, on the screen staff work in, where a result of the product appears, and let two people read the word in the test object to us.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask which category, location, inbox pool or visit link brings it into the list, and have it set.',
    },
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Send the elements the list filters by; write down in observe which search shows it.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/search.html', 'https://hl7.org/fhir/us/core/clinical-notes.html'],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  ifNone: 'not-applicable',
  reads: ['staff-view'],
  optional: ['seen-on-screen'],
  messages: {
    'not-found': { kind: 'proof', text: 'Not found by {who}, who are to see it, by the search the contract names.' },
    'old-state': { kind: 'proof', text: 'Found by {who} in another state than the one it was left in.' },
    'not-on-screen': {
      kind: 'proof',
      text: 'People looked for the object of this run on the screen ({notFound} times) and did not find it.',
    },
    unsure: {
      kind: 'control',
      text: 'Whether {who} see it is not known: the search was refused or did not end, or no read around it worked.',
    },
    'nobody-looked': { kind: 'control', text: 'No session stands for any of those who are to see it.' },
    'api-only': {
      kind: 'limit',
      text: 'Found through the interface by {who}; nobody has written down yet that it stands on the screen (collect --witness).',
    },
    'second-login': {
      kind: 'limit',
      text: 'It stands on the screen, after a second sign-in in {secondLogins} of {sightings} times.',
    },
    'not-always': { kind: 'limit', text: 'Found on the screen {sightings} times, not found {notFound} times.' },
  },
  evaluate: (facts, say) => {
    const { views, notLookedAs } = facts['staff-view'];
    const who = (...sees: string[]) => views.filter((view) => sees.includes(view.sees)).map((view) => view.who);
    const [nothing, old, unknown] = [who('nothing'), who('other-state'), who('unknown')];
    const failed = [
      ...(nothing.length > 0 ? [say.fail('not-found', { who: nothing })] : []),
      ...(old.length > 0 ? [say.fail('old-state', { who: old })] : []),
    ];
    if (failed.length > 0) return failed;
    if (!views.some(({ kind }) => kind === 'staff')) return say.notMeasured('nobody-looked', 'no-second-context');
    if (unknown.length > 0) return say.notMeasured('unsure', 'control-failed', { who: unknown });
    const seen = facts['seen-on-screen'];
    if (seen === undefined || seen.sightings + seen.notFound === 0)
      return say.warn('api-only', { who: who('as-written'), notLookedAs });
    if (seen.sightings === 0) return say.fail('not-on-screen', seen);
    if (seen.notFound > 0) return say.warn('not-always', seen);
    return seen.secondLogins > 0 ? say.warn('second-login', seen) : say.pass({ ...seen, notLookedAs });
  },
});
