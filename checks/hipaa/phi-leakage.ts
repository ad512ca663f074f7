import { defineCheck } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';

type Refusals = FactValue<'product-refusals'>;
type Found = FactValue<'canaries-seen'>['found'][number];

const kindWords: Readonly<Record<Refusals['kinds'][number]['why'], string>> = {
  connect: 'a tunnel to another host',
  'absolute-form': 'a whole address where a path belongs',
  host: 'the name of another host',
  target: 'a path out of the base of the EHR',
  method: 'a method FHIR does not know',
  upgrade: 'another protocol',
  framing: 'two lengths for one body',
  unreadable: 'no HTTP',
};

function kindsOf({ kinds, hosts }: Refusals): string {
  const named = kinds.map(({ why, times }) => `${kindWords[why]}: ${times}`).join(', ');
  return hosts.length === 0 ? named : `${named}; for ${hosts.map(({ host }) => host).join(', ')}`;
}

export default defineCheck({
  id: 'hipaa.phi-leakage',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'Over this connection, patient data turn up in no address, header or error message',
  failureTitle: 'Patient data turn up where strangers or log files see them',
  plain: 'Names of patients are not left behind in addresses and error messages of the connection.',
  why: 'Addresses and error texts go to proxies, log files and support tickets; nobody who reads those was meant to see a patient.',
  sends:
    'One read of a test patient without a sign-in, and one search by name with an unusable birth date. In every exchange of the run the names of the test patients are looked for, in plain and encoded forms: in addresses sent and given, headers, cookies and error messages. The same search must find a name in that patient’s own record. Where the product reaches the EHR through the proxy, the addresses of its own requests are searched too, and what it wants to send elsewhere through the proxy is counted and passed on to nobody.',
  ask: {
    of: 'vendor',
    text: 'Show us a day of your access and error logs of a test system, and every host your product talks to; we look for the names of our test patients.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Keep values out of diagnostics and addresses; use opaque page cursors.',
    },
    { owner: 'vendor', effort: 'low', text: 'Search by POST, scrub errors, and allow only listed hosts.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#search',
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://www.rfc-editor.org/rfc/rfc9110#section-17.9',
  ],
  maps: ['45 CFR 164.312(e)(1)', '45 CFR 164.530(c)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['canaries-seen'],
  optional: ['unsigned-reading', 'product-addresses', 'product-refusals'],
  messages: {
    'without-sign-in': { kind: 'proof', text: 'An answer to a request without a sign-in holds the name of {whose}.' },
    'to-a-stranger': {
      kind: 'proof',
      text: 'The server gave an address with the name of {whose} on a host that the organization file does not list.',
    },
    'in-clear-text': { kind: 'proof', text: 'The server gave an address without encryption with the name of {whose}.' },
    'wanted-elsewhere': {
      kind: 'proof',
      text: 'The product wanted to send {withCanary} requests with the name of {whose} in the address to {host}, which the organization file does not list.',
    },
    'not-for-the-ehr': {
      kind: 'control',
      text: '{refused} of {requests} requests of the product were none for its EHR ({kinds}) and were passed on to nobody; what they would have carried, and where to, is not known.',
    },
    'in-sent-address': {
      kind: 'limit',
      text: '{times} requests carry the name of a test patient in the address; log files of addresses count as patient data.',
    },
    'in-product-address': {
      kind: 'limit',
      text: '{withCanary} of {requests} requests of the product carry the name of a test patient in the address ({parameters}); log files of addresses count as patient data.',
    },
    'people-in-product-address': {
      kind: 'limit',
      text: '{telling} of {requests} requests of the product search for people by name, birth date or the like in the address; log files of addresses count as patient data.',
    },
    'in-given-address': {
      kind: 'limit',
      text: '{times} addresses the server gave (Location, next page) hold the name of a test patient.',
    },
    'in-error': {
      kind: 'limit',
      text: '{times} error messages to a signed-in client hold the name of a test patient.',
    },
    'in-header': { kind: 'limit', text: '{times} answers hold the name of a test patient in {place}.' },
    'no-control': {
      kind: 'control',
      text: 'The search did not find the name of a test patient in that patient’s own record, so finding none elsewhere shows nothing.',
    },
    'nothing-provoked': {
      kind: 'control',
      text: 'No answer to a request without a sign-in was searched; error messages searched: {errors}.',
    },
  },
  evaluate: (facts, say) => {
    const { 'canaries-seen': seen, 'unsigned-reading': reading, 'product-addresses': product } = facts;
    const refusals = facts['product-refusals'];
    const { found, controls, exchanges, errors, unsigned } = seen;
    const verdict = (each: Found) => {
      const { place, of } = each;
      if (place === 'unsigned-answer') return say.fail('without-sign-in', each);
      if (of === 'stranger') return say.fail('to-a-stranger', each);
      if (of === 'clear-text') return say.fail('in-clear-text', each);
      if (place === 'sent-address') return say.warn('in-sent-address', each);
      if (place === 'given-address') return say.warn('in-given-address', each);
      return place === 'error'
        ? say.warn('in-error', each)
        : say.warn('in-header', { ...each, place: place === 'cookie' ? 'a cookie' : 'a header' });
    };
    const verdicts = [
      ...found.map(verdict),
      ...(refusals?.hosts ?? [])
        .filter(({ listed, withCanary }) => !listed && withCanary > 0)
        .map((each) => say.fail('wanted-elsewhere', { whose: 'a test patient', ...each })),
      ...(refusals !== undefined && refusals.refused > 0
        ? [say.notMeasured('not-for-the-ehr', 'control-failed', { ...refusals, kinds: kindsOf(refusals) })]
        : []),
      ...(product !== undefined && product.withCanary > 0 ? [say.warn('in-product-address', product)] : []),
      ...(product !== undefined && product.withCanary === 0 && product.telling > 0
        ? [say.warn('people-in-product-address', product)]
        : []),
      ...(controls + (product?.controls ?? 0) === 0 ? [say.notMeasured('no-control', 'control-failed')] : []),
      ...(reading === undefined || unsigned === 0
        ? [say.notMeasured('nothing-provoked', 'prerequisite-failed', { errors })]
        : []),
    ];
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      exchanges,
      errors,
      controls,
      product: product === undefined ? 'not recorded' : `${product.requests} requests recorded`,
    });
  },
});
