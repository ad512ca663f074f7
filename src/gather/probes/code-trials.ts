import { scopesAllow } from '../../fhir/scopes.js';
import { isUserFacing } from '../../model/app-clients.js';
import { isMissing, missing, type FactValue } from '../../model/fact.js';
import type { AppChange, AppSignIn } from '../app-sign-in.js';
import { appContexts, signInTemplates, type App } from '../apps.js';
import { openable } from '../openable.js';
import type { OpenedOn } from '../person.js';
import { defineProbe } from '../probe.js';

type Trial = FactValue<'code-trials'>['trials'][number];

const bad: readonly { readonly way: Trial['way']; readonly change: AppChange }[] = [
  { way: 'another-verifier', change: { verifier: 'another' } },
  { way: 'no-verifier', change: { verifier: 'none' } },
  { way: 'plain', change: { challenge: 'plain' } },
];

/** What becomes of a stolen code: another verifier, none, a plain challenge, and a code sent twice. */
export default defineProbe({
  id: 'code-trials',
  phase: 'negative',
  subjects: 'run',
  when: (_subject, { contract, organization }) => isUserFacing(contract, organization),
  needs: [],
  writes: 'none',
  brings: ['code-trials'],
  sends: () => [
    // Four bad ones share five good ones; one more shows what its token may read.
    ...signInTemplates('expendable', 10),
    { context: appContexts.expendable, method: 'GET', path: 'Patient/{id}', most: 2 },
  ],
  async run(_subject, { app: appOf, organization }) {
    const app = appOf('expendable');
    if (isMissing(app)) return { 'code-trials': app };
    const [on] = openable(organization);
    if (on === undefined) return { 'code-trials': missing('no-test-object', 'no test patient is listed') };
    const changes = [...bad.map(({ change }) => change), { codeTwice: true } as const];
    const results = await app.refused(changes.map((change) => ({ on, change })));
    const again = results.at(-1);
    if (again?.second === undefined)
      return { 'code-trials': missing('control-failed', 'a right code gave no token to be asked for twice') };
    const trials = bad.flatMap(({ way }, index) => {
      const result = results[index];
      return result === undefined ? [] : [trialOf(way, result)];
    });
    const { status, usableToken } = again.second.record;
    const firstTokenLives = await firstTokenReads(app, again, on);
    return { 'code-trials': { trials, reuse: { status, token: usableToken, firstTokenLives } } };
  },
});

const trialOf = (way: Trial['way'], { ended, status, first }: AppSignIn): Trial => ({
  way,
  at: ended === 'exchanged' ? 'token' : 'authorization',
  status,
  token: first?.token !== undefined,
});

/** Null where even the token of an undisturbed sign-in reads nothing. */
async function firstTokenReads(app: App, { first }: AppSignIn, on: OpenedOn): Promise<boolean | null> {
  if (first?.token === undefined || !scopesAllow(app.binding.scopes ?? [], 'Patient', 'r')) return null;
  const request = { method: 'GET', path: `Patient/${on.patient}` } as const;
  const stolen = await app.send(first.token, request);
  if (stolen.ok) return true;
  const { first: fresh } = await app.signIn(on);
  if (fresh?.token === undefined || !(await app.send(fresh.token, request)).ok) return null;
  return false;
}
