import { timingSafeEqual } from 'node:crypto';
import { ToolError } from '../model/errors.js';
import { listen, type Listener, type ListenerRequest, type ListenerResponse } from '../wire/listener.js';
import type { Person, Visit } from './person.js';
import { ExchangeFault } from './request.js';

/** Somebody at this terminal with a browser. */
export interface Operator {
  /** Opens an address in the person's own browser and prints it; it never holds a token. */
  browse(address: string): void;
  say(line: string): void;
}

const waitMs = 300_000;
const loopback = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * A person signs in with a browser, and the browser comes back to a listener on loopback: one use, the right `state` only, at
 * most five minutes (safety rule 42; https://www.rfc-editor.org/rfc/rfc8252#section-7.3).
 */
export function attendedPerson(operator: Operator, fhirBase: string, withinMs = waitMs): Person {
  let listener: Listener | undefined;
  let callbackPath = '/';
  /** What the browser is told at the launch address once the app knows where to send it. */
  let sendOn: ((address: string) => void) | undefined;
  let onLaunch: ((launch: string) => void) | undefined;
  let expectedState: string | undefined;
  let onReturn: ((visit: Visit) => void) | undefined;

  async function answer({ method, path, query }: ListenerRequest): Promise<ListenerResponse> {
    const launch = query.get('launch');
    if (method === 'GET' && path === '/launch' && onLaunch !== undefined && launch !== null) {
      if (query.get('iss') !== fhirBase) return page(400, 'Opened by another EHR than the one under test.');
      const address = new Promise<string>((resolve) => (sendOn = resolve));
      onLaunch(launch);
      onLaunch = undefined;
      return { status: 302, headers: { location: await address, 'cache-control': 'no-store' } };
    }
    const state = query.get('state');
    if (method === 'GET' && path === callbackPath && onReturn !== undefined && sameText(state, expectedState)) {
      const to = new URL(`${listener?.origin ?? 'http://127.0.0.1'}${path}?${query.toString()}`);
      onReturn({ kind: 'sent-back', to, status: 302 });
      onReturn = undefined;
      return page(200, 'Signed in. You may close this page.');
    }
    return page(404, 'Nothing is expected here.');
  }

  async function within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new ExchangeFault('no-credential', `${what} within the time`, undefined)),
        withinMs,
      );
    });
    try {
      return await Promise.race([promise, over]);
    } catch (error) {
      await close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function close(): Promise<void> {
    await listener?.close();
    listener = undefined;
  }

  return {
    async returnAddress(registered) {
      const address = new URL(registered);
      if (address.protocol !== 'http:' || !loopback.includes(address.hostname))
        throw new ExchangeFault('no-credential', 'no loopback address is registered to come back to', undefined);
      await close();
      callbackPath = address.pathname;
      const bind = address.hostname.replace(/^\[|\]$/g, '');
      try {
        // A loopback address without a port may use any (RFC 8252).
        listener = await listen({ bind, port: address.port === '' ? 0 : Number(address.port), handler: answer });
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        throw new ExchangeFault('no-credential', error.message, undefined);
      }
      address.port = String(listener.port);
      return address.href;
    },
    async open(_clientId, { alias }) {
      operator.say(
        `Open test patient ${alias ?? 'of the organization file'} in the EHR and start the app; its launch address is ${listener?.origin ?? ''}/launch`,
      );
      return within(new Promise<string>((resolve) => (onLaunch = resolve)), 'the EHR did not open the app');
    },
    async visit(address) {
      expectedState = new URL(address).searchParams.get('state') ?? undefined;
      const returned = new Promise<Visit>((resolve) => (onReturn = resolve));
      if (sendOn === undefined) operator.browse(address);
      else sendOn(address);
      sendOn = undefined;
      try {
        return await within(returned, 'nobody signed in');
      } finally {
        // The last page is on its way to the browser.
        setImmediate(() => void close());
      }
    },
  };
}

function sameText(given: string | null, expected: string | undefined): boolean {
  if (given === null || expected === undefined) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const page = (status: number, text: string): ListenerResponse => ({
  status,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  },
  body: `${text}\n`,
});
