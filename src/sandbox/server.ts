import { join } from 'node:path';
import { serverIdentity, type ServerIdentity } from '../wire/certificates.js';
import { openDoor, type Door } from '../wire/door.js';
import { listen, type ListenerResponse } from '../wire/listener.js';
import type { OrganizationId } from './clinic/clinic-index.js';
import { throughSeam, type Deliver, type Deviation, type ListenSettings, type RawHandler } from './deviation.js';
import { refusal, requestIdOf } from './fhir-exchange.js';
import { createFeedSender, unusedPort } from './hl7v2-feed.js';
import { createClientKey, createPrivateFolder, type ClientKey, type KeyOf } from './keys.js';
import { createOrganization, type RunningOrganization, type SandboxOrganization } from './organization.js';
import { throttled } from './throttle.js';

export interface SandboxOptions {
  /** Default both. */
  readonly organizations?: readonly OrganizationId[];
  /** Plain http, for clients that cannot trust the sandbox's own certificate authority. */
  readonly http?: boolean;
  /** Default 0: a free port. */
  readonly port?: number;
  readonly seed?: string;
  readonly deviations?: readonly Deviation[];
  readonly now?: () => Date;
  /** `<organization>/keys/<client>.pem` is written below it, readable by the owner only. */
  readonly keysFolder: string;
  /** Where clients' keys come from; fresh ones by default. */
  readonly createKey?: typeof createClientKey;
  /** Hears of a fault of the sandbox itself; the client only gets 500. */
  readonly onFault?: (fault: unknown) => void;
  /** FHIR requests of one client in one second; more are answered 429. Default: no limit. */
  readonly requestsPerSecond?: number;
  /** Origins Subscriptions may notify besides loopback. */
  readonly subscriptionEndpoints?: readonly string[];
}

export interface Sandbox {
  /** `https://127.0.0.1:<port>` */
  readonly origin: string;
  /** Certificate of the sandbox's own authority; `undefined` with plain http. */
  readonly caPem: string | undefined;
  /** Certificate and key for a listener on loopback that notifications can be sent to; `undefined` with plain http. */
  readonly forListeners: Pick<ServerIdentity, 'cert' | 'key'> | undefined;
  readonly organizations: ReadonlyMap<OrganizationId, SandboxOrganization>;
  /** Frees the port and ends deliveries; the keys stay where they are. */
  stop(): Promise<void>;
}

/** A second environment that only introduces itself, set up like the first: what a deviation makes of it is a difference. */
const twin = /^\/twin\/fhir\/(?=metadata$|\.well-known\/smart-configuration$)/;

const usualListening: ListenSettings = { tls: { minVersion: 'TLSv1.2' }, certificate: { validDays: 90 } };
const mostBodyBytes = 10 * 1_048_576;

/**
 * Starts the sandbox EHR on 127.0.0.1: one process, one port, `/<organization>/fhir` and `/<organization>/auth`.
 * @throws ToolError `port-in-use`, `cannot-listen`
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const {
    organizations: ids = ['lakeside', 'summit'],
    seed = 'sandbox',
    deviations = [],
    now = () => new Date(),
    createKey = createClientKey,
    onFault = () => undefined,
  } = options;
  const settings = throughSeam(deviations, 'listen', usualListening);
  const identity = options.http ? undefined : await serverIdentity({ now: new Date(), ...settings.certificate });
  const running = new Map<OrganizationId, RunningOrganization>();
  // The sandbox trusts whoever listens with it, as an EHR trusts a public authority.
  const forListeners = options.http ? undefined : await serverIdentity({ now: new Date(), validDays: 90 });
  const notifier = createNotifier(forListeners?.ca);
  const feeds = await Promise.all(
    ids.map(async () => {
      const port = await unusedPort(Math.random);
      return { port, ...createFeedSender(port, forListeners?.ca) };
    }),
  );
  const keys = new Map<string, Promise<ClientKey>>();
  const keyOf: KeyOf = (name, algorithm) => {
    const key = keys.get(name) ?? createKey(algorithm);
    keys.set(name, key);
    return key;
  };

  // Outermost, because a deviation may wrap everything, also what no organization answers.
  const answers: RawHandler = (request) => {
    const [, id = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(request.path) ?? [];
    const organization = running.get(id as OrganizationId);
    return organization
      ? organization.answer(request, rest.replace(twin, '/fhir/'))
      : Promise.resolve(nothingHere(request));
  };
  const { requestsPerSecond } = options;
  const handler = throughSeam(
    deviations,
    'wrap',
    requestsPerSecond === undefined ? answers : throttled(answers, requestsPerSecond, now),
  );
  const listener = await listen({
    port: options.port ?? 0,
    ...(identity ? { tls: { key: identity.key, cert: identity.cert, ...settings.tls } } : {}),
    handler,
    onHandlerFault: onFault,
    limits: { bodyBytes: mostBodyBytes },
  });
  try {
    await createPrivateFolder(options.keysFolder);
    const created = await Promise.all(
      ids.map((id, index) =>
        createOrganization({
          id,
          origin: listener.origin,
          seed,
          folder: join(options.keysFolder, id),
          now,
          deviations,
          keyOf,
          onFault,
          deliver: notifier.deliver,
          feed: feeds[index]!,
          endpoints: options.subscriptionEndpoints ?? [],
          peers: () => [...running.values()].filter((peer) => peer.id !== id),
        }),
      ),
    );
    for (const organization of created) running.set(organization.id, organization);
  } catch (fault) {
    await listener.close();
    throw fault;
  }

  return {
    origin: listener.origin,
    caPem: identity?.ca,
    forListeners,
    organizations: running,
    async stop() {
      for (const organization of running.values()) organization.stop();
      for (const feed of feeds) feed.close();
      await Promise.all([listener.close(), notifier.close()]);
    },
  };
}

function nothingHere(request: Parameters<RawHandler>[0]): ListenerResponse {
  return refusal({ status: 404, code: 'not-found', problem: 'no such organization' }, requestIdOf(request));
}

/** Sends notifications; one door per endpoint origin, opened at the first notification. */
function createNotifier(ca: string | undefined): { deliver: Deliver; close(): Promise<void> } {
  const doors = new Map<string, Door>();
  return {
    async deliver({ method, url, headers, body }) {
      const { origin } = new URL(url);
      let door = doors.get(origin);
      if (!door) {
        const trusted = ca !== undefined && origin.startsWith('https:') ? { tls: { ca } } : {};
        doors.set(origin, (door = openDoor({ origins: [{ origin, purpose: 'listener', ...trusted }] })));
      }
      const { status } = await door.exchange({
        purpose: 'listener',
        method,
        url,
        headers,
        body,
        carriesCredential: true,
        deadlineMs: 5_000,
      });
      return status >= 200 && status < 300;
    },
    async close() {
      await Promise.all([...doors.values()].map((door) => door.close()));
    },
  };
}
