/**
 * Everything one organization's authorization server remembers, by model, until it expires. The provider's own adapter
 * keeps 1,000 entries over all models and organizations and so forgets tokens and seen `jti`.
 */
export interface TokenMemory {
  /** Storage adapter of one model, as oidc-provider asks for it. */
  adapter(model: string): ModelMemory;
}

interface ModelMemory {
  find(id: string): Promise<object | undefined>;
  upsert(id: string, payload: object, expiresInSeconds?: number): Promise<void>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  findByUid(): Promise<undefined>;
  findByUserCode(): Promise<undefined>;
  revokeByGrantId(grantId: string): Promise<void>;
}

interface Entry {
  readonly payload: object;
  readonly expiresAtMs: number;
}

const sweepEvery = 1_000;

/** @param options.forgets models that are never remembered, for a server that accepts replays. */
export function createTokenMemory(options: {
  readonly nowMs: () => number;
  readonly forgets: readonly string[];
}): TokenMemory {
  const { nowMs, forgets } = options;
  const models = new Map<string, Map<string, Entry>>();
  let writes = 0;

  function sweep(): void {
    if (++writes % sweepEvery !== 0) return;
    for (const entries of models.values()) {
      for (const [id, { expiresAtMs }] of entries) if (expiresAtMs <= nowMs()) entries.delete(id);
    }
  }

  return {
    adapter(model) {
      let entries = models.get(model);
      if (!entries) models.set(model, (entries = new Map<string, Entry>()));
      const kept = entries;
      return {
        find(id) {
          const entry = kept.get(id);
          if (entry && entry.expiresAtMs > nowMs()) return Promise.resolve(entry.payload);
          // Asking for a `jti` reserves it: two copies of an assertion that arrive together must not both pass.
          if (model === 'ReplayDetection' && !forgets.includes(model)) {
            kept.set(id, { payload: { jti: id, kind: model }, expiresAtMs: nowMs() + 60_000 });
          }
          return Promise.resolve(undefined);
        },
        upsert(id, payload, expiresInSeconds) {
          sweep();
          const expiresAtMs = expiresInSeconds === undefined ? Infinity : nowMs() + expiresInSeconds * 1_000;
          if (!forgets.includes(model)) kept.set(id, { payload, expiresAtMs });
          return Promise.resolve();
        },
        consume: (id) => {
          const entry = kept.get(id);
          if (entry) kept.set(id, { ...entry, payload: { ...entry.payload, consumed: Math.floor(nowMs() / 1_000) } });
          return Promise.resolve();
        },
        destroy(id) {
          kept.delete(id);
          return Promise.resolve();
        },
        findByUid: () => Promise.resolve(undefined),
        findByUserCode: () => Promise.resolve(undefined),
        revokeByGrantId(grantId) {
          for (const [id, { payload }] of kept)
            if ('grantId' in payload && payload.grantId === grantId) kept.delete(id);
          return Promise.resolve();
        },
      };
    },
  };
}
