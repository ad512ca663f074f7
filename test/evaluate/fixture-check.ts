import { defineCheck, defineDerivedCheck, type SeenResult } from '../../src/check.js';
import type { AnyCheck } from '../../src/model/check.js';

/** A check for tests of the engine; the real one of this name may say more. */
export const versionConflict: AnyCheck = defineCheck({
  id: 'write.version-conflict',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'An update based on an outdated version is refused',
  failureTitle: 'An outdated update overwrites newer data',
  plain: 'The AI cannot overwrite what a nurse has just typed.',
  why: 'Without a version check the last writer wins silently.',
  sends: 'Two updates of one test object.',
  ask: { of: 'vendor', text: 'Show us what the EHR answers to an outdated update.' },
  remedy: [{ owner: 'vendor', effort: 'low', text: 'Send If-Match with every update.' }],
  references: ['https://hl7.org/fhir/R4/http.html#concurrency'],
  writes: 'all',
  subjects: 'action',
  when: ({ item }) => item.action.kind !== 'suggest',
  ifNone: 'not-applicable',
  reads: ['stale-update'],
  optional: ['unconditional-update'],
  messages: {
    overwritten: { kind: 'proof', text: 'The EHR answered {status} to an outdated update.' },
    vacuous: { kind: 'control', text: 'Refused with {status}, but so is a current update.' },
    unexplained: { kind: 'proof', text: 'Refused with {status} and no explanation.' },
    unguarded: { kind: 'proof', text: 'An update without a version is accepted ({status}).' },
  },
  evaluate: ({ 'stale-update': stale, 'unconditional-update': unconditional }, say) => [
    !stale.newerDataKept
      ? say.fail('overwritten', stale)
      : !stale.currentAccepted
        ? say.notMeasured('vacuous', 'control-failed', stale)
        : stale.explained
          ? say.pass()
          : say.warn('unexplained', stale),
    ...(unconditional !== undefined && unconditional.status < 300 ? [say.warn('unguarded', unconditional)] : []),
  ],
});

/** Says what the version check found, once more. */
export const derivedFrom = (
  looksAt: readonly 'write.version-conflict'[],
  look: (seen: SeenResult) => void = () => undefined,
): AnyCheck =>
  defineDerivedCheck({
    id: 'value.derived',
    kind: 'static',
    severity: 'minor',
    blocks: 'product',
    title: 'What was found is said once more',
    failureTitle: 'What was found is not good',
    plain: 'It repeats what another check found.',
    why: 'For tests of the engine.',
    sends: 'Nothing at all.',
    ask: { of: 'vendor', text: 'Show us what the other check found.' },
    remedy: [{ owner: 'vendor', effort: 'low', text: 'Mend what the other check found.' }],
    references: ['https://hl7.org/fhir/R4/http.html#concurrency'],
    writes: 'none',
    subjects: 'run',
    ifNone: 'undecided',
    reads: [],
    looksAt,
    messages: {
      bad: { kind: 'proof', text: 'The other check failed.' },
      unknown: { kind: 'undecided', text: 'The other check shows nothing.' },
    },
    evaluate: (_facts, say, _subject, _run, results) => {
      const seen = results['write.version-conflict'];
      if (seen !== undefined) look(seen);
      if (seen === undefined || seen.outcome === 'not-measured')
        return say.notMeasured('unknown', 'prerequisite-failed');
      return seen.outcome === 'fail' ? say.fail('bad') : say.pass();
    },
  });
