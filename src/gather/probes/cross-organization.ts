import { missing } from '../../model/fact.js';
import { provenAtPeer } from '../peer-patient.js';
import { peerContext } from '../peers.js';
import { defineProbe, type PeerTools, type ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { seenOf, seenOfRead } from '../seen.js';

/** Token, client and patient of the run's organization at another one, between reads that work at home. */
export default defineProbe({
  id: 'cross-organization',
  phase: 'negative',
  subjects: 'peer',
  needs: ['ai'],
  writes: 'none',
  brings: ['cross-organization'],
  sends({ item: { organizationId: peer } }) {
    const read = { method: 'GET', path: 'Patient/{id}' } as const;
    const signIn = { context: 'expendable', method: 'POST', path: '', purpose: 'token' } as const;
    return [
      { ...read, context: 'ai', most: 2 },
      { ...read, context: 'ai', peer, most: 2 },
      { ...read, context: peerContext, peer, most: 2 },
      { ...signIn, most: 2 },
      { ...signIn, peer, most: 1 },
    ] satisfies RequestTemplate[];
  },
  async run({ item: { organizationId } }, tools) {
    const { clients, cases, peer: peerOf, environmentClass } = tools;
    const other = peerOf(organizationId);
    const own = cases.patients()[0];
    if (other === undefined)
      return { 'cross-organization': missing('no-peer', 'the other organization is not reached') };
    if (environmentClass === 'production' || other.peer.environmentClass === 'production')
      return { 'cross-organization': missing('tool-limited', 'production is never tested negatively') };
    if (own === undefined) return { 'cross-organization': missing('no-test-object', 'no test patient is listed') };
    await cases.proven(own);
    const works = async (): Promise<boolean> =>
      seenOfRead(await clients.ai.read('Patient', own.id), 'Patient') === 'data';
    const worksBefore = await works();
    const [listed] = other.peer.organization.testData?.patients ?? [];
    const theirs = (await provenAtPeer(other, listed)) && listed?.id;
    const foreignToken = [];
    for (const [patientOf, id] of [['peer', theirs] as const, ['own', own.id] as const]) {
      if (id === undefined) continue;
      const answer = await other.presentOwnToken('Patient', id);
      foreignToken.push({ patientOf, status: answer.status, seen: seenOfRead(answer, 'Patient') });
    }
    const foreignPatient = theirs === undefined ? null : await patientAt(other, own);
    const foreignClient = await clientAt(organizationId, tools);
    return {
      'cross-organization': { worksBefore, worksAfter: await works(), foreignToken, foreignClient, foreignPatient },
    };
  },
});

/** The peer may have a patient of the same id: only one that carries our canary is ours. */
async function patientAt({ own: client }: PeerTools, own: { readonly id: string; readonly canary: string }) {
  if (client === undefined) return null;
  const { status, resource } = await client.read('Patient', own.id);
  const ours = resource?.resourceType === 'Patient' && JSON.stringify(resource).includes(own.canary);
  return { status, seen: seenOf(status, ours) };
}

/** Null where such a test is not agreed or no expendable client can make it. */
async function clientAt(peer: string, { negativeSignIn }: ProbeTools) {
  try {
    const { usableToken, status } = await negativeSignIn({ peer });
    return { status, token: usableToken };
  } catch (error) {
    const notMade = ['no-credential', 'prerequisite-failed', 'tool-limited', 'cap', 'origin-not-listed'];
    if (error instanceof ExchangeFault && notMade.includes(error.reason)) return null;
    throw error;
  }
}
