import { atHolder, defineCheck, holderMessages } from '../../src/check.js';
import { changesExisting, speaksFhir } from '../../src/model/actions.js';

const refusals = [409, 412];
const unconditionalRefusals = [400, 409, 412, 428];

export default defineCheck({
  id: 'write.version-conflict',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'An update based on an outdated version is refused',
  failureTitle: 'An outdated update overwrites newer data',
  plain: 'The AI cannot overwrite what a nurse has just typed.',
  why: 'Two people and one product change the same record; where nothing compares versions, the last writer wins and nobody notices.',
  sends:
    'Creates a test object, lets a second client change it, then updates it with the version from before (If-Match), between two updates based on the current version; last, one update that states no version. Where the workflow deletes, the same by deletes.',
  ask: {
    of: 'vendor',
    text: 'Show us, in your test system, what the EHR answers when your product updates a visit that a nurse changed a minute before.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Send If-Match with every update; on 409 or 412 read again and decide again.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask whether versions can be enforced for this interaction; otherwise declare another holder of the control and show it.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#concurrency', 'https://www.rfc-editor.org/rfc/rfc6585#section-3'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action, path } }) => changesExisting(action) && speaksFhir(action, path?.via),
  ifNone: 'not-applicable',
  reads: ['stale-update'],
  optional: ['unconditional-update', 'product-trials', 'person-drills', 'product-writing'],
  messages: {
    ...holderMessages,
    overwritten: {
      kind: 'proof',
      text: 'The EHR answered {status} to a change based on an outdated version, and the newer data is gone.',
    },
    vacuous: { kind: 'control', text: 'Refused with {status}, but so is a change based on the current version.' },
    'other-status': { kind: 'control', text: 'Answered {status}, which is no refusal of an outdated version.' },
    unexplained: { kind: 'limit', text: 'Refused with {status} and no OperationOutcome.' },
    recorded: {
      kind: 'limit',
      text: 'No outdated change was tried. Of {changes} changes of {type} by the product, {guarded} named a version, and the EHR refused {refused} as outdated.',
    },
    unguarded: { kind: 'limit', text: 'An update that states no version is accepted ({status}).' },
  },
  otherwise: ({ 'product-writing': writing }, say, { item: { action } }, missing) => {
    const row = writing?.find(({ resourceType, changes }) => resourceType === action.resource && changes > 0);
    if (row === undefined) return [];
    const outdated = row.refusals.filter(({ status, injected }) => status === 412 && !injected);
    const refused = outdated.reduce((sum, each) => sum + each.refused, 0);
    return [say.notMeasured('recorded', missing, { ...row, type: row.resourceType, refused })];
  },
  evaluate: (facts, say, { item: { action } }) => {
    const { 'stale-update': stale, 'unconditional-update': bare } = facts;
    const conflict = !stale.newerDataKept
      ? say.fail('overwritten', stale)
      : !stale.currentAccepted
        ? say.notMeasured('vacuous', 'control-failed', stale)
        : !refusals.includes(stale.status)
          ? say.notMeasured('other-status', 'control-failed', stale)
          : stale.explained
            ? say.pass(stale)
            : say.warn('unexplained', stale);
    const verdicts = [conflict];
    if (bare !== undefined && !unconditionalRefusals.includes(bare.status)) verdicts.push(say.warn('unguarded', bare));
    return atHolder(say, 'noOverwrite', action.controls?.noOverwrite?.heldBy, facts, verdicts);
  },
});
