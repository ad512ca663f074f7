import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const warnDays = 30;
const failDays = 7;

export default defineCheck({
  id: 'profile.credentials',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'Keys are where they belong and certificates hold for a month',
  failureTitle: 'A key is missing or readable by others, or a certificate ends within a week',
  plain: 'The keys are kept safely, and the connection will not end on a forgotten date.',
  why: 'An expired certificate stops every clinic on the same morning; a key others can read is no proof of identity.',
  sends:
    'Looks at each reference of the organization file, never at its value; reads the end dates of certificates in files and at the servers.',
  ask: {
    of: 'security',
    text: 'Show us where the product’s keys are kept, who can read them, and the day on which each key and certificate ends.',
  },
  remedy: [
    { owner: 'operator', effort: 'low', text: 'Set the variable or put the file in place; chmod 600 for keys.' },
    { owner: 'security', effort: 'low', text: 'Schedule the renewal of certificates a month ahead, with an owner.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html',
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['document-problems', 'certificate-files'],
  optional: ['transport-security'],
  messages: {
    unresolved: { kind: 'proof', text: 'The reference at {pointer} leads nowhere: {name}.' },
    'readable-by-others': { kind: 'proof', text: 'Others than its owner can read {name} ({pointer}).' },
    'no-certificate': { kind: 'proof', text: 'The file of {name} holds no certificate.' },
    ends: { kind: 'proof', text: 'The certificate of {name} ends in {days} days, on {notAfter}.' },
    'ends-soon': { kind: 'limit', text: 'The certificate of {name} ends in {days} days, on {notAfter}.' },
  },
  evaluate: (facts, say, { item: { organization, environmentId } }, { startedAt }) => {
    const { 'document-problems': problems, 'certificate-files': files, 'transport-security': servers = [] } = facts;
    // What belongs to another environment is not used by this run.
    const foreign = [
      ...(organization.auth?.bindings ?? []).flatMap((binding, index) =>
        binding.environment === environmentId ? [] : [`/auth/bindings/${index}/`],
      ),
      ...Object.keys(organization.environments ?? {}).flatMap((id) =>
        id === environmentId ? [] : [`/environments/${id}/`],
      ),
    ];
    const own = problems.filter(
      ({ document, pointer }) => document === 'organization' && !foreign.some((place) => pointer.startsWith(place)),
    );
    const certificates = [
      ...files,
      ...servers.flatMap(({ origin, certificate }) =>
        certificate === undefined ? [] : [{ name: origin, pointer: '', notAfter: certificate.notAfter }],
      ),
    ];
    const document = 'organization';
    const verdicts = [
      ...own.flatMap(({ code, pointer, name }) =>
        code === 'unresolved-secret'
          ? [say.fail('unresolved', { document, pointer, name })]
          : code === 'secret-readable-by-others'
            ? [say.fail('readable-by-others', { document, pointer, name })]
            : [],
      ),
      ...certificates.flatMap(({ name, pointer, notAfter }) => {
        if (notAfter === null) return [say.fail('no-certificate', { document, name, pointer })];
        const shown = { document, name, pointer, notAfter, days: daysUntil(notAfter, startedAt) };
        if (shown.days < failDays) return [say.fail('ends', shown)];
        return shown.days <= warnDays ? [say.warn('ends-soon', shown)] : [];
      }),
    ];
    return verdicts.length > 0 ? verdicts : say.pass({ certificates: certificates.length });
  },
});
