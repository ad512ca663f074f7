import { hasScreens } from '../../model/product-screens.js';
import { missing } from '../../model/fact.js';
import { foreignHost, openForeignIssuer } from '../observers/foreign-issuer.js';
import { callbackTrials } from '../observers/launch-callbacks.js';
import { endedOf, isSame, Play, type LaunchTrial } from '../observers/launch-play.js';
import { launchPlayerContext, launchPlayerTemplate } from '../observers/launch-player.js';
import { bitsAtMost, fewestToCompare } from '../observers/state-bits.js';
import { openable } from '../openable.js';
import { personTemplates } from '../person.js';
import { defineProbe, type ProbeTools } from '../probe.js';

const mostVisits = 50;
const mostSignIns = 11;

/** Launches of the AI system's app with wrong parameters, and callbacks with a wrong `state` or code, each in a browser of its own. */
export default defineProbe({
  id: 'launch-trials',
  phase: 'negative',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  needs: [],
  writes: 'none',
  brings: ['launch-trials'],
  sends: (_subject, { organization, environmentClass }) =>
    organization.aiSystem?.launchUrl === undefined
      ? []
      : [
          launchPlayerTemplate(mostVisits),
          ...(environmentClass === 'simulator' ? personTemplates(launchPlayerContext, mostSignIns) : []),
        ],
  async run(_subject, tools) {
    const { launchPlayer: player, environment, organization } = tools;
    if (player === undefined)
      return { 'launch-trials': missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file') };
    const { authorizeUrl } = environment;
    if (authorizeUrl === undefined)
      return { 'launch-trials': missing('no-ai-system', 'authorizeUrl is not in the organization file') };
    const play = new Play(player, { ...player, authorizeUrl }, tools.random);
    if ((await play.launch()) === undefined)
      return {
        'launch-trials': missing('control-failed', 'a right launch did not lead to the sign-in page of the EHR'),
      };
    const launches = await launchTrials(play, tools);
    if ((await play.launch()) === undefined)
      return { 'launch-trials': missing('control-failed', 'a right launch led nowhere after the wrong ones') };
    const [on] = openable(organization);
    const { person } = player;
    const agreed = organization.limits?.authNegativeTests === true;
    const tried =
      person === undefined || on === undefined || !agreed ? undefined : await callbackTrials(play, person, on);
    const whyNot = person === undefined || on === undefined ? 'nobody-signs-in' : 'not-agreed';
    const whyNotAll = tried === undefined ? whyNot : tried.controlled ? null : 'session-not-seen';
    const { states } = play;
    for (let more = states.length; more < fewestToCompare; more++) await play.launch();
    return {
      'launch-trials': {
        launches,
        callbacks: tried === undefined ? null : [...tried.trials],
        callbacksWhy: whyNotAll,
        state: { seen: states.length, distinct: new Set(states).size, bitsAtMost: bitsAtMost(states) },
      },
    };
  },
});

async function launchTrials(play: Play, { environment: { fhirBase }, peers = [] }: ProbeTools): Promise<LaunchTrial[]> {
  const foreign = await openForeignIssuer(play.player.launchUrl);
  const base = new URL(fhirBase);
  const changed = (change: (address: URL) => void): string => {
    const address = new URL(base);
    change(address);
    return address.href;
  };
  const wrong: readonly (readonly [LaunchTrial['way'], Readonly<Record<string, string>>])[] = [
    ['unknown-issuer', { iss: foreign.base, launch: play.word() }],
    [
      'look-alike-host',
      { iss: changed((url) => (url.hostname = `${base.hostname}.${foreignHost}`)), launch: play.word() },
    ],
    [
      'look-alike-user',
      { iss: fhirBase.replace(`//${base.host}`, `//${base.host}@${foreignHost}`), launch: play.word() },
    ],
    ['longer-address', { iss: `${fhirBase.replace(/\/$/, '')}-other`, launch: play.word() }],
    ['missing-launch', { iss: fhirBase }],
  ];
  const trials: LaunchTrial[] = [];
  try {
    for (const [way, parameters] of wrong) {
      const ending = await play.open(play.player.newBrowser(), parameters);
      trials.push({ way, status: ending.status, ended: endedOf(ending, ending.kind === 'sent-away') });
    }
  } finally {
    await foreign.close();
  }
  const [peer] = peers;
  if (peer !== undefined && peer.environment.fhirBase !== fhirBase) {
    const ending = await play.open(play.player.newBrowser(), { iss: peer.environment.fhirBase, launch: play.word() });
    // Its own sign-in page is right where the product serves it too.
    const { authorizeUrl } = peer.environment;
    const right = ending.kind === 'sent-away' && authorizeUrl !== undefined && isSame(ending.to, new URL(authorizeUrl));
    const known = authorizeUrl !== undefined || play.leadsToSignIn(ending);
    const accepted = ending.kind === 'sent-away' && !right && known;
    trials.push({ way: 'other-organization', status: ending.status, ended: endedOf(ending, accepted) });
  }
  return trials;
}
