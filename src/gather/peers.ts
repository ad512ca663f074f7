import { isMissing } from '../model/fact.js';
import { aiSystemBinding } from '../model/subjects.js';
import type { Credentials } from './contexts.js';
import type { PeerTools, RunDocuments } from './probe.js';
import { ExchangeFault } from './request.js';
import type { Bases, Recorder, Scope } from './recorder.js';
import { Session } from './session.js';

/** How another organization is reached. */
export interface PeerAccess {
  readonly bases: Bases;
  readonly credentials: Credentials;
}

/** Context of requests the product's own client at another organization makes. */
export const peerContext = 'peer';

/** What may be sent to another organization: reads, and nothing else. Undefined when it is not one of the run's. */
export function peerTools(options: {
  readonly id: string;
  readonly documents: RunDocuments;
  readonly access: PeerAccess | undefined;
  readonly recorder: Recorder;
  readonly ai: () => Session | undefined;
  /** Sessions at other organizations made so far in this run. */
  readonly sessions: Map<string, Session | undefined>;
  readonly scope: Scope;
  readonly signInSpacingMs: number;
}): PeerTools | undefined {
  const { id, documents, access, recorder, sessions, scope } = options;
  const peer = documents.peers?.find(({ organization }) => organization.metadata.id === id);
  if (peer === undefined || access === undefined) return undefined;
  if (!sessions.has(id)) sessions.set(id, ownSession());
  const own = sessions.get(id);
  return {
    peer,
    async presentOwnToken(resourceType, resourceId) {
      const session = options.ai();
      if (session === undefined) throw new ExchangeFault('no-credential', 'no session for ai', undefined);
      const request = { method: 'GET', path: `${resourceType}/${resourceId}`, peer: id } as const;
      return recorder.send(scope, session.context, request, await session.authorization());
    },
    own: own && {
      read: (resourceType, resourceId) => own.send(scope, { method: 'GET', path: `${resourceType}/${resourceId}` }),
      signedIn: () => own.signedIn(),
    },
  };

  function ownSession(): Session | undefined {
    const binding = aiSystemBinding(documents.contract, peer!.organization, peer!.environmentId);
    const credential = binding && access!.credentials.get(binding.id);
    const { tokenUrl } = peer!.environment;
    if (binding === undefined || credential === undefined || isMissing(credential) || tokenUrl === undefined)
      return undefined;
    const { signInSpacingMs } = options;
    return new Session({ context: peerContext, binding, credential, tokenUrl, recorder, peer: id, signInSpacingMs });
  }
}
