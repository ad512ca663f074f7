import { defineCheck } from '../../src/check.js';
import { openGovernance } from '../../src/model/documents/open-decisions.js';
import { isUnconfirmed } from '../../src/model/documents/places.js';

export default defineCheck({
  id: 'contract.governance',
  kind: 'static',
  severity: 'major',
  blocks: 'contract',
  title: 'Logging, patient data and the business case have owners',
  failureTitle: 'Patient data go to somebody who is not named',
  plain: 'It is decided who keeps the logs, who holds patient data, and what the trial is compared with.',
  why: 'After an incident the first question is who owned it; the answer has to be older than the incident.',
  sends: 'Nothing. Reads audit, dataHandling and value of the contract.',
  ask: {
    of: 'privacy',
    text: 'Show us a drawing of where patient data are kept and sent, with the party and the agreement at each place, and who keeps the logs.',
  },
  remedy: [
    {
      owner: 'privacy',
      effort: 'low',
      text: 'Name the party of every store and flow, and the agreement under which models learn.',
    },
    {
      owner: 'product-owner',
      effort: 'medium',
      text: 'Name who watches the product, whom an incident reaches, and the numbers of today.',
    },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://www.ecfr.gov/current/title-45/section-164.504',
    'https://www.ecfr.gov/current/title-45/section-164.308',
  ],
  maps: ['45 CFR 164.308(a)(6)', '45 CFR 164.312(b)', '45 CFR 164.504(e)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['template-defaults'],
  messages: {
    'unnamed-party': { kind: 'proof', text: 'The {what} {name} holds patient data and names no party.' },
    'trains-without-agreement': { kind: 'proof', text: 'Models learn from patient data, and no agreement is named.' },
    'no-baseline': { kind: 'limit', text: 'No baseline: {missing} of the business case is not stated.' },
    default: { kind: 'undecided', text: 'Block {what} comes from the template, to be confirmed by {who}.' },
    undecided: { kind: 'undecided', text: 'Not decided: {what}; {who} decides, suggested: {default}.' },
  },
  evaluate: ({ 'template-defaults': defaults }, say, { item: { contract } }) => {
    const { dataHandling, value } = contract;
    const stated = { volumePerWeek: value?.volumePerWeek, steps: value?.steps, baselineSource: value?.baselineSource };
    const missing = Object.entries(stated)
      .filter(([, number]) => number === undefined)
      .map(([name]) => name);
    const { modelUse } = dataHandling ?? {};
    const blocks = (['audit', 'dataHandling', 'value'] as const).filter((block) =>
      isUnconfirmed(defaults, `/${block}`),
    );
    const verdicts = [
      ...(dataHandling?.phiStores ?? []).flatMap(({ id, party }, index) =>
        party === undefined
          ? [say.fail('unnamed-party', { what: 'store', name: id, pointer: `/dataHandling/phiStores/${index}` })]
          : [],
      ),
      ...(dataHandling?.flows ?? []).flatMap(({ from, to, party }, index) =>
        party === undefined
          ? [
              say.fail('unnamed-party', {
                what: 'flow',
                name: `${from} to ${to}`,
                pointer: `/dataHandling/flows/${index}`,
              }),
            ]
          : [],
      ),
      ...(modelUse?.trainsOnPhi === true && modelUse.agreement === undefined
        ? [say.fail('trains-without-agreement', { pointer: '/dataHandling/modelUse' })]
        : []),
      ...openGovernance(contract).map((open) => say.notMeasured('undecided', 'undecided', { ...open })),
      ...(missing.length > 0 ? [say.warn('no-baseline', { missing, pointer: '/value' })] : []),
      ...blocks.map((what) =>
        say.warn('default', { what, who: contract.metadata.owner ?? 'the product owner', pointer: `/${what}` }),
      ),
    ];
    return verdicts.length > 0 ? verdicts : say.pass();
  },
});
