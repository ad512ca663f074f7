import { readSmartConfiguration } from '../../fhir/smart-configuration.js';
import { isUserFacing } from '../../model/app-clients.js';
import { isMissing, missing, type FactValue, type Missing } from '../../model/fact.js';
import type { AppSignIn } from '../app-sign-in.js';
import { keySetTemplate, signInTemplates, type App } from '../apps.js';
import { openable } from '../openable.js';
import type { OpenedOn } from '../person.js';
import { defineProbe, type ProbeTools } from '../probe.js';

type Fact = FactValue<'launch-context'>;

const members = ['patient', 'encounter', 'fhirContext', 'need_patient_banner', 'tenant', 'intent'] as const;

/** Opens the app on two test patients one after the other, and reads what comes with each token. */
export default defineProbe({
  id: 'launch-context',
  phase: 'read',
  subjects: 'run',
  when: (_subject, { contract, organization }) => isUserFacing(contract, organization),
  needs: [],
  writes: 'none',
  brings: ['launch-context'],
  sends: () => [
    ...signInTemplates('ai', 2),
    { context: 'anonymous', method: 'GET', path: '.well-known/smart-configuration', most: 1 },
    keySetTemplate('ai'),
  ],
  async run(_subject, tools) {
    const app = tools.app('ai');
    if (isMissing(app)) return { 'launch-context': app };
    const patients = openable(tools.organization).slice(0, 2);
    if (patients.length === 0) return { 'launch-context': missing('no-test-object', 'no test patient is listed') };
    const openings: Fact['openings'] = [];
    let last: AppSignIn | undefined;
    for (const [index, on] of patients.entries()) {
      last = await app.signIn(on);
      openings.push(openingOf(last, on, patients[index - 1], app.binding.scopes ?? []));
    }
    const by: Fact['by'] = last?.launched === true ? 'launch' : 'choice';
    const idToken = last === undefined ? null : await idTokenOf(app, last, tools);
    return { 'launch-context': isMissing(idToken) ? idToken : { by, openings, idToken } };
  },
});

function openingOf(
  { first, status, launched }: AppSignIn,
  on: OpenedOn,
  before: OpenedOn | undefined,
  scopes: readonly string[],
): Fact['openings'][number] {
  const said = first?.members ?? {};
  const compare = (given: unknown, open: string, previous: string | undefined) =>
    given === undefined
      ? ('absent' as const)
      : given === open
        ? ('right' as const)
        : previous !== undefined && given === previous
          ? ('previous' as const)
          : ('wrong' as const);
  return {
    status,
    token: first?.token !== undefined,
    patient: compare(said['patient'], on.patient, before?.patient),
    encounter:
      on.encounter === undefined || !(launched || scopes.includes('launch/encounter'))
        ? null
        : compare(said['encounter'], on.encounter, before?.encounter),
    members: members.filter((member) => said[member] !== undefined && said[member] !== null),
  };
}

/** By the issuer and the key set the server's own discovery document names. */
async function idTokenOf(
  app: App,
  signIn: AppSignIn,
  { anonymous, organization }: ProbeTools,
): Promise<Fact['idToken'] | Missing> {
  if (app.binding.scopes?.includes('openid') !== true || signIn.first?.token === undefined) return null;
  const { json } = await anonymous({ method: 'GET', path: '.well-known/smart-configuration' });
  const { issuer, jwks_uri: keySet } = readSmartConfiguration(json)?.addresses ?? {};
  if (issuer === undefined || keySet === undefined || !URL.canParse(keySet))
    return missing('prerequisite-failed', 'discovery names no issuer and key set to verify the id_token with');
  const found = await app.idToken(signIn, { issuer, keySet });
  const unproven = { signed: false, issuer: false, audience: false, inTime: false, nonce: false } as const;
  if (found === undefined) return { readable: false, ...unproven, fhirUser: 'absent' };
  const { fhirUser, ...proven } = found;
  const stated = (organization.contexts ?? []).find(({ binding }) => binding === app.binding.id)?.fhirUser;
  return {
    readable: true,
    ...proven,
    fhirUser:
      fhirUser === undefined
        ? 'absent'
        : stated === undefined
          ? 'stated'
          : fhirUser === stated || fhirUser.endsWith(`/${stated}`)
            ? 'right'
            : 'wrong',
  };
}
