import type { Encounter, Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { labelledVisit, labelledVisitTemplates } from '../../../src/gather/observers/labelled-visit.js';
import type { ProbeTools, RunDocuments } from '../../../src/gather/probe.js';

const visit: Encounter = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  class: { code: 'AMB' },
  identifier: [{ value: 'V1234' }],
  subject: { reference: 'Patient/p1' },
  participant: [{ individual: { reference: 'Practitioner/d7' } }],
  period: { start: '2026-10-20T15:00:00Z' },
};
const patient: Patient = { resourceType: 'Patient', id: 'p1', identifier: [{ system: 'mrn', value: '7654321' }] };
const labelled = { patient: 'p1', object: 'Encounter/e1', label: 'PSY' };

interface Given {
  readonly failure?: object;
  readonly sensitive?: readonly object[];
  readonly staffScopes?: readonly string[];
  readonly status?: number;
  readonly shown?: readonly (Encounter | undefined)[];
  readonly opened?: readonly number[];
}
function tools({
  failure = { 'no-access': {} },
  sensitive = [labelled],
  staffScopes = ['system/Encounter.rs'],
  status = 403,
  shown = [visit, visit],
  opened,
}: Given = {}): ProbeTools {
  const answers = [...shown];
  const binding = (id: string, usedBy: string, scopes: readonly string[]) => ({
    id,
    environment: 'sandbox',
    flow: 'backend',
    usedBy,
    scopes,
    workflow: 'documentation',
  });
  return {
    environmentId: 'sandbox',
    contract: {
      failure,
      permissions: { workflowClient: 'documentation' },
      triggers: [
        { id: 'visit-ends', kind: 'ehr-event', event: { resource: 'Encounter' }, inputs: ['mrn', 'visitNumber'] },
      ],
    },
    organization: {
      identifierSystems: { mrn: 'mrn' },
      auth: {
        bindings: [binding('scribe', 'ai-system', ['system/Encounter.rs']), binding('physician', 'staff', staffScopes)],
      },
      contexts: [
        { id: 'scribe', binding: 'scribe' },
        { id: 'physician', binding: 'physician' },
      ],
      testData: { patients: [{ alias: 'p1', id: 'p1' }], sensitive },
    },
    clients: { ai: { read: () => Promise.resolve({ ok: status === 200, status }) } },
    context: () => ({ read: () => Promise.resolve({ resource: answers.shift() }) }),
    cases: { proven: () => Promise.resolve({ patient, exchange: 'x1' }) },
    cite: () => undefined,
    ...(opened === undefined ? {} : { proxy: { seen: () => opened.map((each) => ({ status: each })) } }),
  } as unknown as ProbeTools;
}
const reaction = { status: 200, outcome: 'refused', tookMs: 3, written: 0, leaked: false } as const;

describe('a visit under a label', () => {
  it('is told with its numbers, and with nothing only the record says', async () => {
    expect(await labelledVisit(tools())).toMatchObject({
      visit: { id: 'e1', patient: { alias: 'p1' } },
      inputs: { mrn: '7654321', visitNumber: 'V1234' },
      secret: ['Practitioner/d7', '2026-10-20T15:00:00Z'],
    });
  });

  it.each([
    ['still there', {}, { shownAfter: true, opened: null }],
    ['gone', { shown: [visit, undefined] }, { shownAfter: false }],
    ['refused at the proxy', { opened: [403] }, { opened: false }],
    ['opened with another right', { opened: [403, 200] }, { opened: true }],
  ])('says how it was afterwards: %s', async (_name, given, expected) => {
    const seen = await labelledVisit(tools(given));
    if (!('row' in seen)) throw new Error('there is no such visit');
    expect(await seen.row(reaction)).toEqual({
      patient: 'p1',
      keptBackBy: 'label',
      met: null,
      refusedWith: 403,
      shownBefore: true,
      shownAfter: true,
      opened: null,
      ...reaction,
      ...expected,
    });
  });

  it.each([
    ['nobody has decided', { failure: {} }, 'undecided'],
    ['a note is labelled', { sensitive: [{ ...labelled, object: 'DocumentReference/n1' }] }, 'no-test-object'],
    ['a visit is listed without a label', { sensitive: [{ patient: 'p1', object: 'Encounter/e1' }] }, 'no-test-object'],
    ['nobody of the staff reads visits', { staffScopes: ['system/Patient.rs'] }, 'no-second-context'],
    ['the staff does not see it', { shown: [] }, 'control-failed'],
    ['it is of somebody else', { shown: [{ ...visit, subject: { reference: 'Patient/p2' } }] }, 'control-failed'],
    ['the AI system may see it', { status: 200 }, 'prerequisite-failed'],
    ['the EHR fails', { status: 500 }, 'control-failed'],
  ])('is none where %s', async (_name, given, reason) => {
    expect(await labelledVisit(tools(given))).toMatchObject({ missing: reason });
  });

  it('sends nothing where there is none', () => {
    const documents = (given: Given): RunDocuments => tools(given);
    expect(labelledVisitTemplates(documents({})).map(({ context, most }) => [context, most])).toEqual([
      ['ai', 1],
      ['context:physician', 2],
    ]);
    expect(labelledVisitTemplates(documents({ sensitive: [] }))).toEqual([]);
  });
});
