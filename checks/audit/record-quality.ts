import { defineCheck } from '../../src/check.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { RecordElement } from '../../src/model/audit-record.js';

/** What a contract may call the elements of a record. */
const names: Readonly<Record<string, RecordElement>> = {
  agent: 'agent',
  app: 'agent',
  client: 'agent',
  user: 'user',
  patient: 'patient',
  object: 'object',
  resource: 'object',
  version: 'version',
  time: 'time',
  recorded: 'time',
  action: 'action',
  outcome: 'outcome',
  network: 'network',
  source: 'source',
  purpose: 'purpose',
  requestId: 'requestId',
};
/** Without these a record says nothing of use; a contract need not ask for them. */
const always: readonly RecordElement[] = ['agent', 'patient', 'object', 'time', 'action'];

/** What the contract expects of the EHR's log: elements, and names this tool looks for in no record. */
function expected({ audit }: Contract): { readonly elements: ReadonlySet<string>; readonly unknown: string[] } {
  const fields = (audit?.expect ?? []).flatMap(({ where, fields: named = [] }) => (where === 'aiSystem' ? [] : named));
  const known = (field: string): RecordElement | undefined => (Object.hasOwn(names, field) ? names[field] : undefined);
  return {
    elements: new Set([...always, ...fields.flatMap((field) => known(field) ?? [])]),
    unknown: [...new Set(fields.filter((field) => known(field) === undefined))],
  };
}

export default defineCheck({
  id: 'audit.record-quality',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'The log says who did what to which record, for whom and when',
  failureTitle: 'The log cannot say who did it, or holds what it should not',
  plain: 'From the log one can tell the product from the person, and which patient it was about.',
  why: 'A line that names an interface account and no patient answers no complaint; one that holds a token or a result is a leak of its own.',
  sends:
    'Nothing of its own but reading the log: the records found for the run are looked at for agent, person, patient, object, version, outcome and the rest, and for tokens and clinical values that do not belong there.',
  ask: {
    of: 'ehr-team',
    text: 'Show us one log entry of a read and one of a change by the product: which client, which person, which patient, which version, and with what outcome.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Let API access be logged with client, person, patient and version, as the audit patterns of IHE describe.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Sign in with the person where one is at work, so that the EHR can log both.',
    },
    {
      owner: 'security',
      effort: 'low',
      text: 'Shorten tokens before they are logged, and keep bodies of requests out of the log.',
    },
  ],
  references: [
    'https://profiles.ihe.net/ITI/BALP/content.html',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(i)',
    'https://hl7.org/fhir/R4/auditevent.html',
  ],
  maps: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.312(b)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-applicable',
  reads: ['record-quality'],
  messages: {
    'whole-token': { kind: 'proof', text: '{records} log records hold an access token from end to end.' },
    'clinical-values': { kind: 'proof', text: '{records} log records hold a copy of the record or values out of it.' },
    'no-agent': { kind: 'proof', text: 'No log record of {kinds} says who asked.' },
    'no-patient': { kind: 'proof', text: 'No log record of {kinds} says which patient it was about.' },
    'app-only': { kind: 'limit', text: '{records} of {due} log records name the program and not the person at work.' },
    incomplete: { kind: 'limit', text: 'Not every log record says what is expected of it: {elements}.' },
    'nothing-found': { kind: 'limit', text: 'No log record of the run was found to look at.' },
  },
  evaluate: ({ 'record-quality': log }, say, { item: { contract } }) => {
    if (log.records === 0) return say.notMeasured('nothing-found', 'prerequisite-failed');
    const { elements, unknown } = expected(contract);
    const lookUp = log.examples.length === 0 ? {} : { lookUp: log.examples };
    const user = log.elements.find(({ element }) => element === 'user');
    const withoutUser = user === undefined ? 0 : user.due - user.present;
    const lacking = log.elements.filter(
      ({ element, due, present }) => element !== 'user' && elements.has(element) && present < due,
    );
    const proofs = [
      ...(log.wholeTokens > 0 ? [say.fail('whole-token', { records: log.wholeTokens, ...lookUp })] : []),
      ...(log.clinicalValues > 0 ? [say.fail('clinical-values', { records: log.clinicalValues, ...lookUp })] : []),
      ...(log.kindsWithoutAgent.length > 0 ? [say.fail('no-agent', { kinds: log.kindsWithoutAgent, ...lookUp })] : []),
      ...(log.kindsWithoutPatient.length > 0
        ? [say.fail('no-patient', { kinds: log.kindsWithoutPatient, ...lookUp })]
        : []),
    ];
    if (proofs.length > 0) return proofs;
    const limits = [
      ...(withoutUser > 0 ? [say.warn('app-only', { records: withoutUser, due: user?.due ?? 0 })] : []),
      ...(lacking.length > 0
        ? [
            say.warn('incomplete', {
              elements: lacking.map(({ element, due, present }) => `${element} in ${present} of ${due}`),
              ...lookUp,
            }),
          ]
        : []),
    ];
    if (limits.length > 0) return limits;
    return say.pass({
      records: log.records,
      says: log.elements.filter(({ due, present }) => due > 0 && present === due).map(({ element }) => element),
      // What the contract names and no record of an EHR is looked at for, such as an id of the AI system's own.
      ...(unknown.length === 0 ? {} : { notLookedFor: unknown }),
    });
  },
});
