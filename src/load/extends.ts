import type { LocatedList, LocatedMap, LocatedNode } from './yaml-tree.js';

/**
 * A document over its template: maps merge key by key, lists whose items carry an `id` merge by id (own items keep
 * their order after the template's), everything else is replaced. The result's own nodes keep their places.
 */
export function mergeOver(own: LocatedNode, template: LocatedNode): LocatedNode {
  if (own.kind === 'map' && template.kind === 'map') return mergeMaps(own, template);
  if (own.kind === 'list' && template.kind === 'list' && listHasIds(own) && listHasIds(template)) {
    return mergeLists(own, template);
  }
  return own;
}

function mergeMaps(own: LocatedMap, template: LocatedMap): LocatedMap {
  const entries = new Map(template.entries);
  for (const [key, entry] of own.entries) {
    const inherited = template.entries.get(key);
    entries.set(key, inherited === undefined ? entry : { ...entry, node: mergeOver(entry.node, inherited.node) });
  }
  return { ...own, entries };
}

function mergeLists(own: LocatedList, template: LocatedList): LocatedList {
  const ownById = new Map(own.items.map((item) => [itemId(item), item]));
  const merged = template.items.map((item) => {
    const replacement = ownById.get(itemId(item));
    ownById.delete(itemId(item));
    return replacement === undefined ? item : mergeOver(replacement, item);
  });
  return { ...own, items: [...merged, ...ownById.values()] };
}

function listHasIds(list: LocatedList): boolean {
  return list.items.length > 0 && list.items.every((item) => itemId(item) !== undefined);
}

function itemId(item: LocatedNode): unknown {
  const id = item.kind === 'map' ? item.entries.get('id')?.node : undefined;
  return id?.kind === 'scalar' ? id.value : undefined;
}
