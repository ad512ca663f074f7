import type { Dispatcher } from 'undici';
import { SafetyStop } from '../model/errors.js';
import { decoded, GrowingBytes } from './body.js';
import { maxHeaderBytes, type ConnectionPool, type Slot } from './connection-pool.js';
import type { DoorRequest } from './exchange.js';
import type { Ending } from './ending.js';
import { faultOf } from './foreign-error.js';
import type { Connection } from './peer.js';
import { WireFault, type WireFaultDetails, type WireFaultReason } from './wire-fault.js';

const maxInterimAnswers = 10;

export interface Limits {
  readonly bodyBytes: number;
  readonly idleMs: number;
}

/** One answer, redirects not looked at. Times on the door's clock. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly headerNames: readonly string[];
  readonly body: Uint8Array;
  readonly sentAtMs: number;
  readonly firstByteAtMs: number;
  readonly endAtMs: number;
  readonly connection: Connection;
  readonly reused: boolean;
}

type Head = Pick<Answer, 'status' | 'headers' | 'headerNames' | 'firstByteAtMs'>;

/**
 * Sends one request on one connection and reads the whole answer within the bounds. The connection goes back to the
 * pool only after an answer that kept to the protocol to its last byte.
 * @throws WireFault, SafetyStop
 */
export async function send(
  pool: ConnectionPool,
  target: URL,
  request: DoorRequest,
  limits: Limits,
  monotonicMs: () => number,
  ending: Ending,
): Promise<Answer> {
  const slot = await pool.acquire(ending);
  let answer: Answer;
  try {
    answer = await dispatch(slot, target, request, limits, monotonicMs, ending);
    const { errored } = answer.connection.socket;
    // What follows the announced end has been parsed by now. undici ends a connection that may not be reused with
    // an error of its own; any other one means bytes nobody asked for, and this answer is not trusted either.
    if (errored !== null && (errored as { code?: string }).code !== 'UND_ERR_INFO') {
      throw new WireFault('protocol', detailsOf(target, answer));
    }
  } catch (fault) {
    pool.discard(slot);
    throw fault;
  }
  pool.release(slot);
  const encoding = request.method === 'HEAD' ? undefined : answer.headers['content-encoding'];
  const body = await decoded(answer.body, encoding, limits.bodyBytes);
  if (typeof body === 'string') throw new WireFault(body, detailsOf(target, answer));
  return { ...answer, body };
}

function dispatch(
  slot: Slot,
  target: URL,
  request: DoorRequest,
  limits: Limits,
  monotonicMs: () => number,
  ending: Ending,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let started: { controller: Dispatcher.DispatchController; sentAtMs: number; reused: boolean } | undefined;
    let head: Head | undefined;
    let body: GrowingBytes | undefined;
    let interimAnswers = 0;

    const details = (): WireFaultDetails => ({
      origin: target.origin,
      ...(started === undefined ? {} : { sentAtMs: started.sentAtMs }),
      ...(head === undefined ? {} : { status: head.status }),
    });
    const fault = (reason: WireFaultReason): WireFault => new WireFault(reason, details());
    const settle = (outcome: () => void): void => {
      ending.listen(undefined);
      outcome();
    };
    const stop = (early: WireFault): void => settle(() => reject(fault(early.reason)));
    if (ending.fault !== undefined) return stop(ending.fault);
    ending.listen(stop);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        const reused = slot.current !== undefined && slot.current.exchanges > 0;
        if (slot.current !== undefined) slot.current.exchanges += 1;
        started = { controller, sentAtMs: monotonicMs(), reused };
      },
      onResponseStart(controller, status) {
        if (status < 200) {
          interimAnswers += 1;
          if (interimAnswers > maxInterimAnswers) controller.abort(fault('too-large'));
          return;
        }
        const firstByteAtMs = monotonicMs();
        const { fields, names, bytes } = readHeaders(controller.rawHeaders as Buffer[]);
        head = { status, headers: fields, headerNames: names, firstByteAtMs };
        const announced = Number(fields['content-length'] ?? 0);
        if (bytes > maxHeaderBytes || announced > limits.bodyBytes) controller.abort(fault('too-large'));
        else if (!/^chunked$|^$/i.test(fields['transfer-encoding'] ?? '')) controller.abort(fault('encoding'));
        else body = new GrowingBytes(Math.min(announced, 65_536));
      },
      onResponseData(controller, chunk) {
        if (body === undefined) return;
        if (body.length + chunk.length > limits.bodyBytes) controller.abort(fault('too-large'));
        else body.append(chunk);
      },
      onResponseEnd() {
        const endAtMs = monotonicMs();
        settle(() => {
          if (head === undefined || started === undefined || slot.current === undefined) {
            return reject(fault('protocol'));
          }
          const { sentAtMs, reused } = started;
          const { connection } = slot.current;
          resolve({ ...head, body: body?.bytes() ?? new Uint8Array(), sentAtMs, endAtMs, connection, reused });
        });
      },
      onResponseError(_controller, error) {
        settle(() => {
          if (error instanceof SafetyStop) reject(error);
          else reject(faultOf(error, details()));
        });
      },
    };
    slot.client.dispatch(
      {
        path: target.pathname + target.search,
        method: request.method,
        headers: { ...request.headers, 'accept-encoding': 'gzip, deflate, br' },
        bodyTimeout: limits.idleMs,
        ...(request.body === undefined ? {} : { body: request.body }),
      },
      handler,
    );
  });
}

function detailsOf(target: URL, { sentAtMs, status }: Answer): WireFaultDetails {
  return { origin: target.origin, sentAtMs, status };
}

/** undici hands over names and values in turn. `bytes` counts them as sent, with `: ` and the line end. */
function readHeaders(raw: readonly Buffer[]): {
  fields: Readonly<Record<string, string>>;
  names: readonly string[];
  bytes: number;
} {
  const fields = new Map<string, string>();
  const names: string[] = [];
  let bytes = 0;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as Buffer).toString('latin1').toLowerCase();
    const value = (raw[index + 1] as Buffer).toString('latin1');
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
    names.push(name);
    bytes += name.length + value.length + 4;
  }
  return { fields: Object.fromEntries(fields), names, bytes };
}
