import { defineCheck } from '../../src/check.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { FactValue } from '../../src/model/fact.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

/** Rows a search may bring for each row that is needed. */
const mostTimes = 1.5;
const wholeRecord = ['$everything', '$export'];

export default defineCheck({
  id: 'hipaa.minimum-necessary',
  kind: 'probe',
  severity: 'major',
  blocks: 'product',
  title: 'The searches of the contract bring what it names and no more',
  failureTitle: 'More is fetched than the contract names',
  plain: 'What the work asks the record for is what it needs, and the record does not add to it.',
  why: 'Whatever is fetched is stored, logged and sent on. What nobody needs can only leak.',
  sends:
    'Nothing of its own. Counts what the contract’s own searches brought with the AI system’s client: types, rows, and dates outside the range asked for. Where the product reaches the EHR through the proxy, the same is counted over every request of its own.',
  ask: {
    of: 'vendor',
    text: 'Show us every request your product makes to the record for one case, with the fields it keeps and those it sends to a model.',
  },
  remedy: [
    { owner: 'vendor', effort: 'medium', text: 'Narrow the searches and drop fields before the model.' },
    { owner: 'ehr-team', effort: 'medium', text: 'Return only what a search asks for; switch unasked includes off.' },
    { owner: 'clinical-owner', effort: 'low', text: 'Name the type in the contract where the work does need it.' },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.502',
    'https://www.ecfr.gov/current/title-45/section-164.514',
    'https://hl7.org/fhir/smart-app-launch/STU2.2/best-practices.html',
  ],
  maps: ['45 CFR 164.502(b)', '45 CFR 164.514(d)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['contract-searches'],
  optional: ['product-reading'],
  messages: {
    'other-types': {
      kind: 'proof',
      text: 'A search for {asked} also brings {types}, which the contract does not name. {rule}',
    },
    'whole-record': { kind: 'proof', text: '{where} asks for a whole record or a full export ({word}). {rule}' },
    'more-rows': {
      kind: 'limit',
      text: 'Searches for {asked} bring {rows} rows where {needed} are needed: more than {mostTimes} times as many. {rule}',
    },
    'wider-range': {
      kind: 'limit',
      text: 'Searches for {asked} bring {outsideRange} of {needed} rows from outside the range asked for. {rule}',
    },
    'product-types': {
      kind: 'proof',
      text: 'The product fetches {types}, which the contract does not name. {rule}',
    },
    'product-whole-record': {
      kind: 'proof',
      text: 'The product asks for a whole record or a full export ({words}). {rule}',
    },
    'product-more-rows': {
      kind: 'limit',
      text: 'The product’s searches for {asked} bring {rows} rows where {needed} are needed: more than {mostTimes} times as many. {rule}',
    },
    'product-wider-range': {
      kind: 'limit',
      text: 'The product’s searches for {asked} bring {outsideRange} of {needed} rows from outside the range asked for. {rule}',
    },
    'no-recording': {
      kind: 'control',
      text: 'No search of the contract was answered and nothing the product asked for, so there is nothing to count.',
    },
  },
  evaluate: (
    { 'contract-searches': searches, 'product-reading': product },
    say,
    { item: { contract, organization } },
  ) => {
    const rule = ruleFor(contract);
    const unnamed = unnamedTypes(product, contract);
    const whole = product?.wholeRecords ?? [];
    const fetched = (product?.types ?? []).reduce((sum, each) => sum + each.rows + each.reads, 0);
    const rows = searches.reduce((sum, each) => sum + each.rows, 0);
    const verdicts = [
      ...wholeRecordsIn(contract, organization).map((asked) => say.fail('whole-record', { ...asked, rule })),
      ...searches.flatMap(({ resourceType: asked, rows: brought, needed, outsideRange, otherTypes }) => {
        const types = otherTypes.filter((type) => !isNamed(type, asked, contract));
        return [
          ...(types.length > 0 ? [say.fail('other-types', { asked, types, rule })] : []),
          ...(brought > mostTimes * needed
            ? [say.warn('more-rows', { asked, rows: brought, needed, mostTimes, rule })]
            : []),
          ...(outsideRange > 0 ? [say.warn('wider-range', { asked, outsideRange, needed, rule })] : []),
        ];
      }),
      ...(unnamed.length > 0 ? [say.fail('product-types', { types: unnamed, rule })] : []),
      ...(whole.length > 0 ? [say.fail('product-whole-record', { words: whole, rule })] : []),
      ...(product?.types ?? []).flatMap(({ resourceType: asked, rows: brought, needed, outsideRange }) => [
        ...(brought > mostTimes * needed
          ? [say.warn('product-more-rows', { asked, rows: brought, needed, mostTimes, rule })]
          : []),
        ...(outsideRange > 0 ? [say.warn('product-wider-range', { asked, outsideRange, needed, rule })] : []),
      ]),
      ...(rows === 0 && fetched === 0 ? [say.notMeasured('no-recording', 'prerequisite-failed')] : []),
    ];
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      searches: searches.reduce((sum, each) => sum + each.searches, 0),
      rows,
      types: searches.map(({ resourceType }) => resourceType),
      purpose: contract.dataHandling?.purpose ?? 'not stated',
      product: product === undefined ? 'not recorded' : `${product.requests} requests recorded`,
    });
  },
});

/** 45 CFR 164.502(b)(2)(i): disclosures to a provider for treatment are exempt. */
function ruleFor({ dataHandling }: Contract): string {
  switch (dataHandling?.purpose) {
    case 'treatment':
      return 'A disclosure to a provider for treatment is exempt from the rule; the contract asks for less all the same.';
    case undefined:
      return 'The contract does not say for what purpose; for payment and operations the rule asks for the minimum.';
    default:
      return `For ${dataHandling?.purpose} the rule asks for the minimum.`;
  }
}

/** An OperationOutcome is a message; what the contract's own search includes is asked for. */
function isNamed(type: string, asked: string, { resources = [] }: Contract): boolean {
  const includes = resources.some((each) => each.type === asked && /[?&]_(rev)?include/.test(each.find ?? ''));
  return type === 'OperationOutcome' || includes || resources.some((each) => each.type === type);
}

/** Types that are no record of anybody: how a product talks with an EHR. */
const ofConversation = new Set(['Subscription', 'OperationOutcome', 'CapabilityStatement', 'Bundle']);

function unnamedTypes(product: FactValue<'product-reading'> | undefined, contract: Contract): string[] {
  const acted = (contract.actions ?? []).map(({ resource }) => resource);
  const fetched = (product?.types ?? []).flatMap(({ resourceType, otherTypes }) => [
    ...(isNamed(resourceType, resourceType, contract) ? [] : [resourceType]),
    ...otherTypes.filter((type) => !isNamed(type, resourceType, contract)),
  ]);
  return [...new Set(fetched)].filter((type) => !ofConversation.has(type) && !acted.includes(type)).sort();
}

function wholeRecordsIn({ resources = [], actions = [] }: Contract, { paths = {} }: OrganizationProfile) {
  const places: [where: string, value: unknown][] = [
    ...resources.map(({ id, find }): [string, unknown] => [`resource ${id}`, find]),
    ...actions.map(({ id, path }): [string, unknown] => [`action ${id}`, path]),
    ...Object.entries(paths).map(([id, path]): [string, unknown] => [`path of ${id}`, path]),
  ];
  return places.flatMap(([where, value]) => {
    const text = JSON.stringify(value) ?? '';
    return wholeRecord.filter((word) => text.includes(word)).map((word) => ({ where, word }));
  });
}
