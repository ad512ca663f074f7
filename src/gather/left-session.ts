import { parseDurationMs } from '../model/documents/duration.js';
import type { CookieJar } from './cookie-jar.js';
import { isOpen, Play, type SignedInBrowser } from './observers/launch-play.js';
import type { LaunchPlayer } from './observers/launch-player.js';
import { openable } from './openable.js';
import type { OpenedOn } from './person.js';
import type { ProbeTools, RunDocuments } from './probe.js';
import type { Answer } from './request.js';
import { marksOf, shownBy } from './shown-patient.js';

/** A session of the app that nobody uses any more, for the rest of a run. */
export interface LeftSession {
  readonly cookies: CookieJar;
  /** The page it was opened with. */
  readonly page: URL;
  readonly leftAtMs: number;
}

const key = 'left-session';

/** Keeps it for a later probe of the run. */
export const keepSession = ({ once }: Pick<ProbeTools, 'once'>, session: LeftSession): Promise<LeftSession> =>
  once(key, () => Promise.resolve(session));

export const keptSession = ({ once }: Pick<ProbeTools, 'once'>): Promise<LeftSession | undefined> =>
  once<LeftSession | undefined>(key, () => Promise.resolve(undefined));

/** After how long a session left alone has to end, by a statement that is in date; undefined: nobody says. */
export function agreedIdleMs({
  organization,
  startedAt,
}: Pick<RunDocuments, 'organization' | 'startedAt'>): number | undefined {
  const today = startedAt.toISOString().slice(0, 10);
  const stated = (organization.attestations ?? []).find(
    ({ id, idleAfter, expires }) =>
      id === 'session-timeout' && idleAfter !== undefined && (expires === undefined || expires >= today),
  )?.idleAfter;
  const agreedMs = stated === undefined ? 0 : parseDurationMs(stated);
  return agreedMs > 0 ? agreedMs : undefined;
}

/** Signs a test user in to the app, over and over; undefined where nobody can. */
export async function appSignIns({ launchPlayer: player, organization, cases, random }: ProbeTools): Promise<
  | {
      readonly player: LaunchPlayer;
      readonly shows: (answer: Answer | undefined) => boolean;
      /** Undefined where it led nowhere, or to an address that cannot be asked again. */
      readonly signIn: () => Promise<(SignedInBrowser & { readonly page: URL }) | undefined>;
    }
  | undefined
> {
  const { authorizeUrl, person } = player ?? {};
  const [on] = openable(organization);
  const testPatient = cases.patients().find(({ id }) => id === on?.patient);
  if (player === undefined || authorizeUrl === undefined || person === undefined) return undefined;
  if (on === undefined || testPatient === undefined) return undefined;
  const { patient } = await cases.proven(testPatient);
  const play = new Play(player, { ...player, authorizeUrl }, random);
  const opened: OpenedOn = on;
  return {
    player,
    shows: shownBy(marksOf(patient, testPatient.canary)),
    async signIn() {
      const done = await play.signIn(person, opened);
      if (done?.ending.kind !== 'stayed' || !isOpen(done.ending) || done.ending.at.searchParams.has('code'))
        return undefined;
      return { ...done, page: done.ending.at };
    },
  };
}
