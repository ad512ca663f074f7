import { defineCheck, type Verdict } from '../../src/check.js';
import { showsCards } from '../../src/model/cards.js';
import type { Contract } from '../../src/model/documents/contract.js';
import { permissionCells } from '../../src/model/subjects.js';

const words = {
  'key-missing': 'was not sent',
  null: 'was null',
  'operation-outcome': 'was an error',
  'no-data': 'was not sent, nor any other',
} as const;

/** Types that hold nothing of a patient. */
const ofNobody = new Set([
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Medication',
  'Substance',
  'ValueSet',
  'CodeSystem',
]);

/** Types the contract reads, or lets the product read. */
function listedTypes(contract: Contract): ReadonlySet<string> {
  const cells = permissionCells(contract).filter(({ product, allow }) => product && /[rs]/.test(allow));
  return new Set([...(contract.resources ?? []).map(({ type }) => type), ...cells.map((cell) => cell.resourceType)]);
}

export default defineCheck({
  id: 'cds.prefetch',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'Without the data it needs it gives no advice',
  failureTitle: 'It gives advice without the data it needs, or asks for data it does not need',
  plain: 'When the AI cannot see what its advice depends on, it says so instead of guessing.',
  why: 'An EHR does not always send what a service asks for; advice that leaves out the missing part looks like any other advice.',
  sends:
    'One call about somebody who exists nowhere, so that nothing can be looked up: with all data, then with one part missing, null, or an error, and with none at all, between two complete calls. Compares what the service asks for with the contract.',
  ask: {
    of: 'vendor',
    text: 'Show us what your CDS Hooks service answers when a prefetch key is missing, null, or an OperationOutcome, and the EHR cannot be read.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Check each call against the prefetch templates, fetch what is missing, and answer 412 where that is not possible.',
    },
    { owner: 'vendor', effort: 'low', text: 'Take out of the templates what the workflow does not need.' },
    { owner: 'clinical-owner', effort: 'low', text: 'Write into the contract what the advice does need.' },
  ],
  references: [
    'https://cds-hooks.hl7.org/2.0/#prefetch-template',
    'https://cds-hooks.hl7.org/2.0/#http-status-codes',
    'https://www.ecfr.gov/current/title-45/section-164.502#p-164.502(b)',
  ],
  maps: ['45 CFR 164.502(b)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => showsCards(contract),
  ifNone: 'not-applicable',
  reads: ['cds-discovery', 'cds-prefetch'],
  messages: {
    'asks-for-more': {
      kind: 'proof',
      text: '{service} asks for {types}, which the contract does not list ({key}).',
    },
    'asks-for-everything': { kind: 'proof', text: '{service} asks for everything there is about the patient ({key}).' },
    'not-found': { kind: 'control', text: 'No service of the workflow could be called.' },
    'nothing-asked': {
      kind: 'limit',
      text: '{service} asks for no data beforehand and advised without any; whether it needs them, or read them elsewhere, this run cannot see.',
    },
    uncontrolled: {
      kind: 'control',
      text: '{service} answered {before} before and {after} after to the same call with all data.',
    },
    'no-advice': { kind: 'limit', text: '{service} gave no advice with all data, so that none can be missing.' },
    guessed: { kind: 'proof', text: '{service} advised although {resourceType} {how}.' },
    'same-advice': { kind: 'proof', text: '{service} gave the same advice when {resourceType} {how}.' },
    'wrong-status': {
      kind: 'limit',
      text: '{service} answered {status} when {resourceType} {how}; 412 would say why.',
    },
    'said-nothing': {
      kind: 'limit',
      text: '{service} answered "no advice" when {resourceType} {how}, as if it had looked.',
    },
  },
  evaluate: ({ 'cds-discovery': { services }, 'cds-prefetch': seen }, say, { item: { contract } }) => {
    const listed = listedTypes(contract);
    const verdicts = services.flatMap(({ service, asks }) =>
      asks.flatMap(({ key, types, everything }) => {
        const more = types.filter((type) => !listed.has(type) && !ofNobody.has(type));
        return [
          ...(everything ? [say.fail('asks-for-everything', { service, key })] : []),
          ...(more.length > 0 ? [say.fail('asks-for-more', { service, key, types: more })] : []),
        ];
      }),
    );
    const asksNothing = (service: string): boolean =>
      services.find((each) => each.service === service)?.asks.length === 0;
    if (seen.length === 0) verdicts.push(say.notMeasured('not-found', 'prerequisite-failed'));
    for (const { service, control, calls } of seen) {
      const { before, after, guidance } = control;
      if (before !== 200 || after !== 200) {
        verdicts.push(say.notMeasured('uncontrolled', 'control-failed', { service, before, after }));
        continue;
      }
      const judged = calls.flatMap((call): Verdict[] => {
        const { without, status, same } = call;
        const shown = { service, status, resourceType: call.resourceType ?? 'what it asks for', how: words[without] };
        if (status === 412) return [];
        if (status !== 200) return [say.warn('wrong-status', shown)];
        if (!call.guidance) return guidance ? [say.warn('said-nothing', shown)] : [];
        if (without === 'no-data' && asksNothing(service))
          return [say.notMeasured('nothing-asked', 'tool-limited', shown)];
        // Null says that there is nothing, which advice may be about; the same words as before are not.
        if (without === 'null') return same ? [say.fail('same-advice', shown)] : [];
        return [say.fail('guessed', shown)];
      });
      const told = judged.length > 0 || guidance || calls.some(({ status }) => status === 412);
      verdicts.push(...(told ? judged : [say.notMeasured('no-advice', 'too-few', { service })]));
    }
    return verdicts.length > 0 ? verdicts : say.pass({ services: seen.length });
  },
});
