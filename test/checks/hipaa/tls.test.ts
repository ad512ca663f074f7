import tls from '../../../checks/hipaa/tls.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Origin = FactValue<'transport-security'>[number];
type Versions = NonNullable<Origin['versions']>;
const good: Versions = {
  TLSv1: 'refused-by-alert',
  'TLSv1.1': 'refused-by-alert',
  'TLSv1.2': 'accepted',
  'TLSv1.3': 'accepted',
};
const certificate = {
  chain: 'valid',
  hostName: 'valid',
  notAfter: '2027-01-01T00:00:00.000Z',
  keyType: 'ec',
  keyBits: 256,
};
const origin: Origin = {
  origin: 'https://ehr.example',
  uses: ['fhir', 'token'],
  transport: 'https',
  versions: good,
  weakSuites: [],
  certificate,
};
const of = (more: Partial<Origin>, ...others: Origin[]) => ({
  'transport-security': [{ ...origin, ...more }, ...others],
});
const versions = (more: Partial<Versions>) => of({ versions: { ...good, ...more } });
const { versions: _v, certificate: _c, ...unasked } = origin;
const nobody = {
  TLSv1: 'unreachable',
  'TLSv1.1': 'unreachable',
  'TLSv1.2': 'unreachable',
  'TLSv1.3': 'unreachable',
} as const;

testCheck(tls, {
  pass: {
    'current versions, valid certificate': of({}),
    'only 1.3': versions({ 'TLSv1.2': 'refused-by-alert' }),
    'port 80 redirects': of({ plainHttp: { outcome: 'redirects-to-https', status: 301 } }),
    'an address on this machine is set aside': of(
      {},
      { ...unasked, origin: 'http://127.0.0.1:8080', transport: 'http-on-loopback' },
    ),
    'port 80 is closed': of({ plainHttp: { outcome: 'closed' } }),
  },
  warn: {
    'no 1.3': versions({ 'TLSv1.3': 'refused-by-alert' }),
    'weak suites': of({ weakSuites: ['static-rsa'] }),
    'short key': of({ certificate: { ...certificate, keyType: 'rsa', keyBits: 1024 } }),
    'an error page on port 80': of({ plainHttp: { outcome: 'answers', status: 403 } }),
  },
  fail: {
    'plain http': { 'transport-security': [{ ...unasked, origin: 'http://ehr.example', transport: 'http' }] },
    '1.0 is taken': versions({ TLSv1: 'accepted' }),
    '1.1 is taken by the second address': of(
      {},
      { ...origin, origin: 'https://bot.example', versions: { ...good, 'TLSv1.1': 'accepted' } },
    ),
    'no encryption': of({ weakSuites: ['no-encryption', 'rc4'] }),
    'port 80 answers': of({ plainHttp: { outcome: 'answers', status: 200 } }),
    'certificate expired': of({ certificate: { ...certificate, chain: 'expired' } }),
    'another name': of({ certificate: { ...certificate, hostName: 'wrong-name' } }),
  },
  notMeasured: {
    'plain http on loopback': {
      'transport-security': [{ ...unasked, origin: 'http://127.0.0.1:8080', transport: 'http-on-loopback' }],
    },
    'this machine cannot offer 1.0': versions({ TLSv1: 'control-failed' }),
    'hung up without an alert': versions({ 'TLSv1.1': 'closed-without-alert' }),
    'nobody there': of({ versions: nobody }),
  },
});
