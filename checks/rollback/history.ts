import { defineCheck, type Verdict } from '../../src/check.js';
import { updatesThroughInterface } from '../../src/model/actions.js';

/** The client may not ask; that is about its rights and not about what the EHR keeps. */
const noRight = [401, 403];

// https://hl7.org/fhir/R4/http.html#history and #vread
export default defineCheck({
  id: 'rollback.history',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'One can show what the record looked like before',
  failureTitle: 'Nobody can show what it looked like before',
  plain: 'When the AI has changed something, the version before it can still be read.',
  why: 'An undo puts back what was there before; where no earlier version can be read, nobody can tell what that was, and a dispute about who changed what has no record to go by.',
  sends:
    'Changes a test object twice, reads its history, and reads the version from before the changes by its version id.',
  ask: {
    of: 'ehr-team',
    text: 'Show us, through the interface our product uses, a visit or task as it was before its last two changes, with the time of each.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Switch on history and version reads for the types the product changes, for the product’s client too.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Keep the record as it was read before each change, in the integration layer, as long as the audit log is kept.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#history', 'https://hl7.org/fhir/R4/http.html#vread'],
  maps: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'action',
  when: ({ item: { action, path } }) => updatesThroughInterface(action, path?.via),
  ifNone: 'not-applicable',
  reads: ['version-history'],
  messages: {
    none: {
      kind: 'proof',
      text: 'The history is refused with {status} and the earlier version with {versionStatus}: no earlier version can be read.',
    },
    'server-error': { kind: 'availability', text: 'The history ended in a server error ({status}).' },
    uncontrolled: { kind: 'control', text: 'Answered {status}, and the object itself could not be read either.' },
    'no-right': { kind: 'control', text: 'The client may not read the history ({status}).' },
    'no-history': { kind: 'limit', text: 'The history is refused with {status}; one version by its id can be read.' },
    'not-all': { kind: 'limit', text: 'The history names {listed} of {made} versions.' },
    'without-content': {
      kind: 'limit',
      text: 'The history names {listed} versions and holds the content of {withContent}.',
    },
    disordered: { kind: 'limit', text: 'The history does not begin with the newest version.' },
    timeless: { kind: 'limit', text: 'Versions of the history have no time.' },
    'no-version': { kind: 'limit', text: 'The version from before cannot be read by its id ({versionStatus}).' },
  },
  evaluate: ({ 'version-history': seen }, say) => {
    const { status, made, listed, withContent } = seen;
    const versionStatus = seen.versionStatus ?? 'no version id';
    if (!seen.controlsHeld) return say.notMeasured('uncontrolled', 'control-failed', { status });
    const byVersion = seen.beforeByVersion ? [] : [say.warn('no-version', { versionStatus })];
    if (status < 200 || status >= 300) {
      if (seen.beforeByVersion) return say.warn('no-history', { status });
      if (noRight.includes(status)) return say.notMeasured('no-right', 'prerequisite-failed', { status });
      return status >= 500 && status !== 501
        ? say.fail('server-error', { status })
        : say.fail('none', { status, versionStatus });
    }
    const verdicts: Verdict[] = [
      ...(listed < made ? [say.warn('not-all', { listed, made })] : []),
      ...(withContent < listed ? [say.warn('without-content', { listed, withContent })] : []),
      ...(seen.newestFirst ? [] : [say.warn('disordered')]),
      ...(seen.withTimes ? [] : [say.warn('timeless')]),
      ...byVersion,
    ];
    return verdicts.length === 0 ? say.pass({ versions: listed }) : verdicts;
  },
});
