import { isMissing, missing, type Missing } from '../../model/fact.js';
import { hasScreens } from '../../model/product-screens.js';
import { Play } from '../observers/launch-play.js';
import {
  launchPlayerContext,
  launchPlayerTemplate,
  type LaunchPlace,
  type LaunchPlayer,
} from '../observers/launch-player.js';
import { testCalls } from '../observers/route-calls.js';
import {
  compareSessions,
  mostAskedOfSides,
  mostCallsOfSide,
  visitsOfSides,
  type Side,
} from '../observers/two-organizations.js';
import { openable } from '../openable.js';
import { provenAtPeer } from '../peer-patient.js';
import { peerContext } from '../peers.js';
import { personTemplates } from '../person.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { routeListTemplate, type FoundRoutes } from '../route-source.js';
import { marksOf, shownBy } from '../shown-patient.js';

/** The app opened at two organizations in one browser, and each session tried on the calls of the other. */
export default defineProbe({
  id: 'session-isolation',
  phase: 'negative',
  subjects: 'peer',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['session-isolation'],
  sends({ item: { organizationId: id } }, { organization, environmentClass, peers = [] }) {
    const peer = peers.find((each) => each.organization.metadata.id === id);
    const simulators = environmentClass === 'simulator' && peer?.environmentClass === 'simulator';
    if (organization.aiSystem?.launchUrl === undefined || !simulators) return [];
    return [
      ...routeListTemplate(organization),
      ...routeListTemplate(peer.organization, id),
      launchPlayerTemplate(visitsOfSides, mostAskedOfSides),
      launchPlayerTemplate(visitsOfSides, mostAskedOfSides, id),
      ...personTemplates(launchPlayerContext, 1),
      ...personTemplates(launchPlayerContext, 2, id),
      { context: peerContext, method: 'GET', path: 'Patient/{id}', peer: id, most: 1 },
    ] satisfies RequestTemplate[];
  },
  async run({ item: { organizationId } }, tools) {
    const sides = await sidesOf(tools, organizationId);
    if (isMissing(sides)) return { 'session-isolation': sides };
    const compared = await compareSessions(sides.player, sides.own, sides.peer);
    return {
      'session-isolation': compared ?? missing('control-failed', 'a right launch and sign-in led nowhere'),
    };
  },
});

async function sidesOf(
  tools: ProbeTools,
  organizationId: string,
): Promise<{ readonly player: LaunchPlayer; readonly own: Side; readonly peer: Side } | Missing> {
  const { launchPlayer: player, organization, cases, random } = tools;
  if (player === undefined) return missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file');
  if (organization.limits?.authNegativeTests !== true)
    return missing('prerequisite-failed', 'limits.authNegativeTests is not agreed');
  const other = tools.peer(organizationId);
  const there = player.at(organizationId);
  if (other === undefined || there === undefined) return missing('no-peer', 'the other organization is not reached');
  const [on] = openable(organization);
  const [onThere] = openable(other.peer.organization);
  const testPatient = cases.patients().find(({ id }) => id === on?.patient);
  const theirs = other.peer.organization.testData?.patients?.find(({ id }) => id === onThere?.patient);
  if (on === undefined || onThere === undefined || testPatient === undefined || theirs === undefined)
    return missing('no-test-object', 'one of the two organization files lists no test patient to open the app on');
  const here = playOf(player, player, random);
  const elsewhere = playOf(player, there, random);
  if (here === undefined || elsewhere === undefined)
    return missing(
      'no-credential',
      'at one of the two organizations the tool can sign nobody in on the pages of the EHR',
    );
  const { patient } = await cases.proven(testPatient);
  const patientThere = await provenAtPeer(other, theirs);
  const marks = marksOf(patient, testPatient.canary);
  const marksThere = patientThere === undefined ? [theirs.canary] : marksOf(patientThere, theirs.canary);
  const routes = await orMissing(tools.routes());
  const ownList = other.peer.organization.aiSystem?.routes !== undefined;
  const routesThere = ownList ? await orMissing(tools.routes(organizationId)) : routes;
  const most = mostCallsOfSide + 1;
  return {
    player,
    own: {
      ...here,
      on,
      shows: shownBy(marks.filter((mark) => !marksThere.includes(mark))),
      ...testCalls(routes, { organization, on, patient, isOfProduct: player.isOfProduct }, most),
    },
    peer: {
      ...elsewhere,
      on: onThere,
      shows: shownBy(marksThere.filter((mark) => !marks.includes(mark))),
      ...testCalls(
        routesThere,
        {
          organization: other.peer.organization,
          on: onThere,
          patient: patientThere,
          isOfProduct: player.isOfProduct,
        },
        most,
      ),
    },
  };
}

function playOf(
  player: LaunchPlayer,
  place: LaunchPlace,
  random: () => number,
): Pick<Side, 'play' | 'person'> | undefined {
  const { authorizeUrl, person } = place;
  return authorizeUrl === undefined || person === undefined
    ? undefined
    : { play: new Play(player, { ...place, authorizeUrl }, random), person };
}

/** The page the app opens with is there without a list too. */
const orMissing = (asked: Promise<FoundRoutes | Missing>): Promise<FoundRoutes | Missing> =>
  asked.catch((error: unknown) => {
    if (error instanceof ExchangeFault) return missing(error.reason, error.message);
    throw error;
  });
