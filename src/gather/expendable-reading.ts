import { readScope, scopesAllow } from '../fhir/scopes.js';
import { knownObjects } from './known-objects.js';
import type { ProbeTools, RunDocuments } from './probe.js';

/** Types the expendable client asks to read, in the order of its scopes. */
export function readableByExpendable({
  organization,
  environmentId,
}: Pick<RunDocuments, 'organization' | 'environmentId'>): string[] {
  const scopes =
    organization.auth?.bindings?.find(
      (each) => each.expendable === true && each.environment === environmentId && each.flow === 'backend',
    )?.scopes ?? [];
  return [...new Set(scopes.flatMap((scope) => readScope(scope)?.resourceType ?? []))].filter(
    (type) => type !== '*' && scopesAllow(scopes, type, 'r'),
  );
}

/** A known object it may read: the control around what it may not. */
export async function readableObject(
  tools: ProbeTools,
): Promise<{ readonly type: string; readonly id: string } | undefined> {
  const known = await knownObjects(tools);
  return readableByExpendable(tools).flatMap((type) => {
    const object = known.get(type);
    return object === undefined ? [] : [{ type, id: object.id }];
  })[0];
}
