import { createHash, type X509Certificate } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { SafetyStop } from '../model/errors.js';
import { addressClass } from './address.js';
import type { AddressClass, DoorOptions, TlsRule } from './exchange.js';
import { faultOf } from './foreign-error.js';
import { WireFault } from './wire-fault.js';

/** One open connection. Durations in milliseconds; `dnsMs` is absent where the origin names an address. */
export interface Connection {
  readonly socket: Socket;
  readonly address: string | undefined;
  readonly addressClass: AddressClass;
  readonly tlsProtocol: string | undefined;
  readonly peerSpkiSha256: string | undefined;
  readonly dnsMs: number | undefined;
  readonly connectMs: number;
  readonly tlsMs: number | undefined;
}

/**
 * The server behind one origin, as it must stay for the whole run: an address of the same class, the same certificate
 * key. Once it has changed, every further connection is refused with the same stop.
 */
export class Peer {
  readonly url: URL;
  readonly #tls: TlsRule;
  readonly #monotonicMs: () => number;
  readonly #lookup: NonNullable<DoorOptions['lookup']>;
  #secureContext: SecureContext | undefined;
  #addressClass: AddressClass | undefined;
  #spkiSha256: string | undefined;
  #stop: SafetyStop | undefined;

  constructor(url: URL, tls: TlsRule, monotonicMs: () => number, lookup: DoorOptions['lookup']) {
    this.url = url;
    this.#tls = tls;
    this.#monotonicMs = monotonicMs;
    this.#lookup = lookup ?? ((hostname) => systemLookup(hostname, { all: true, order: 'verbatim' }));
  }

  /**
   * @throws WireFault  nothing was sent
   * @throws SafetyStop `forbidden-address`, `address-changed`, `plain-http-off-loopback`, `peer-changed`
   */
  async connect(signal: AbortSignal): Promise<Connection> {
    this.refuseIfStopped();
    const startMs = this.#monotonicMs();
    const hostname = this.url.hostname.replace(/^\[|\]$/g, '');
    const named = isIP(hostname) === 0;
    const addresses = this.#admitted(
      named ? await this.#resolve(hostname) : [{ address: hostname, family: isIP(hostname) }],
    );
    const resolvedMs = this.#monotonicMs();
    signal.throwIfAborted();
    const { socket, connectedMs } = await this.#open(hostname, addresses, signal);
    const secureMs = this.#monotonicMs();
    const secure = this.url.protocol === 'https:';
    try {
      return {
        socket,
        address: socket.remoteAddress,
        addressClass: this.#addressClass ?? 'public',
        tlsProtocol: secure ? ((socket as TLSSocket).getProtocol() ?? undefined) : undefined,
        peerSpkiSha256: secure ? this.#sameKey(socket as TLSSocket) : undefined,
        dnsMs: named ? resolvedMs - startMs : undefined,
        connectMs: connectedMs - resolvedMs,
        tlsMs: secure ? secureMs - connectedMs : undefined,
      };
    } catch (fault) {
      socket.destroy();
      throw fault;
    }
  }

  /** @throws SafetyStop  the one that ended the trust in this peer; open connections are not used either */
  refuseIfStopped(): void {
    if (this.#stop !== undefined) throw this.#stop;
  }

  async #resolve(hostname: string): Promise<readonly LookupAddress[]> {
    try {
      return await this.#lookup(hostname);
    } catch (error) {
      const again = (error as NodeJS.ErrnoException | null)?.code === 'EAI_AGAIN';
      throw new WireFault(again ? 'unavailable' : 'host-not-found', { origin: this.url.origin });
    }
  }

  /** The addresses of the class this origin has had from the start; checked on what is then connected to. */
  #admitted(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
    const classes = addresses.map(({ address }) => addressClass(address));
    const [first] = classes;
    if (first === undefined) throw new WireFault('host-not-found', { origin: this.url.origin });
    if (first === 'forbidden' || classes.includes('forbidden')) {
      throw this.#stopWith('forbidden-address', 'resolves to a link-local, metadata or otherwise forbidden address');
    }
    if (this.url.protocol === 'http:' && classes.some((of) => of !== 'loopback')) {
      throw this.#stopWith('plain-http-off-loopback', 'is plain http and resolves to an address off loopback');
    }
    this.#addressClass ??= first;
    const admitted = addresses.filter((_, index) => classes[index] === this.#addressClass);
    if (admitted.length === 0) {
      throw this.#stopWith(
        'address-changed',
        `moved from a ${this.#addressClass} to a ${first} address during the run`,
      );
    }
    return admitted;
  }

  #open(
    hostname: string,
    addresses: readonly LookupAddress[],
    signal: AbortSignal,
  ): Promise<{ socket: Socket; connectedMs: number }> {
    const secure = this.url.protocol === 'https:';
    const tcp = {
      host: hostname,
      port: Number(this.url.port || (secure ? 443 : 80)),
      autoSelectFamily: true,
      noDelay: true,
      lookup: (_hostname: string, _options: object, callback: (error: null, all: LookupAddress[]) => void) =>
        callback(null, [...addresses]),
    };
    const serverName = this.#tls.serverName ?? (isIP(hostname) === 0 ? hostname : '');
    return new Promise((resolve, reject) => {
      let connectedMs = 0;
      const socket = secure
        ? connectTls({
            ...tcp,
            servername: serverName,
            secureContext: this.#trust(),
            rejectUnauthorized: true,
            ALPNProtocols: ['http/1.1'],
          })
        : connectTcp(tcp);
      const abort = (): void => {
        socket.destroy();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      socket.once('connect', () => {
        connectedMs = this.#monotonicMs();
      });
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        signal.removeEventListener('abort', abort);
        resolve({ socket, connectedMs });
      });
      // Stays for the life of the socket: an error after the last exchange must not reach the process.
      socket.on('error', (error) => {
        signal.removeEventListener('abort', abort);
        reject(faultOf(error, { origin: this.url.origin }));
      });
      // Before `secureConnect` the other side may end the connection without an error.
      socket.once('close', () => reject(new WireFault('reset', { origin: this.url.origin })));
    });
  }

  #trust(): SecureContext {
    const { ca, caMode } = this.#tls;
    this.#secureContext ??= createSecureContext({
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca: caMode === 'only' ? [ca] : [...rootCertificates, ca] }),
    });
    return this.#secureContext;
  }

  #sameKey(socket: TLSSocket): string {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) {
      throw new WireFault('certificate', { origin: this.url.origin, certificate: 'untrusted' });
    }
    const shown = spkiSha256(certificate);
    const pinned = this.#tls.spkiPins?.includes(shown);
    if (pinned === false && this.#spkiSha256 === undefined) {
      throw new WireFault('certificate', { origin: this.url.origin, certificate: 'not-pinned' });
    }
    this.#spkiSha256 ??= shown;
    // Several pins are several nodes the organization has named: a change among them is no change of the peer.
    if (this.#spkiSha256 !== shown && pinned !== true) {
      throw this.#stopWith('peer-changed', 'answered with another certificate key during the run');
    }
    return shown;
  }

  #stopWith(code: string, sentence: string): SafetyStop {
    this.#stop = new SafetyStop(
      code,
      3,
      `${this.url.origin} ${sentence}; nothing more is sent there`,
      'Ask whoever runs this host whether the change is theirs before starting again.',
    );
    return this.#stop;
  }
}

/** base64 SHA-256 of the SubjectPublicKeyInfo (https://www.rfc-editor.org/rfc/rfc7469#section-2.4). */
export function spkiSha256(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
