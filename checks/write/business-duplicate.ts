import { defineCheck, type Verdict } from '../../src/check.js';
import { createsSomething } from '../../src/model/actions.js';

/** What leaves the choice between two patients to a person, or makes none. */
const careful = ['queue-for-human', 'stop', 'fallback'];

export default defineCheck({
  id: 'write.business-duplicate',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'It finds a visit or an order that is there before it makes another',
  failureTitle: 'The same wish in other words makes a second record, or reaches another patient',
  plain:
    'When the patient’s daughter calls for the same visit, there is still one visit, and it is the right patient’s.',
  why: 'Two calls for one need differ in form: another phone, another time zone, another caller. Where only equal bytes count as equal, staff merge charts and cancel visits by hand.',
  sends:
    'Runs the contract’s own sequence once more for an object that is there, with its times in another zone, phone numbers written otherwise and another caller, and counts the objects. Asks the product by its webhook for the same in another call. Looks for two test patients of one name and birth date the way the contract does.',
  ask: {
    of: 'vendor',
    text: 'Ask your product twice for the same visit, from two phones and in two time zones, for one of two patients of the same name, and show us what the EHR then holds.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Search before every create by patient and period, compare times as moments, and leave ties between patients to a person.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Set up match rules for patients and duplicate warnings for visits and tasks that come through the interface.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#ccreate', 'https://hl7.org/fhir/R4/patient-operation-match.html'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) => createsSomething(action),
  ifNone: 'not-applicable',
  reads: ['business-duplicate', 'patient-twins'],
  optional: ['product-repeats'],
  messages: {
    second: { kind: 'proof', text: 'The same wish in other words left {objects} objects (answer: {status}).' },
    'product-second': {
      kind: 'proof',
      text: 'Asked once more in other words by another call, the product left {objects} objects.',
    },
    'product-second-flagged': {
      kind: 'limit',
      text: 'Asked once more in other words, the product left {objects} objects, each further one in a state that staff can see to.',
    },
    'other-patient': {
      kind: 'proof',
      text: 'Of two patients of one name and birth date the contract’s search brings the other one, and not the one it is for.',
    },
    'other-form-flagged': {
      kind: 'limit',
      text: 'The same wish in other words left {objects} objects, each further one in a state that staff can see to.',
    },
    'tie-not-left-to-people': {
      kind: 'limit',
      text: 'Two patients fit, and the contract says {behaviour} where a duplicate is suspected.',
    },
    'tie-undecided': {
      kind: 'undecided',
      text: 'Two patients fit, and the contract does not say what happens then; {who} decides, usually {default}.',
    },
    'nobody-found': {
      kind: 'control',
      text: 'The contract’s search finds neither of two test patients, so nothing is shown about telling them apart.',
    },
  },
  evaluate: (facts, say) => {
    const { objects, flagged, status, sequence } = facts['business-duplicate'];
    const twins = facts['patient-twins'];
    const { found, behaviour } = twins;
    const verdicts: Verdict[] = [];
    if (objects > 1) {
      verdicts.push(
        flagged === objects - 1
          ? say.warn('other-form-flagged', { objects })
          : say.fail('second', { objects, status: status ?? 'none' }),
      );
    }
    const product = facts['product-repeats']?.find(({ way }) => way === 'other-words');
    if (product !== undefined && product.breaches > 0) {
      const shown = { objects: product.objects };
      const seenTo = product.flagged === product.objects - 1;
      verdicts.push(seenTo ? say.warn('product-second-flagged', shown) : say.fail('product-second', shown));
    }
    if (found.includes('other')) verdicts.push(say.fail('other-patient'));
    else if (found.includes('neither')) verdicts.push(say.notMeasured('nobody-found', 'control-failed'));
    else if (found.includes('both') && behaviour === null) {
      const open = { who: 'the clinical sponsor', default: 'a person who looks at both' };
      verdicts.push(say.notMeasured('tie-undecided', 'undecided', open));
    } else if (found.includes('both') && !careful.includes(behaviour ?? '')) {
      verdicts.push(say.warn('tie-not-left-to-people', { behaviour }));
    }
    return verdicts.length === 0 ? say.pass({ objects, sequence, twins: found }) : verdicts;
  },
});
