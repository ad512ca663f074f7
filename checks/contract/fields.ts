import { defineCheck } from '../../src/check.js';
import { fieldsOf } from '../../src/model/documents/normalise.js';
import { isUnconfirmed, liesAt } from '../../src/model/documents/places.js';

const who = 'the clinical owner';
const outsideR4 = ['path-not-in-r4', 'expression-does-not-compile', 'unknown-resource-type'];

export default defineCheck({
  id: 'contract.fields',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'The data the workflow needs are named element by element',
  failureTitle: 'The contract asks for data that R4 does not have',
  plain: 'It is written down exactly which data the AI reads, and why.',
  why: 'A category such as "medications" cannot be tested, cannot be granted narrowly and cannot be missed.',
  sends: 'Nothing. Compares each path and search of the contract with the definitions of FHIR R4.',
  ask: {
    of: 'vendor',
    text: 'Give us the list of data elements your product reads, each with the search behind it, what it is needed for and how old it may be.',
  },
  remedy: [
    { owner: 'vendor', effort: 'low', text: 'Replace categories by FHIRPath fields and one search per resource.' },
    { owner: 'clinical-owner', effort: 'low', text: 'Say for each field what it is needed for and how old it may be.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/fhirpath.html',
    'https://hl7.org/fhir/us/core/must-support.html',
    'https://www.ecfr.gov/current/title-45/section-164.502',
  ],
  maps: ['45 CFR 164.502(b)'],
  writes: 'none',
  subjects: 'resource',
  ifNone: 'undecided',
  reads: ['document-problems', 'template-defaults'],
  messages: {
    'not-r4': { kind: 'proof', text: '{pointer}: "{name}" is not in R4 or cannot be evaluated.' },
    'unknown-parameter': {
      kind: 'proof',
      text: 'R4 has no search parameter "{name}" here, and it is not listed under local.',
    },
    'no-reason': { kind: 'limit', text: 'No reason is given for {paths}.' },
    'no-freshness': { kind: 'limit', text: 'It is not said how old {type} may be.' },
    default: { kind: 'undecided', text: 'Resource {what} comes from the template, to be confirmed by {who}.' },
    undecided: { kind: 'undecided', text: 'Not decided: {what}; {who} decides, suggested: {default}.' },
  },
  evaluate: (
    { 'document-problems': problems, 'template-defaults': defaults },
    say,
    { item, demandedBy: { pointer } },
  ) => {
    const own = problems.filter((problem) => problem.document === 'contract' && liesAt(problem.pointer, pointer));
    const fields = fieldsOf(item);
    const unexplained = fields.filter(({ why }) => why === undefined).map(({ path }) => path);
    const open = (what: string, fallback: string) =>
      say.notMeasured('undecided', 'undecided', { what, who, default: fallback, type: item.type });
    const verdicts = [
      ...own
        .filter(({ code }) => outsideR4.includes(code))
        .map(({ name, pointer: at }) => say.fail('not-r4', { name, pointer: at })),
      ...own
        .filter(({ code }) => code === 'unknown-search-parameter')
        .map(({ name }) => say.fail('unknown-parameter', { name })),
      ...(fields.length === 0
        ? [open(`which elements of ${item.type} are needed`, 'those the product reads today')]
        : []),
      ...(item.find === undefined ? [open(`how the right ${item.type} is found`, 'a search by patient')] : []),
      ...(unexplained.length > 0 ? [say.warn('no-reason', { paths: unexplained })] : []),
      ...(item.freshness?.maxAge === undefined ? [say.warn('no-freshness', { type: item.type })] : []),
      ...(isUnconfirmed(defaults, pointer) ? [say.warn('default', { what: item.id, who })] : []),
    ];
    return verdicts.length > 0 ? verdicts : say.pass({ fields: fields.length });
  },
});
