import { atHolder, defineCheck, holderMessages } from '../../src/check.js';

const doing = { r: 'read', s: 'search for' } as const;

export default defineCheck({
  id: 'scope.site',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'A role that belongs to one site reaches no record of another',
  failureTitle: 'A role of one site reaches the records of another',
  plain: 'Staff and AI of one clinic do not work in the books of another.',
  why: 'A limit that lives in a prompt or a filter of the product holds until the next change; who works at one clinic has no business in the appointments and charts of another.',
  sends:
    'For each role the contract limits to sites, and each resource type it may read: asks for an object of another site with the context of its own, by reading and, for the product, also by searching. Another context has shown that the object exists; before and after, the role reads something of its own site.',
  ask: {
    of: 'ehr-team',
    text: 'Sign in with an account of one site, the product’s own included, and show us what it is answered for a patient, a free time and a work-list item of another site.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Bind the account to its site or department on the server, for reading and for searching.',
    },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Use one client per site; where the product holds the limit, enforce it in policy, not in a prompt, and show it.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/security.html#6.1.0.4',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)',
    'https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(d)',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.514(d)'],
  writes: 'none',
  subjects: 'cell',
  when: ({ item: { sites, allow } }) => sites !== 'any' && /[rs]/.test(allow),
  ifNone: 'undecided',
  reads: ['site-reading'],
  optional: ['product-trials', 'person-drills'],
  aggregate: { notMeasuredShare: 0.2 },
  messages: {
    ...holderMessages,
    'other-site-reached': {
      kind: 'proof',
      text: 'Role {role} of site {ownSite} may not {doing} a {resourceType} of site {site}, and was given one ({status}).',
    },
    'control-failed': {
      kind: 'control',
      text: 'Role {role} was refused a {resourceType} of site {site}, but also what it may read at its own, just before or after.',
    },
    undecided: {
      kind: 'control',
      text: 'Role {role} was answered {status} for a {resourceType} of site {site}, which is no refusal.',
    },
  },
  evaluate: (facts, say, { item: { role, resourceType, product, siteLimitHeldBy } }) => {
    const { sites, ownSite, trials, allowedBefore, allowedAfter } = facts['site-reading'];
    if (sites < 2) return say.pass({ sites });
    const verdicts = trials.flatMap(({ letter, site, status, seen }) => {
      const shown = { role, resourceType, ownSite, site, status, doing: doing[letter] };
      if (seen === 'data') return [say.fail('other-site-reached', shown)];
      if (!allowedBefore || !allowedAfter) return [say.notMeasured('control-failed', 'control-failed', shown)];
      return seen === 'fault' || seen === 'unusual' ? [say.notMeasured('undecided', 'control-failed', shown)] : [];
    });
    const tried = trials.map(({ letter }) => letter).join('');
    const ehr = verdicts.length > 0 ? verdicts : say.pass({ sites, tried });
    // The product cannot hold people back who work in the EHR.
    const holder = siteLimitHeldBy === 'product' && !product ? 'ehr' : siteLimitHeldBy;
    return atHolder(say, 'siteLimit', holder, facts, ehr);
  },
});
