import type { Client } from './probe.js';
import type { Scope } from './recorder.js';
import type { Session } from './session.js';
import type { Writer } from './writer.js';

/** A session bound to one probe, subject and template budget. */
export function clientOf(session: Session, scope: Scope, writer: Writer, context: string): Client {
  return {
    context,
    bindingId: session.binding.id,
    get grantedScopes() {
      return session.grantedScopes;
    },
    read: (resourceType, id, headers) =>
      session.send(scope, { method: 'GET', path: `${resourceType}/${id}`, ...(headers && { headers }) }),
    search: (resourceType, parameters, headers) =>
      session.send(scope, {
        method: 'POST',
        path: `${resourceType}/_search`,
        form: parameters,
        ...(headers && { headers }),
      }),
    send: (request) => session.send(scope, request),
    write: (change) => writer.write(session, scope, change),
    writeBundle: (change) => writer.writeBundle(session, scope, change),
    signedIn: () => session.signedIn(),
    allowed: (ask) => {
      const { justGiven } = session;
      if (justGiven === undefined) return ask();
      scope.exchanges.push(justGiven);
      return Promise.resolve(true);
    },
  };
}
