import { defineCheck } from '../../src/check.js';

/** Refused for who asks or for what may be done at all; 400 or 415 would only say that the request was not understood. */
const refusals = [401, 403, 404, 405, 409, 501];

export default defineCheck({
  id: 'audit.tamper-resistance',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The product cannot change or remove audit records',
  failureTitle: 'The product can change or remove the record of what it did',
  plain: 'The AI cannot cover its own tracks.',
  why: 'A log that those who are logged can edit proves nothing about them.',
  sends:
    'With the AI system’s client: an update, a patch and a delete of one AuditEvent this run caused, with the record’s own content, between two reads of it by the audit client and two reads of a test patient. A record that is removed all the same is listed as residue.',
  ask: {
    of: 'ehr-team',
    text: 'With the product’s own sign-in, try to change and to delete one audit record while we watch, and show us the record afterwards.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'medium', text: 'Make audit records append-only for every API client.' },
    { owner: 'ehr-team', effort: 'low', text: 'Take write scopes on AuditEvent away from the product’s client.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/auditevent.html#bnc',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(c)(1)',
    'https://profiles.ihe.net/ITI/BALP/content.html',
  ],
  maps: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)'],
  writes: 'one',
  subjects: 'run',
  when: ({ item }) => (item.organization.audit?.sources ?? []).some(({ kind }) => kind === 'fhir-auditevent'),
  ifNone: 'not-applicable',
  reads: ['audit-tampering'],
  messages: {
    accepted: {
      kind: 'proof',
      text: 'The EHR answered {status} to {method} of an audit record by the product’s client.',
    },
    changed: { kind: 'proof', text: 'The audit record was another one afterwards, or gone ({after}).' },
    'control-failed': {
      kind: 'control',
      text: 'The product’s client or the audit client could not read before and after.',
    },
    vacuous: { kind: 'control', text: '{method} was answered {status}, which does not say that it is forbidden.' },
  },
  evaluate: ({ 'audit-tampering': { attempts, after, unchanged, controls } }, say) => {
    const accepted = attempts.filter(({ status }) => status >= 200 && status < 300);
    if (accepted.length > 0) return accepted.map((attempt) => say.fail('accepted', attempt));
    const readAgain = after >= 200 && after < 300;
    if (!controls || (!readAgain && after !== 404 && after !== 410)) {
      return say.notMeasured('control-failed', 'control-failed', { after });
    }
    if (!unchanged) return say.fail('changed', { after });
    // One way to update is enough: a server need not know PATCH.
    const updates = attempts.filter(({ method }) => method !== 'DELETE');
    const deletes = attempts.filter(({ method }) => method === 'DELETE');
    const open = [updates, deletes].find((tries) => !tries.some(({ status }) => refusals.includes(status)))?.[0];
    return open === undefined ? say.pass({ attempts }) : say.notMeasured('vacuous', 'control-failed', open);
  },
});
