import { randomUUID } from 'node:crypto';
import type { Resource } from 'fhir/r4.js';
import type { StoreChange } from '../exchange.js';
import { createSearchIndex, type SearchIndex } from './search-index.js';

/** A resource as the store keeps it: deeply frozen, with id, `meta.versionId` and `meta.lastUpdated`. */
export type StoredResource = Resource & {
  readonly id: string;
  readonly meta: { readonly versionId: string; readonly lastUpdated: string };
};

/** One version in a resource's history. */
export interface StoredVersion {
  readonly resourceType: string;
  readonly id: string;
  /** Whole numbers from 1, as text. */
  readonly versionId: string;
  /** Instant with milliseconds, UTC. */
  readonly lastUpdated: string;
  /** Order of all writes of the store. */
  readonly sequence: number;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absent for a tombstone. */
  readonly resource: StoredResource | undefined;
}

/** Writes; only reachable inside `Store.transaction`. The store copies the top level and freezes the rest of what it is given. */
export interface StoreWriter {
  /** Version 1. The given id is kept, one is made when there is none. Throws an Error when the id was ever used. */
  create(resource: Resource): StoredResource;
  /** The next version, also after a tombstone. Throws an Error when there is no such id. */
  update(resource: Resource, method?: 'PUT' | 'PATCH'): StoredResource;
  /** Leaves a tombstone; nothing happens when there is nothing live. */
  delete(resourceType: string, id: string): void;
}

/**
 * The sandbox's record, in memory and synchronous: between two statements of a transaction nothing else runs, so a check
 * followed by a write cannot be overtaken. Functions need no `this`; a deviation may spread a store and replace some.
 */
export interface Store {
  /** The latest version, which may be a tombstone; `undefined` for an id never used. */
  get(resourceType: string, id: string): StoredVersion | undefined;
  version(resourceType: string, id: string, versionId: string): StoredVersion | undefined;
  /** All versions of one resource, newest first. */
  history(resourceType: string, id: string): readonly StoredVersion[];
  /** All versions of all resources of a type, newest first. */
  typeHistory(resourceType: string): readonly StoredVersion[];
  /** Live resources in the order they were created. */
  all(resourceType: string): Iterable<StoredResource>;
  readonly index: SearchIndex;
  /**
   * Runs `work`; when it throws, everything it wrote is undone and the throw goes on. A transaction inside another is a
   * savepoint: only the outermost commits.
   */
  transaction<T>(work: (writer: StoreWriter) => T): T;
  /** Called once for every write after the outermost commit, in order. Listeners must not throw. Returns the way to stop. */
  onCommit(listener: (change: StoreChange) => void): () => void;
  /** Live resources by `Type/id`, sorted; without `meta.versionId` and `meta.lastUpdated` unless `versions` is set. */
  snapshot(options?: { readonly versions?: boolean }): Readonly<Record<string, Resource>>;
}

/** @param options.newId makes ids for resources created without one; random UUIDs by default. */
export function createStore(options: { readonly now: () => Date; readonly newId?: () => string }): Store {
  const { now, newId = randomUUID } = options;
  const types = new Map<string, Map<string, StoredVersion[]>>();
  const index = createSearchIndex();
  const listeners = new Set<(change: StoreChange) => void>();
  const outbox: StoreChange[] = [];
  let undo: (() => void)[] = [];
  let changes: StoreChange[] = [];
  let depth = 0;
  let sequence = 0;
  let draining = false;

  const versionsOf = (resourceType: string, id: string) => types.get(resourceType)?.get(id);
  const get = (resourceType: string, id: string) => versionsOf(resourceType, id)?.at(-1);

  function reindex(resourceType: string, id: string): void {
    const live = get(resourceType, id)?.resource;
    if (live) index.put(live);
    else index.remove(resourceType, id);
  }

  function append(resourceType: string, id: string, method: StoredVersion['method'], content: Resource | undefined) {
    let ofType = types.get(resourceType);
    if (!ofType) types.set(resourceType, (ofType = new Map<string, StoredVersion[]>()));
    let versions = ofType.get(id);
    if (!versions) ofType.set(id, (versions = []));
    const at = now();
    const lastUpdated = at.toISOString();
    const versionId = String(versions.length + 1);
    const previous = versions.at(-1)?.resource;
    const resource = content && stamped(content, id, versionId, lastUpdated);
    versions.push({ resourceType, id, versionId, lastUpdated, sequence: ++sequence, method, resource });
    undo.push(() => {
      versions.pop();
      if (versions.length === 0) ofType.delete(id);
      reindex(resourceType, id);
    });
    changes.push({ previous, current: resource, resourceType, id, atMs: at.getTime() });
    reindex(resourceType, id);
    return resource;
  }

  const writer: StoreWriter = {
    create(resource) {
      const { resourceType, id = newId() } = resource;
      if (versionsOf(resourceType, id)) throw new Error(`${resourceType}/${id} exists already`);
      return append(resourceType, id, 'POST', resource) as StoredResource;
    },
    update(resource, method = 'PUT') {
      const { resourceType, id = '' } = resource;
      if (!versionsOf(resourceType, id)) throw new Error(`${resourceType}/${id} does not exist`);
      return append(resourceType, id, method, resource) as StoredResource;
    },
    delete(resourceType, id) {
      if (get(resourceType, id)?.resource) append(resourceType, id, 'DELETE', undefined);
    },
  };

  /** A listener may write; its changes wait their turn, so that everyone sees one order. */
  function deliver(): void {
    if (draining) return;
    draining = true;
    try {
      for (let change = outbox.shift(); change; change = outbox.shift()) {
        for (const listener of listeners) listener(change);
      }
    } finally {
      draining = false;
    }
  }

  return {
    get,
    version: (resourceType, id, versionId) =>
      /^[1-9]\d{0,8}$/.test(versionId) ? versionsOf(resourceType, id)?.[Number(versionId) - 1] : undefined,
    history: (resourceType, id) => (versionsOf(resourceType, id) ?? []).toReversed(),
    typeHistory: (resourceType) =>
      [...(types.get(resourceType)?.values() ?? [])].flat().sort((left, right) => right.sequence - left.sequence),
    *all(resourceType) {
      for (const versions of types.get(resourceType)?.values() ?? []) {
        const live = versions.at(-1)?.resource;
        if (live) yield live;
      }
    },
    index,
    transaction(work) {
      const [undoFrom, changesFrom] = [undo.length, changes.length];
      depth += 1;
      try {
        return work(writer);
      } catch (fault) {
        for (const step of undo.splice(undoFrom).toReversed()) step();
        changes.splice(changesFrom);
        throw fault;
      } finally {
        depth -= 1;
        if (depth === 0) {
          outbox.push(...changes);
          [undo, changes] = [[], []];
          deliver();
        }
      }
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot({ versions = false } = {}) {
      const live = [...types].flatMap(([resourceType, ofType]) =>
        [...ofType].flatMap(([id, history]) => {
          const resource = history.at(-1)?.resource;
          return resource ? [[`${resourceType}/${id}`, versions ? resource : withoutVersion(resource)] as const] : [];
        }),
      );
      return Object.fromEntries(live.sort(([left], [right]) => (left < right ? -1 : 1)));
    },
  };
}

function stamped(content: Resource, id: string, versionId: string, lastUpdated: string): StoredResource {
  const { resourceType, id: _givenId, meta, ...rest } = content;
  return deepFreeze({ resourceType, id, meta: { ...meta, versionId, lastUpdated }, ...rest });
}

function withoutVersion(resource: StoredResource): Resource {
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...meta } = resource.meta;
  const { meta: _meta, ...rest } = resource;
  return Object.keys(meta).length === 0 ? rest : { ...rest, meta };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}
