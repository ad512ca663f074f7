import type { PeerOrganization } from '../gather/probe.js';
import type { InputDocument } from '../gather/run-folder.js';
import { effectiveClass } from '../gather/write-policy.js';
import { loadOrganization, type LoadOptions } from '../load/documents.js';
import { ToolError } from '../model/errors.js';
import { decisionEnvironment } from '../model/subjects.js';

/** Another organization of the same product, in its environment that decides. */
export interface PeerInput {
  /** Of the organization file; its references lie beside it. */
  readonly path: string;
  readonly peer: PeerOrganization;
  readonly input: InputDocument;
}

/** @throws ToolError (exit 2) `peer-twice`, `no-environment`, or for an unreadable file */
export async function readPeers(
  paths: readonly string[],
  ownOrganizationId: string,
  options: LoadOptions,
): Promise<PeerInput[]> {
  const known = new Set([ownOrganizationId]);
  const peers: PeerInput[] = [];
  for (const [index, path] of paths.entries()) {
    const loaded = await loadOrganization(path, { ...options, judge: false });
    const { value: organization, name } = loaded;
    const { id } = organization.metadata;
    if (known.has(id)) {
      throw new ToolError('peer-twice', `${name} describes organization "${id}", which this run already has`, {
        span: loaded.span('/metadata/id'),
        next: 'Give the file of another organization with --peer.',
      });
    }
    known.add(id);
    const environmentId = decisionEnvironment(organization);
    const environment = environmentId === undefined ? undefined : organization.environments?.[environmentId];
    if (environmentId === undefined || environment === undefined) {
      throw new ToolError('no-environment', `${name} does not say which of its environments is meant`, {
        span: loaded.span('/environments'),
        next: 'Add metadata.decisionEnvironment, or leave one environment in the file.',
      });
    }
    const [bytes] = loaded.inputs.values();
    peers.push({
      path,
      peer: { organization, environmentId, environment, environmentClass: effectiveClass(environment) },
      input: { name: `peer-${index + 1}.yaml`, role: 'peer', bytes: bytes ?? new Uint8Array() },
    });
  }
  return peers;
}
