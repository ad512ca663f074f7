import { isUserFacing } from '../../model/app-clients.js';
import { isMissing, missing, type FactValue } from '../../model/fact.js';
import type { AppSignIn } from '../app-sign-in.js';
import { signInTemplates } from '../apps.js';
import { openable } from '../openable.js';
import { defineProbe } from '../probe.js';

type Way = FactValue<'redirect-trials'>['trials'][number]['way'];

/** Names nobody can own: https://www.rfc-editor.org/rfc/rfc2606 */
const foreignHost = 'scorecard-foreign.invalid';
const foreignAudience = `https://${foreignHost}/fhir`;
const loopback = ['127.0.0.1', '[::1]', 'localhost'];

/** Addresses that are almost the registered one. A changed port is allowed on loopback (RFC 8252), and plain http there is usual. */
export function almost(registered: string): { readonly way: Way; readonly address: string }[] {
  const changed = (change: (address: URL) => void): string => {
    const address = new URL(registered);
    change(address);
    return address.href;
  };
  const { hostname, protocol, pathname, host } = new URL(registered);
  const ways: { readonly way: Way; readonly address: string }[] = [
    { way: 'host', address: changed((url) => (url.host = foreignHost)) },
    { way: 'user-information', address: registered.replace(`//${host}`, `//${host}@${foreignHost}`) },
    { way: 'path', address: changed((url) => (url.pathname = `${pathname.replace(/\/$/, '')}/extra`)) },
    { way: 'query', address: changed((url) => url.searchParams.set('next', 'elsewhere')) },
    {
      way: 'trailing-slash',
      address: changed((url) => (url.pathname = pathname.endsWith('/') ? pathname.slice(0, -1) : `${pathname}/`)),
    },
  ];
  if (!loopback.includes(hostname)) {
    ways.push({ way: 'port', address: changed((url) => (url.port = url.port === '8444' ? '8445' : '8444')) });
    if (protocol === 'https:') ways.push({ way: 'scheme', address: registered.replace(/^https:/, 'http:') });
  }
  // The path of an address without one is a slash: taking it away changes nothing.
  return ways.filter(({ address }) => new URL(address).href !== new URL(registered).href);
}

/** Where a server sends a person who was told to come back to an address that is not registered, and for which FHIR base. */
export default defineProbe({
  id: 'redirect-trials',
  phase: 'negative',
  subjects: 'run',
  when: (_subject, { contract, organization }) => isUserFacing(contract, organization),
  needs: [],
  writes: 'none',
  brings: ['redirect-trials'],
  // Eight bad ones at most share nine good ones.
  sends: () => signInTemplates('expendable', 17),
  async run(_subject, { app: appOf, organization, environmentClass }) {
    const app = appOf('expendable');
    if (isMissing(app)) return { 'redirect-trials': app };
    if (environmentClass !== 'simulator')
      return {
        'redirect-trials': missing(
          'tool-limited',
          'a person’s browser does not tell the tool where else it was sent; try the addresses by hand, or on a simulator',
        ),
      };
    const [on] = openable(organization);
    const [registered] = app.binding.redirectUris ?? [];
    if (on === undefined || registered === undefined)
      return { 'redirect-trials': missing('no-test-object', 'no test patient or no redirectUris are listed') };
    const addresses = almost(registered);
    const results = await app.refused([
      ...addresses.map(({ address }) => ({ on, change: { redirectUri: address } })),
      { on, change: { aud: foreignAudience } },
    ]);
    const trials = addresses.flatMap(({ way }, index) => {
      const result = results[index];
      return result === undefined ? [] : [{ way, status: result.status, sentTo: sentTo(result) }];
    });
    const last = results.at(-1);
    const audience = { status: last?.status ?? 0, token: last?.first?.token !== undefined };
    return { 'redirect-trials': { trials, audience } };
  },
});

const sentTo = (result: AppSignIn) => (result.sentTo === 'elsewhere' ? ('given' as const) : result.sentTo);
