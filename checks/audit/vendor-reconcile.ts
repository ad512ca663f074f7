import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';
import { reconcile } from '../../src/model/log-reconciliation.js';

const fewest = 3;
const mostShown = 5;

/** What somebody looks a write up by: when it was, and what it was done to. */
const shown = (writes: readonly { readonly at: string; readonly kind?: string; readonly of?: string }[]): string[] =>
  writes.slice(0, mostShown).map(({ at, kind, of }) => [at, kind, of].filter((each) => each !== undefined).join(' '));

export default defineCheck({
  id: 'audit.vendor-reconcile',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'The vendor’s log and the EHR’s log tell the same story',
  failureTitle: 'The product wrote something its own log does not know',
  plain: 'For everything the product has written, its vendor can say why, on what, and who looked at it.',
  why: 'When a patient asks why a visit was moved, the EHR says that the product did it. Only the product’s own log says what it had read, which model decided and whether anybody looked.',
  sends:
    'Reads the log of the product (aiSystem.auditExport), or takes it later with collect --ai-log, and compares it with the writes of the product’s client in the EHR’s log, both ways. Where the product has written nothing, it is asked for three test objects.',
  ask: {
    of: 'vendor',
    text: 'Give us your log of one test day, one line for each write: what was read in which version, model and version, output, reviewer, decision, and the request id under which it reached our EHR.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Log every write with the id of the event that led to it, the inputs in their versions, model, output, reviewer, decision and request id; profiles/schemas/ai-log.schema.json has the form.',
    },
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Send one id from trigger to write (X-Correlation-Id and X-Request-Id), and log the version the EHR answered.',
    },
  ],
  references: ['https://profiles.ihe.net/ITI/BALP/content.html', 'https://hl7.org/fhir/R4/provenance.html'],
  maps: ['45 CFR 164.312(b)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item }) =>
    (item.contract.actions ?? []).some((action) => writesSomething(action) && action.via !== 'screen'),
  ifNone: 'not-applicable',
  reads: ['product-log', 'writes-of-product'],
  optional: ['product-asked'],
  messages: {
    unexplained: {
      kind: 'proof',
      text: '{unexplained} of {writes} writes of the product stand in the EHR’s log and in no line of its own: {lookUp}.',
    },
    unconfirmed: {
      kind: 'limit',
      text: '{unconfirmed} lines of the product’s log are about writes the EHR’s log does not hold: {lookUp}.',
    },
    incomplete: { kind: 'limit', text: 'Not every line says what a write was based on: {elements}.' },
    'other-version': {
      kind: 'limit',
      text: '{otherVersion} of {matched} lines name another version than the EHR made.',
    },
    vague: { kind: 'limit', text: '{vague} of {matched} writes were matched by type and time alone.' },
    unreadable: {
      kind: 'limit',
      text: '{unreadable} of {lines} lines of the product’s log cannot be read, the first of them line {firstUnreadable}.',
    },
    'nothing-in-common': {
      kind: 'limit',
      text: 'None of the {writes} writes in the EHR’s log is in the product’s; it may be the log of another system or day.',
    },
    'ends-early': {
      kind: 'limit',
      text: 'The product’s log ends before {afterItsEnd} of the {writes} writes; bring a later one with: collect RUN --ai-log FILE',
    },
    'too-few': { kind: 'limit', text: 'Only {writes} writes of the product were there to compare.' },
  },
  evaluate: ({ 'product-log': log, 'writes-of-product': ehr }, say) => {
    const { matched, writes, unexplained, unconfirmed, afterItsEnd, vague, otherVersion, elements } = reconcile(
      ehr,
      log,
    );
    const { lines, unreadable } = log;
    const counts = { writes, matched, lines };
    const garbled = { ...counts, unreadable, firstUnreadable: log.firstUnreadable ?? 0 };
    if (writes > 0 && matched === 0) return say.notMeasured('nothing-in-common', 'control-failed', counts);
    if (unexplained.length > 0) {
      // The line that is missing may be one of those.
      if (unreadable > 0) return say.notMeasured('unreadable', 'truncated', garbled);
      return say.fail('unexplained', { ...counts, unexplained: unexplained.length, lookUp: shown(unexplained) });
    }
    if (afterItsEnd > 0) return say.notMeasured('ends-early', 'not-yet', { ...counts, afterItsEnd });
    if (writes < fewest) return say.notMeasured('too-few', 'too-few', counts);
    const lacking = elements.filter(({ due, present }) => present < due);
    const limits = [
      ...(unconfirmed.length > 0
        ? [say.warn('unconfirmed', { ...counts, unconfirmed: unconfirmed.length, lookUp: shown(unconfirmed) })]
        : []),
      ...(lacking.length > 0
        ? [
            say.warn('incomplete', {
              ...counts,
              elements: lacking.map(({ element, due, present }) => `${element} in ${present} of ${due}`),
            }),
          ]
        : []),
      ...(otherVersion > 0 ? [say.warn('other-version', { ...counts, otherVersion })] : []),
      ...(vague > 0 ? [say.warn('vague', { ...counts, vague })] : []),
      ...(unreadable > 0 ? [say.warn('unreadable', garbled)] : []),
    ];
    return limits.length > 0 ? limits : say.pass(counts);
  },
});
