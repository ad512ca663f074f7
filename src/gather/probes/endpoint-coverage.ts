import { isMissing, missing, type FactValue } from '../../model/fact.js';
import { hasScreens } from '../../model/product-screens.js';
import { followLinks, mostPagesFollowed } from '../observers/followed-links.js';
import { isOpen, Play, type SignedInBrowser } from '../observers/launch-play.js';
import { launchPlayerContext, launchPlayerTemplate, type Browser } from '../observers/launch-player.js';
import { otherLogins, otherSessions, type OtherWay } from '../observers/other-sessions.js';
import { testCalls, type RouteCall } from '../observers/route-calls.js';
import { openable } from '../openable.js';
import { personTemplates, type OpenedOn } from '../person.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import type { Answer } from '../request.js';
import { routeListTemplate } from '../route-source.js';
import { marksOf, shownBy } from '../shown-patient.js';

type Fact = FactValue<'endpoint-coverage'>;
type Shown = Fact['calls'][number]['before'];

const mostCalls = 24;
/** The right one, another user, a lower role and another kind; each begins at the launch and ends after the callback. */
const mostSignIns = 4;
const visitsOfSignIn = 2;
/** Before and after, without a session, and with each of the others. */
const mostAskedOfCall = 7;

/** Every reading call of the product's route list, or without a list of the pages it leads to, with the right session and with those that have no right to the patient. */
export default defineProbe({
  id: 'endpoint-coverage',
  phase: 'negative',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['endpoint-coverage'],
  sends(_subject, { organization, environmentClass, peers = [] }) {
    const { launchUrl, routes } = organization.aiSystem ?? {};
    const signsIn = environmentClass === 'simulator';
    if (launchUrl === undefined || (routes === undefined && !signsIn)) return [];
    const [peer] = peers;
    const there = peer?.environmentClass === 'simulator' ? peer.organization.metadata.id : undefined;
    const followed = routes === undefined ? mostPagesFollowed : 0;
    return [
      ...routeListTemplate(organization),
      launchPlayerTemplate((mostSignIns + 1) * visitsOfSignIn, mostCalls * mostAskedOfCall + followed),
      ...(signsIn ? personTemplates(launchPlayerContext, mostSignIns) : []),
      ...(signsIn && there !== undefined
        ? [launchPlayerTemplate(visitsOfSignIn, 0, there), ...personTemplates(launchPlayerContext, 1, there)]
        : []),
    ];
  },
  async run(_subject, tools) {
    const { launchPlayer: player, organization, cases } = tools;
    if (player === undefined)
      return { 'endpoint-coverage': missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file') };
    if (organization.limits?.authNegativeTests !== true)
      return { 'endpoint-coverage': missing('prerequisite-failed', 'limits.authNegativeTests is not agreed') };
    const given = organization.aiSystem?.routes === undefined ? undefined : await tools.routes();
    if (isMissing(given)) return { 'endpoint-coverage': given };
    const patients = openedOn(tools);
    const testPatient = cases.patients().find(({ id }) => id === patients.on?.patient);
    if (patients.on === undefined || testPatient === undefined)
      return {
        'endpoint-coverage': missing('no-test-object', 'no test patient is listed on whom the app could be opened'),
      };
    const signsIn = player.authorizeUrl !== undefined && player.person !== undefined;
    if (given === undefined && !signsIn)
      return { 'endpoint-coverage': missing('no-ai-system', 'aiSystem.routes is not in the organization file') };
    const { patient } = await cases.proven(testPatient);
    const isOfProduct = (address: URL): boolean => address.origin === player.launchUrl.origin;
    const mine = await signInRightly(tools, patients.on);
    const right = !signsIn ? 'nobody-signs-in' : mine === undefined ? 'failed' : 'opened';
    const list = given ?? (mine && (await followLinks(mine.browser, mine.ending, isOfProduct)));
    const { calls, leftOut } =
      list === undefined
        ? { calls: [], leftOut: [] }
        : testCalls(list, { organization, on: patients.on, patient, isOfProduct }, mostCalls);
    const shows = shownBy(marksOf(patient, testPatient.canary));
    const tried = await tryAll(tools, calls, { ...patients, on: patients.on, shows, right, mine });
    return {
      'endpoint-coverage': {
        source: list?.source ?? 'links',
        right,
        ...tried,
        leftOut: leftOut.map(({ name, why }) => ({ call: name, why })),
      },
    };
  },
});

/** The session that has the patient open by right; undefined where nobody signs in, or the app did not open. */
async function signInRightly(
  { launchPlayer: player, random }: ProbeTools,
  on: OpenedOn,
): Promise<SignedInBrowser | undefined> {
  if (player?.authorizeUrl === undefined || player.person === undefined) return undefined;
  const { authorizeUrl, person } = player;
  const signedIn = await new Play(player, { ...player, authorizeUrl }, random).signIn(person, on);
  return signedIn !== undefined && isOpen(signedIn.ending) ? signedIn : undefined;
}

/** Whom the app is opened on, and somebody else; neither is a patient who signs in. */
function openedOn(tools: ProbeTools): { readonly on: OpenedOn | undefined; readonly other: OpenedOn | undefined } {
  const { otherKind } = otherLogins(tools);
  const [on, other] = openable(tools.organization).filter(
    ({ patient }) => otherKind?.fhirUser !== `Patient/${patient}`,
  );
  return { on, other };
}

async function tryAll(
  { launchPlayer: player, random, ...documents }: ProbeTools,
  calls: readonly RouteCall[],
  asked: {
    readonly on: OpenedOn;
    readonly other: OpenedOn | undefined;
    readonly shows: (answer: Answer | undefined) => boolean;
    readonly right: Fact['right'];
    readonly mine: SignedInBrowser | undefined;
  },
): Promise<Pick<Fact, 'sessions' | 'calls'>> {
  const { on, other, shows, right, mine } = asked;
  const results: Fact['calls'] = calls.map(({ name, namesPatient }) => ({
    call: name,
    namesPatient,
    before: 'not-asked',
    after: 'not-asked',
    tries: [],
  }));
  const sessions: Fact['sessions'] = [];
  if (player === undefined || right === 'failed') return { sessions, calls: results };

  const askRight = async (when: 'before' | 'after', browser: Browser): Promise<void> => {
    for (const [index, { url }] of calls.entries()) {
      const result = results[index];
      if (result === undefined || (when === 'after' && result.before !== 'data')) continue;
      result[when] = shownOf(await browser.ask(url), shows);
    }
  };
  /** Where a right session is, only what it was shown the patient by; with every cookie, whatever it was set for. */
  const askAs = async (way: OtherWay, browser: Browser): Promise<void> => {
    for (const [index, { url }] of calls.entries()) {
      const result = results[index];
      if (result === undefined || (mine !== undefined && result.before !== 'data')) continue;
      // What needs no session needs no right one either.
      if (result.tries[0]?.way === 'no-session' && result.tries[0].shown === 'data') continue;
      const answer = await browser.ask(url, 'all');
      result.tries.push({ way, shown: shownOf(answer, shows), status: answer?.status ?? 0 });
    }
  };
  if (mine !== undefined) await askRight('before', mine.browser);
  await askAs('no-session', player.newBrowser());
  if (mine === undefined) return { sessions, calls: results };
  for await (const { way, ended, browser } of otherSessions(player, documents, { on, other, random })) {
    sessions.push({ way, ended });
    if (browser !== undefined) await askAs(way, browser);
  }
  await askRight('after', mine.browser);
  return { sessions, calls: results };
}

/** A page to sign in on says so at once; a large one is no such page. */
const mostOfPage = 100_000;
const passwordField = /<input\b[^>]{0,2000}type\s*=\s*["']?password/i;

/** What an answer to a call is; a page to sign in on is a refusal, whatever its status. */
function shownOf(answer: Answer | undefined, shows: (answer: Answer | undefined) => boolean): Shown {
  if (answer === undefined) return 'fault';
  const { status, ok, headers, body } = answer;
  if (shows(answer)) return 'data';
  if (status >= 500 || status === 429) return 'fault';
  const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '');
  return ok && !(isPage && passwordField.test(new TextDecoder('utf-8').decode(body.subarray(0, mostOfPage))))
    ? 'open'
    : 'refused';
}
