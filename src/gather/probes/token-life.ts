import { readSmartConfiguration } from '../../fhir/smart-configuration.js';
import { missing, type FactValue } from '../../model/fact.js';
import { discoveryPaths, ownDiscovery } from '../discovery.js';
import { readableByExpendable, readableObject } from '../expendable-reading.js';
import type { HeldToken } from '../held-token.js';
import { knownObjectTemplates } from '../known-objects.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { seenOfRead } from '../seen.js';
import { earlyToken } from './early-token.js';

type Life = FactValue<'token-life'>;
type Introspected = NonNullable<Life['introspected']>;

/** Clocks of servers may be off, and many allow for it. */
const graceMs = { simulator: 1_000, other: 60_000 } as const;
const waitAtMostMs = { simulator: 10_000, other: 90_000 } as const;
/** A revoked token is looked at again after these pauses; the first look is at once. */
const looksAfterMs = { simulator: [0, 1_000], other: [0, 15_000, 45_000] } as const;

/** The early token after its end, and another one that is introspected, withdrawn and used again, between uses that work. */
export default defineProbe({
  id: 'token-life',
  phase: 'negative',
  subjects: 'run',
  needs: ['ai', 'expendable'],
  writes: 'none',
  brings: ['token-life'],
  sends(_subject, documents) {
    if (documents.organization.limits?.authNegativeTests !== true) return [];
    const token = { context: 'expendable', method: 'POST', purpose: 'token' } as const;
    return [
      ...knownObjectTemplates(documents),
      { context: 'anonymous', method: 'GET', path: discoveryPaths.smart, most: 1 },
      { ...token, path: '', most: 3 },
      { ...token, path: 'introspect', most: 3 },
      { ...token, path: 'revoke', most: 1 },
      ...readableByExpendable(documents).map(
        (type) => ({ context: 'expendable', method: 'GET', path: `${type}/{id}`, most: 8 }) as const,
      ),
    ];
  },
  async run(_subject, tools) {
    if (tools.organization.limits?.authNegativeTests !== true)
      return { 'token-life': missing('prerequisite-failed', 'limits.authNegativeTests is not agreed') };
    const object = await readableObject(tools);
    if (object === undefined)
      return { 'token-life': missing('no-test-object', 'nothing the expendable client may read is known') };
    const early = await tools.heldToken(earlyToken);
    await endOf(early, tools);
    const use = async (
      token: HeldToken,
    ): Promise<Pick<Answer, 'status'> & { seen: Life['usedRevoked'][number]['seen'] }> => {
      const answer = await token.read(object.type, object.id);
      return { status: answer.status, seen: seenOfRead(answer, object.type) };
    };
    const works = async (token: HeldToken): Promise<boolean> => (await use(token)).seen === 'data';
    const endpoints = await endpointsOf(tools);
    const fresh = await tools.heldToken('fresh');
    const worksBefore = await works(fresh);
    const ended = hasEnded(early, tools);
    const afterEnd = ended ? { secondsAfter: secondsPast(early), ...(await use(early)) } : null;
    const introspected = await introspect(fresh, endpoints.introspection);
    const endedIsActive = ended ? (await introspect(early, endpoints.introspection))?.active : null;
    const worksBetween = await works(fresh);
    const revocation =
      endpoints.revocation.state === 'usable' ? await fresh.revoke(endpoints.revocation.url) : undefined;
    const usedRevoked: Life['usedRevoked'] = [];
    const startedMs = performance.now();
    for (const pauseMs of revocation?.ok === true ? looksAfterMs[kindOf(tools)] : []) {
      if (pauseMs > 0) await tools.pause(pauseMs);
      const secondsAfter = Math.round((performance.now() - startedMs) / 1_000);
      const seen = await use(fresh);
      usedRevoked.push({ secondsAfter, ...seen });
      if (seen.seen !== 'data') break;
    }
    const revokedIsActive = revocation?.ok === true ? (await introspect(fresh, endpoints.introspection))?.active : null;
    const worksAfter = await works(await tools.heldToken('last'));
    return {
      'token-life': {
        worksBefore,
        worksBetween,
        worksAfter,
        afterEnd,
        introspection: endpoints.introspection.state,
        introspected: introspected ?? null,
        endedIsActive: endedIsActive ?? null,
        revokedIsActive: revokedIsActive ?? null,
        revocation: endpoints.revocation.state,
        revocationStatus: revocation?.status ?? null,
        usedRevoked,
      },
    };
  },
});

const kindOf = ({ environmentClass }: ProbeTools) => (environmentClass === 'simulator' ? 'simulator' : 'other');

const endsAtMs = ({ record, obtainedAtMs }: HeldToken): number =>
  record.expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : obtainedAtMs + record.expiresInSeconds * 1_000;

const secondsPast = (token: HeldToken): number => Math.floor((performance.now() - endsAtMs(token)) / 1_000);

const hasEnded = (token: HeldToken, tools: ProbeTools): boolean =>
  performance.now() >= endsAtMs(token) + graceMs[kindOf(tools)];

/** Waits for it where it is not far. */
async function endOf(token: HeldToken, tools: ProbeTools): Promise<void> {
  const leftMs = endsAtMs(token) + graceMs[kindOf(tools)] - performance.now();
  if (leftMs > 0 && leftMs <= waitAtMostMs[kindOf(tools)]) await tools.pause(Math.ceil(leftMs) + 1);
}

type Endpoint = { readonly state: 'usable'; readonly url: string } | { readonly state: 'not-named' | 'not-listed' };

/** Endpoints the discovery document names, as far as they lie where the token URL does. */
async function endpointsOf(
  tools: ProbeTools,
): Promise<{ readonly introspection: Endpoint; readonly revocation: Endpoint }> {
  const { environment } = tools;
  const { json } = await ownDiscovery(tools, 'smart');
  const { introspection_endpoint: introspection, revocation_endpoint: revocation } =
    readSmartConfiguration(json)?.addresses ?? {};
  const listed = environment.tokenUrl === undefined ? undefined : new URL(environment.tokenUrl).origin;
  const endpoint = (url: string | undefined): Endpoint => {
    if (url === undefined) return { state: 'not-named' };
    return URL.canParse(url) && new URL(url).origin === listed ? { state: 'usable', url } : { state: 'not-listed' };
  };
  return { introspection: endpoint(introspection), revocation: endpoint(revocation) };
}

async function introspect(token: HeldToken, endpoint: Endpoint): Promise<Introspected | undefined> {
  if (endpoint.state !== 'usable') return undefined;
  let answer: Answer;
  try {
    answer = await token.introspect(endpoint.url);
  } catch (error) {
    if (error instanceof ExchangeFault && error.reason === 'unavailable') return undefined;
    throw error;
  }
  const { status, json } = answer;
  const body = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  return {
    status,
    active: typeof body['active'] === 'boolean' ? body['active'] : null,
    states: (['scope', 'client_id', 'exp'] as const).filter((member) => body[member] !== undefined),
  };
}
