import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { Appointment, Patient } from 'fhir/r4.js';
import { frameReader, framed } from '../wire/mllp.js';
import type { SendMessage } from './deviation.js';
import type { StoreChange } from './exchange.js';
import type { Store } from './fhir/store.js';
import { localReference } from './fhir/references.js';
import { visitEvent, visitMessage } from './hl7v2-message.js';

/** Tells a listener of every change of a visit, if one is there; messages go out one after the other. */
export interface Feed {
  stop(): void;
}

const acknowledgedWithinMs = 400;
const resends = 3;
const mostWaiting = 1_000;
const mostAnswerBytes = 65_536;

export function createFeed(settings: {
  readonly store: Store;
  readonly base: string;
  readonly organization: string;
  readonly now: () => Date;
  readonly send: SendMessage;
}): Feed {
  const { store, base, organization, now, send } = settings;
  let [next, waiting, stopped] = [1, 0, false];
  let last: Promise<unknown> = Promise.resolve();
  const stopListening = store.onCommit((change: StoreChange) => {
    if (change.resourceType !== 'Appointment' || waiting >= mostWaiting) return;
    const [previous, current] = [change.previous, change.current] as [Appointment | undefined, Appointment | undefined];
    const event = visitEvent(previous, current);
    const visit = current ?? previous;
    if (event === undefined || visit === undefined) return;
    const patient = patientOf(visit);
    if (patient === undefined) return;
    const controlId = `${organization}-${next++}`;
    const text = visitMessage({ event, controlId, at: now(), organization, visit, patient });
    waiting += 1;
    last = last.then(async () => {
      if (!stopped) await send({ event, controlId, text, resends }).catch(() => false);
      waiting -= 1;
    });
  });

  function patientOf({ participant }: Appointment): Patient | undefined {
    for (const { actor } of participant) {
      const local = localReference(actor?.reference ?? '', base);
      if (local?.type === 'Patient') return store.get('Patient', local.id)?.resource as Patient | undefined;
    }
    return undefined;
  }

  return {
    stop() {
      stopped = true;
      stopListening();
    },
  };
}

/** Sends to one port of this machine; a message that nobody acknowledges is sent again, the same. */
export function createFeedSender(port: number, ca: string | undefined): { readonly send: SendMessage; close(): void } {
  // Once: mostly nobody listens, and making one costs more than finding that out.
  const secureContext = ca === undefined ? undefined : createSecureContext({ ca });
  let socket: Socket | undefined;
  let heard: (answer: string) => void = () => undefined;

  function connected(): Promise<Socket | undefined> {
    if (socket !== undefined && !socket.destroyed && socket.writable) return Promise.resolve(socket);
    return new Promise((resolve) => {
      const fresh: Socket =
        secureContext === undefined
          ? connect({ host: '127.0.0.1', port })
          : connectTls({ host: '127.0.0.1', port, secureContext });
      socket = fresh;
      const read = frameReader(mostAnswerBytes);
      fresh.once(secureContext === undefined ? 'connect' : 'secureConnect', () => resolve(fresh));
      fresh.on('data', (chunk: Buffer) => {
        const answers = read(chunk);
        if (answers === 'too-large') fresh.destroy();
        else for (const answer of answers) heard(answer.toString('utf8'));
      });
      fresh.on('error', () => fresh.destroy());
      fresh.once('close', () => resolve(undefined));
    });
  }

  function acknowledged(to: Socket, controlId: string, text: string): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (taken: boolean): void => {
        clearTimeout(timer);
        to.off('close', gone);
        heard = () => undefined;
        resolve(taken);
      };
      const gone = (): void => end(false);
      const timer = setTimeout(gone, acknowledgedWithinMs);
      to.once('close', gone);
      heard = (answer) => {
        if (answer.split('\r').some((line) => new RegExp(`^MSA\\|[AC]A\\|${controlId}$`).test(line))) end(true);
      };
      to.write(framed(Buffer.from(text)));
    });
  }

  return {
    async send({ controlId, text, resends: again }) {
      for (let sent = 0; sent <= again; sent++) {
        const to = await connected();
        if (to === undefined) return false;
        if (await acknowledged(to, controlId, text)) return true;
      }
      return false;
    },
    close: () => void socket?.destroy(),
  };
}

const mostTries = 50;

/** A port of this machine nobody listens on, below those that systems hand out by themselves. */
export async function unusedPort(random: () => number): Promise<number> {
  const { createServer } = await import('node:net');
  for (let tries = 1; ; tries++) {
    const port = 20_000 + Math.floor(random() * 12_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
    });
    // Where nothing can be listened on at all, whoever tries to will say so.
    if (free || tries === mostTries) return port;
  }
}
