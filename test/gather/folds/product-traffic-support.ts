import type { AnyFold, SeenExchange, SeenWrite } from '../../../src/gather/folds/fold.js';

export interface Asked {
  /** Monotonic milliseconds of its arrival and of its answer, 10 ms later unless said. */
  readonly at: number;
  readonly until?: number;
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** 0: no answer. */
  readonly status?: number;
  readonly fault?: string;
  /** What the EHR answered. */
  readonly resource?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: readonly (readonly [string, string])[];
  readonly read?: readonly string[];
  readonly write?: Partial<SeenWrite>;
}

/** A request of a product as its proxy shows it to a fold. */
export function asked(each: Asked, id: string): SeenExchange {
  const {
    at,
    until = at + 10,
    method = 'GET',
    path = '',
    body,
    query,
    status = 200,
    read = [],
    write,
    resource,
  } = each;
  const [type = '', objectId] = path.split('/');
  const writes: SeenWrite[] =
    write === undefined
      ? []
      : [
          {
            method,
            resourceType: type,
            ...(objectId === undefined ? {} : { reference: path }),
            status,
            taken: status >= 200 && status < 300,
            ...write,
          },
        ];
  const interaction = writes.length > 0 ? 'write' : path.includes('/') ? 'read' : 'search';
  return {
    id,
    probe: 'proxy',
    context: 'ai-product',
    purpose: 'fhir',
    request: {
      method: method as 'GET',
      path,
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
    },
    url: `https://ehr.example/r4/${path}`,
    sentAt: new Date(at),
    answer:
      status === 0
        ? undefined
        : ({
            status,
            ok: status >= 200 && status < 300,
            headers: each.headers ?? {},
            resource,
            timing: { intendedAtMs: at, sentAtMs: at, firstByteAtMs: until, endAtMs: until },
            receivedAt: new Date(until),
          } as never),
    objects: { interaction, read, writes, lastedMs: until - at },
  };
}

/** What a fold makes of these, without its citations. */
export function folded(fold: AnyFold, ...all: readonly Asked[]): unknown {
  return foldedFor(fold, {}, all);
}

/** The same for a run with these documents. */
export function foldedFor(fold: AnyFold, documents: object, all: readonly Asked[]): unknown {
  const state = fold.start(documents as never);
  for (const [index, each] of all.entries()) fold.product?.(state, asked(each, `p${index + 1}`), each.fault);
  const { cites: _, ...facts } = fold.end(state);
  return Object.values(facts)[0];
}
