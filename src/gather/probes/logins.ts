import type { OrganizationProfile } from '../../model/documents/organization.js';
import type { FactValue } from '../../model/fact.js';
import { defineProbe } from '../probe.js';

type Login = FactValue<'logins'>[number];

/** Who signs in as whom, by the organization files. Sends nothing and resolves no reference. */
export default defineProbe({
  id: 'logins',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  brings: ['logins'],
  sends: () => [],
  run(_, { organization, environmentId, peers = [] }) {
    const logins = new Map<string, Login>();
    for (const [profile, environment] of [
      [organization, environmentId] as const,
      ...peers.map((peer) => [peer.organization, peer.environmentId] as const),
    ]) {
      for (const { key, of, holder } of holdersIn(profile, environment)) {
        const login = logins.get(key) ?? { of, holders: [] };
        login.holders.push(holder);
        logins.set(key, login);
      }
    }
    return Promise.resolve({ logins: [...logins.values()] });
  },
});

interface Held {
  /** Two of the same key are the same login. */
  readonly key: string;
  readonly of: Login['of'];
  readonly holder: Login['holders'][number];
}

function holdersIn({ metadata: { id: organization }, auth, contexts = [] }: OrganizationProfile, environment: string) {
  const bindings = (auth?.bindings ?? []).filter((binding) => binding.environment === environment);
  const held: Held[] = [];
  for (const { id: context, role, binding, user } of contexts) {
    if (user === undefined || !bindings.some(({ id }) => id === binding)) continue;
    // A file lies in the folder of its own profile; a variable of the environment is the same for all of them.
    const scope = user.ref.startsWith('env:') ? '' : organization;
    held.push({
      key: `person ${scope} ${user.ref}`,
      of: 'person',
      holder: { organization, context, binding, role },
    });
  }
  for (const { id, flow, usedBy, clientId } of bindings) {
    if (flow !== 'backend') continue;
    const of = 'client';
    // Without a client id of its own nothing says that it is another binding's client.
    const key = `client ${organization} ${clientId === undefined ? `of ${id}` : JSON.stringify(clientId)}`;
    const own = contexts.filter(({ binding }) => binding === id);
    for (const { id: context, role } of own) {
      held.push({ key, of, holder: { organization, context, binding: id, role } });
    }
    if (own.length === 0 && usedBy === 'staff') {
      held.push({ key, of, holder: { organization, context: id, binding: id, role: 'staff' } });
    }
  }
  return held;
}
