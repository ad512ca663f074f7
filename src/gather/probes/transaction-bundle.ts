import type { Bundle, BundleEntry, Resource } from 'fhir/r4.js';
import { explains, readSearchset } from '../../fhir/bundle.js';
import { performsBundle, speaksFhir } from '../../model/actions.js';
import { unknownCode } from '../invalid-bodies.js';
import { threeTries } from '../object-change.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';

const mostEntries = 10;
/** An index may take a moment to show what is there, and what should not be. */
const lookPausesMs = [0, 400, 1_500];
const tries = 3;

/** The contract's own bundle, and the same with one entry that cannot be stored. */
export default defineProbe({
  id: 'transaction-bundle',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => performsBundle(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['bundle-outcome'],
  sends: ({ item: { action, path } }) => {
    if (!speaksFhir(action, path?.via)) return [];
    const entries = entriesOf(action.body);
    const types = [...new Set(entries.map(({ resource }) => resource?.resourceType ?? ''))];
    return [
      { context: 'ai', method: 'POST', path: '', most: 1 + tries, mutates: true },
      ...types.map((type) => ({
        context: 'ai',
        method: 'POST' as const,
        path: `${type}/_search?identifier`,
        most: (entries.length + 1) * (1 + tries) * lookPausesMs.length,
      })),
    ];
  },
  async run({ item: { action, path } }, tools) {
    if (!speaksFhir(action, path?.via)) {
      throw new ExchangeFault('no-ai-system', 'only the product can perform this action', undefined);
    }
    const { body } = action;
    if (body === undefined) {
      throw new ExchangeFault('undecided', 'the contract gives no bundle for this action', undefined);
    }
    const { ai } = tools.clients;
    const valid = new Entries(tools, ai, await creates(tools, body));
    const accepted = await ai.writeBundle(valid);
    const visible = await valid.stored();
    const invalid = new Entries(tools, ai, withInvalidEntry(await creates(tools, body)));
    const { bundle, identifiers } = invalid;
    const { answer, stored, attempts, serverErrors } = await threeTries(
      tools,
      async () => ({
        answer: await ai.writeBundle({ bundle, identifiers, expectRefusal: true }),
        stored: await invalid.stored(visible.look),
      }),
      (sent) => sent.stored.found.size > 0,
    );
    const last = identifiers.length - 1;
    return {
      'bundle-outcome': {
        declared: (body as unknown as Bundle).type === 'batch' ? ('batch' as const) : ('transaction' as const),
        controlsHeld: accepted.ok && visible.found.size === valid.identifiers.length,
        status: answer.status,
        tries: attempts,
        serverErrors,
        explained: explains(answer.resource),
        validStored: [...stored.found].some((index) => index !== last),
        invalidStored: stored.found.has(last),
      },
    };
  },
});

const entriesOf = (bundle: unknown): BundleEntry[] => {
  const { entry } = (bundle ?? {}) as Partial<Bundle>;
  return Array.isArray(entry) ? entry : [];
};

/** @throws ExchangeFault `tool-limited` for anything but a few creates */
async function creates({ objects }: ProbeTools, body: object): Promise<Bundle> {
  const bundle = await objects.bundle(body);
  const entries = entriesOf(bundle);
  const plain = entries.every(
    ({ request, resource }) =>
      request?.method === 'POST' && resource !== undefined && request.url === resource.resourceType,
  );
  if (entries.length === 0 || entries.length > mostEntries || !plain) {
    throw new ExchangeFault('tool-limited', 'this version performs bundles of up to ten creates', undefined);
  }
  return bundle;
}

/**
 * The last entry in a state that no value set has, and at the address of another type of the bundle where it has one:
 * servers that look at no value still look at that. A bundle of one gets a second entry for it.
 */
function withInvalidEntry(bundle: Bundle): Bundle {
  const entries = entriesOf(bundle);
  const kept = entries.length === 1 ? entries : entries.slice(0, -1);
  const { fullUrl: _own, ...last } = entries.at(-1) ?? {};
  if (!('status' in (last.resource ?? {}))) {
    throw new ExchangeFault('tool-limited', 'the last entry has no state that could be made invalid', undefined);
  }
  const resource = { ...last.resource, status: unknownCode } as BundleEntry['resource'] & Resource;
  const otherType = kept.map((each) => each.resource?.resourceType).find((type) => type !== resource.resourceType);
  const request = { method: 'POST' as const, url: otherType ?? resource.resourceType };
  return { ...bundle, entry: [...kept, { ...last, request, resource }] };
}

/** The entries of one bundle, each with an identifier of its own to be found by. */
class Entries {
  readonly bundle: Bundle;
  readonly identifiers: readonly string[];
  readonly #tools: ProbeTools;
  readonly #ai: Client;

  constructor(tools: ProbeTools, ai: Client, bundle: Bundle) {
    this.#tools = tools;
    this.#ai = ai;
    this.bundle = bundle;
    this.identifiers = entriesOf(bundle).map(() => tools.writer.newIdentifier());
  }

  /** Places of the entries that are there, and the look that showed them all; with `look` only that one, after its pause. */
  async stored(look?: number): Promise<{ readonly found: ReadonlySet<number>; readonly look: number }> {
    for (const [turn, pauseMs] of lookPausesMs.entries()) {
      await this.#tools.pause(pauseMs);
      if (look !== undefined && turn < look) continue;
      const found = await this.#found();
      const all = found.size === this.identifiers.length;
      if (all || turn === look || turn === lookPausesMs.length - 1) return { found, look: turn };
    }
    return { found: new Set(), look: 0 };
  }

  async #found(): Promise<Set<number>> {
    const found = new Set<number>();
    const { organization, writer } = this.#tools;
    for (const [index, { resource }] of entriesOf(this.bundle).entries()) {
      const type = resource?.resourceType ?? '';
      const identifier = this.identifiers[index] ?? '';
      const system = organization.writePolicy?.identifierSystem ?? '';
      const answer = await this.#ai.search(type, [['identifier', `${system}|${identifier}`]]);
      const page = readSearchset(answer.resource);
      if (!answer.ok || page === undefined || page === 'too-many') {
        throw new ExchangeFault('prerequisite-failed', 'created objects could not be searched for', answer.exchange);
      }
      // A server that ignores the parameter returns strangers.
      const own = page.matches.find((match) => JSON.stringify(match).includes(`"${identifier}"`));
      if (own === undefined) continue;
      found.add(index);
      await writer.found(identifier, own);
    }
    return found;
  }
}
