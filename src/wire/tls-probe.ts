import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type AddressInfo } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createServer,
  rootCertificates,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';
import { SafetyStop } from '../model/errors.js';
import { addressClass } from './address.js';
import { serverIdentity, type ServerIdentity } from './certificates.js';
import { spkiSha256 } from './peer.js';
import { certificateProblem } from './foreign-error.js';
import type { DoorOptions } from './exchange.js';
import { askPlainHttp, type PlainHttp } from './plain-http-probe.js';
import { WireFault, type CertificateProblem } from './wire-fault.js';

export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** OpenSSL cipher strings of what no server should take in TLS 1.2 (https://www.rfc-editor.org/rfc/rfc9325#section-4.1). */
const weakSuites = {
  'no-encryption': 'eNULL',
  anonymous: 'aNULL',
  rc4: 'RC4',
  'triple-des': '3DES',
  'static-rsa': 'kRSA',
} as const;
export type WeakSuite = keyof typeof weakSuites;

/**
 * What became of one offer. Only an alert sent by the server about the offer counts as a refusal; `control-failed`: our
 * own server did not take the offer either, so this machine cannot ask.
 */
export type Offer =
  | { readonly outcome: 'accepted'; readonly suite: string }
  | { readonly outcome: 'refused-by-alert' }
  | {
      readonly outcome: 'not-provable';
      readonly reason: 'control-failed' | 'unreachable' | 'no-answer' | 'closed-without-alert' | 'other-error';
    };

export interface TlsProbe {
  readonly versions: Readonly<Record<TlsVersion, Offer>>;
  readonly weakSuites: Readonly<Record<WeakSuite, Offer>>;
  /** Absent when no offer was accepted. */
  readonly certificate?: CertificateFacts;
  /** Present when a port for plain http was given. */
  readonly plainHttp?: PlainHttp;
}

export interface CertificateFacts {
  /** Up to a trusted root, in date. */
  readonly chain: 'valid' | CertificateProblem;
  readonly hostName: 'valid' | 'wrong-name';
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  readonly keyType: string;
  readonly keyBits?: number;
  readonly spkiSha256: string;
}

export interface TlsProbeOptions {
  readonly host: string;
  readonly port: number;
  /** Name for SNI and verification, where it differs from `host`. */
  readonly serverName?: string;
  /** PEM. */
  readonly ca?: string;
  readonly caMode?: 'add' | 'only';
  /** Port on the same host that is asked once for `/` without TLS. */
  readonly plainHttpPort?: number;
  /** Per handshake. 5,000. */
  readonly deadlineMs?: number;
  readonly lookup?: DoorOptions['lookup'];
}

type Settings = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;

interface Target {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly ca: string[] | undefined;
  readonly deadlineMs: number;
}

type Handshake = { readonly offer: Offer; readonly certificate?: CertificateFacts };

/** Identities of our own servers, for the life of the process: RSA keys take long to make. */
let controls: Promise<[ServerIdentity, ServerIdentity]> | undefined;

const refusals = new Set([
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
]);

/**
 * Which TLS versions and weak suites a host takes, and what certificate it shows. One handshake per offer, one after
 * the other; no token and no application data is sent. Each offer is first made to a server of our own on loopback.
 * @throws WireFault `host-not-found`
 * @throws SafetyStop `forbidden-address`
 */
export async function probeTls(options: TlsProbeOptions): Promise<TlsProbe> {
  const target = await targetOf(options);
  controls ??= Promise.all([serverIdentity(), serverIdentity({ keyType: 'rsa' })]);
  const [ec, rsa] = await controls;
  const ask = async (settings: Settings, keyType: 'ec' | 'rsa'): Promise<Handshake> => {
    const { key, cert } = keyType === 'ec' ? ec : rsa;
    return (await ownServerTakes(settings, { key, cert }))
      ? handshake(target, settings)
      : { offer: { outcome: 'not-provable', reason: 'control-failed' } };
  };

  const versions: Partial<Record<TlsVersion, Offer>> = {};
  let certificate: CertificateFacts | undefined;
  for (const version of tlsVersions) {
    const ciphers = version === 'TLSv1.3' ? {} : { ciphers: 'ALL:@SECLEVEL=0' };
    const asked = await ask({ minVersion: version, maxVersion: version, ...ciphers }, 'ec');
    versions[version] = asked.offer;
    certificate = asked.certificate ?? certificate;
  }
  const suites: Partial<Record<WeakSuite, Offer>> = {};
  for (const [suite, cipher] of Object.entries(weakSuites) as [WeakSuite, string][]) {
    const settings = { minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: `${cipher}:@SECLEVEL=0` } as const;
    suites[suite] = (await ask(settings, suite === 'static-rsa' ? 'rsa' : 'ec')).offer;
  }
  return {
    versions: versions as Record<TlsVersion, Offer>,
    weakSuites: suites as Record<WeakSuite, Offer>,
    ...(certificate === undefined ? {} : { certificate }),
    ...(options.plainHttpPort === undefined
      ? {}
      : { plainHttp: await askPlainHttp(target.address, options.plainHttpPort, options.host, target.deadlineMs) }),
  };
}

/**
 * What certificate a host shows, by one handshake as this Node makes it; undefined when none came about.
 * @throws WireFault, SafetyStop as `probeTls`
 */
export async function shownCertificate(
  options: Omit<TlsProbeOptions, 'plainHttpPort'>,
): Promise<CertificateFacts | undefined> {
  return (await handshake(await targetOf(options), {})).certificate;
}

async function targetOf(options: TlsProbeOptions): Promise<Target> {
  const { ca, caMode } = options;
  return {
    address: await resolve(options),
    port: options.port,
    name: options.serverName ?? options.host,
    ca: ca === undefined ? undefined : caMode === 'only' ? [ca] : [...rootCertificates, ca],
    deadlineMs: options.deadlineMs ?? 5_000,
  };
}

async function resolve({ host, lookup }: TlsProbeOptions): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return admitted(bare);
  try {
    const [first] = await (lookup ?? ((hostname) => systemLookup(hostname, { all: true })))(bare);
    if (first !== undefined) return admitted(first.address);
  } catch (error) {
    if (error instanceof SafetyStop) throw error;
  }
  throw new WireFault('host-not-found');
}

function admitted(address: string): string {
  if (addressClass(address) !== 'forbidden') return address;
  throw new SafetyStop(
    'forbidden-address',
    3,
    'the host for the TLS check is a link-local, metadata or otherwise forbidden address; nothing was sent',
  );
}

async function ownServerTakes(settings: Settings, identity: { key: string; cert: string }): Promise<boolean> {
  try {
    const server = createServer({ ...settings, ...identity });
    server.on('tlsClientError', () => {});
    server.on('secureConnection', (socket) => socket.on('error', () => {}));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { offer } = await handshake(
      { address: '127.0.0.1', port, name: '127.0.0.1', ca: undefined, deadlineMs: 2_000 },
      settings,
    );
    server.close();
    return offer.outcome === 'accepted';
  } catch {
    // OpenSSL on this machine does not know the version or suite.
    return false;
  }
}

/** @throws whatever `tls.connect` throws for settings this OpenSSL does not have */
function handshake(target: Target, settings: Settings): Promise<Handshake> {
  return new Promise((settle) => {
    const socket = connectTls({
      ...settings,
      host: target.address,
      port: target.port,
      servername: isIP(target.name) === 0 ? target.name : '',
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      // The only place without it: the certificate is to be described, valid or not, and nothing is sent.
      rejectUnauthorized: false,
    });
    let connected = false;
    const end = (result: Handshake): void => {
      clearTimeout(deadline);
      socket.destroy();
      settle(result);
    };
    const notProvable = (reason: Extract<Offer, { outcome: 'not-provable' }>['reason']): void =>
      end({ offer: { outcome: 'not-provable', reason } });
    const deadline = setTimeout(() => notProvable(connected ? 'no-answer' : 'unreachable'), target.deadlineMs);
    socket.once('connect', () => {
      connected = true;
    });
    socket.once('secureConnect', () => {
      const certificate = describe(socket, target.name);
      end({
        offer: { outcome: 'accepted', suite: socket.getCipher().standardName },
        ...(certificate === undefined ? {} : { certificate }),
      });
    });
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (refusals.has(code)) end({ offer: { outcome: 'refused-by-alert' } });
      else if (!connected) notProvable('unreachable');
      else notProvable(code === 'ECONNRESET' || code === 'EPIPE' ? 'closed-without-alert' : 'other-error');
    });
    socket.once('close', () => notProvable(connected ? 'closed-without-alert' : 'unreachable'));
  });
}

function describe(socket: TLSSocket, name: string): CertificateFacts | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const curveBits = /(\d{3})/.exec(asymmetricKeyDetails?.namedCurve ?? '')?.[1];
  const keyBits = asymmetricKeyDetails?.modulusLength ?? (curveBits === undefined ? undefined : Number(curveBits));
  const wrongName = checkServerIdentity(name, certificate.toLegacyObject()) !== undefined;
  // Node says a wrong name here too, but only of a chain that is otherwise valid.
  const problem = certificateProblem(String(socket.authorizationError));
  return {
    chain: socket.authorized || problem === 'wrong-name' ? 'valid' : (problem ?? 'untrusted'),
    hostName: wrongName ? 'wrong-name' : 'valid',
    notAfter: new Date(certificate.validTo).toISOString(),
    keyType: asymmetricKeyType ?? 'unknown',
    ...(keyBits === undefined ? {} : { keyBits }),
    spkiSha256: spkiSha256(certificate),
  };
}
