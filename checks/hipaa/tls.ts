import { defineCheck } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';

type Origin = FactValue<'transport-security'>[number];
const old = ['TLSv1', 'TLSv1.1'] as const;
const withoutSecrecy = ['no-encryption', 'anonymous'];
const fewestRsaBits = 2_048;
const fewestEcBits = 224;

export default defineCheck({
  id: 'hipaa.tls',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'Every connection is encrypted with a current version and a valid certificate',
  failureTitle: 'A connection can be read, or its server is not who it says',
  plain: 'Nobody can read patient data on the way.',
  why: 'Old versions and certificates nobody verifies are how data in transit are read without leaving a trace.',
  sends:
    'Handshakes with each listed address: TLS 1.0 to 1.3 and five weak suites, each offer first proven on a server of our own; one plain request to port 80. No token, no data.',
  ask: {
    of: 'security',
    text: 'Show us, for each address of the EHR and the product, which old and current TLS versions it takes, and when its certificate ends.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'low', text: 'Switch TLS 1.0 and 1.1 off; let port 80 redirect or close it.' },
    { owner: 'vendor', effort: 'low', text: 'The same at the product’s own addresses; renew certificates in time.' },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://csrc.nist.gov/pubs/sp/800/52/r2/final',
    'https://www.rfc-editor.org/rfc/rfc8996',
    'https://www.rfc-editor.org/rfc/rfc9325',
  ],
  maps: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(ii)'],
  writes: 'none',
  subjects: 'endpoint',
  ifNone: 'not-gathered',
  reads: ['transport-security'],
  messages: {
    'clear-text': { kind: 'proof', text: '{origin} ({uses}) is plain http.' },
    'old-version': { kind: 'proof', text: '{origin} ({uses}) takes {version}.' },
    'no-secrecy': {
      kind: 'proof',
      text: '{origin} ({uses}) takes suites without encryption or without a certificate ({suites}).',
    },
    'plain-port': { kind: 'proof', text: '{origin} ({uses}) also answers without TLS on port 80 ({status}).' },
    certificate: { kind: 'proof', text: 'The certificate of {origin} ({uses}) is not valid: {problem}.' },
    'no-tls-13': { kind: 'limit', text: '{origin} ({uses}) does not take TLS 1.3.' },
    'weak-suites': { kind: 'limit', text: '{origin} ({uses}) takes weak suites: {suites}.' },
    'weak-key': { kind: 'limit', text: 'The key of {origin} ({uses}) is short: {keyType}, {keyBits} bits.' },
    'plain-error': { kind: 'limit', text: 'Port 80 of {origin} ({uses}) answers {status} instead of redirecting.' },
    'loopback-only': {
      kind: 'control',
      text: '{origin} ({uses}) is plain http on this machine; nothing about a network was shown.',
    },
    'own-proof': { kind: 'control', text: 'This machine cannot offer {versions}, so {origin} could not refuse.' },
    unreachable: { kind: 'control', text: '{origin} ({uses}) did not answer a handshake.' },
    'no-alert': {
      kind: 'control',
      text: '{origin} ({uses}) hung up on {versions} without an alert, which proves no refusal.',
    },
  },
  evaluate: ({ 'transport-security': origins }, say) => {
    const of = ({ origin, uses, transport, versions, weakSuites, certificate, plainHttp }: Origin) => {
      const at = { origin, uses };
      if (transport === 'http') return [say.fail('clear-text', at)];
      const offers = Object.entries(versions ?? {});
      const taken = offers.filter(([, offer]) => offer === 'accepted').map(([version]) => version);
      if (taken.length === 0) return [say.notMeasured('unreachable', 'unavailable', at)];
      const which = (...outcomes: string[]): string[] =>
        offers
          .filter(([version, offer]) => old.some((each) => each === version) && outcomes.includes(offer))
          .map(([version]) => version);
      const unproven = which('control-failed');
      const silent = which('unreachable', 'no-answer', 'closed-without-alert', 'other-error');
      const bare = weakSuites.filter((suite) => withoutSecrecy.includes(suite));
      const weak = weakSuites.filter((suite) => !withoutSecrecy.includes(suite));
      const problem = [certificate?.chain, certificate?.hostName].find(
        (each) => each !== undefined && each !== 'valid',
      );
      const { keyType, keyBits = null } = certificate ?? {};
      const shortKey = keyBits !== null && keyBits < (keyType === 'rsa' ? fewestRsaBits : fewestEcBits);
      const status = plainHttp?.status ?? 0;
      const answers = plainHttp?.outcome === 'answers';
      const verdicts = [
        ...which('accepted').map((version) => say.fail('old-version', { ...at, version })),
        ...(bare.length > 0 ? [say.fail('no-secrecy', { ...at, suites: bare })] : []),
        ...(answers && status < 300 ? [say.fail('plain-port', { ...at, status })] : []),
        ...(problem === undefined ? [] : [say.fail('certificate', { ...at, problem })]),
        ...(unproven.length > 0 ? [say.notMeasured('own-proof', 'control-failed', { ...at, versions: unproven })] : []),
        ...(silent.length > 0 ? [say.notMeasured('no-alert', 'control-failed', { ...at, versions: silent })] : []),
        ...(taken.includes('TLSv1.3') ? [] : [say.warn('no-tls-13', at)]),
        ...(weak.length > 0 ? [say.warn('weak-suites', { ...at, suites: weak })] : []),
        ...(shortKey ? [say.warn('weak-key', { ...at, keyType, keyBits })] : []),
        ...(answers && status >= 300 ? [say.warn('plain-error', { ...at, status })] : []),
      ];
      return verdicts.length > 0
        ? verdicts
        : [say.pass({ ...at, versions: taken, notAfter: certificate?.notAfter ?? null })];
    };
    // What never leaves this machine says nothing about a network, for better or worse: it is named and set aside.
    const onLoopback = origins.filter(({ transport }) => transport === 'http-on-loopback');
    const reached = origins.filter(({ transport }) => transport !== 'http-on-loopback');
    if (reached.length > 0) return reached.flatMap(of);
    return onLoopback.map(({ origin, uses }) => say.notMeasured('loopback-only', 'control-failed', { origin, uses }));
  },
});
