import { appBinding, isPatientLogin } from '../../model/app-clients.js';
import type { FactValue } from '../../model/fact.js';
import { permissionCells } from '../../model/subjects.js';
import type { OpenedOn, Person } from '../person.js';
import type { RunDocuments } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { isOpen, Play } from './launch-play.js';
import type { Browser, LaunchPlace, LaunchPlayer } from './launch-player.js';

type Fact = FactValue<'endpoint-coverage'>;
export type OtherWay = Fact['calls'][number]['tries'][number]['way'];
type SignedIn = Exclude<OtherWay, 'no-session'>;
type Ended = Fact['sessions'][number]['ended'];

/** A session that has no right to the chart of the test patient, or why there is none. */
export interface OtherSession {
  readonly way: SignedIn;
  readonly ended: Ended;
  /** Where it was not refused before. */
  readonly browser: Browser | undefined;
}

type Documents = Pick<RunDocuments, 'contract' | 'organization' | 'environmentId'>;

/** A sign-in that gives no right to the chart, with whom and where. */
interface Wanted {
  readonly way: SignedIn;
  readonly place: LaunchPlace | undefined;
  readonly person: Person | undefined;
  readonly on: OpenedOn | undefined;
}

/** Logins of the app by what they may not: their context ids. */
export function otherLogins({ contract, organization, environmentId }: Documents): {
  /** Another user of the same role; undefined: the file names none. Null: what a launch opened is not what limits it. */
  readonly anotherUser: string | undefined | null;
  /** Of a role that the contract lets read no Patient. Null: the contract has no such role. */
  readonly lowerRole: string | undefined | null;
  /** A patient, or somebody who acts for one. */
  readonly otherKind: { readonly context: string; readonly fhirUser: string } | undefined;
} {
  const binding = appBinding(contract, organization, environmentId, false);
  const contexts = (organization.contexts ?? []).filter(
    (each) => each.binding === binding?.id && each.user !== undefined,
  );
  const staff = contexts.filter(({ fhirUser }) => !isPatientLogin(fhirUser));
  const [first, ...others] = staff;
  const mayNot = permissionCells(contract)
    .filter(({ resourceType, allow }) => resourceType === 'Patient' && !allow.includes('r'))
    .map(({ role }) => role);
  // A user-level scope lets anybody of the role see the patient: then the launch is no limit.
  const scopes = (binding?.scopes ?? []).filter((scope) => scope.includes('/') && !scope.startsWith('launch/'));
  const limited = scopes.length > 0 && scopes.every((scope) => scope.startsWith('patient/'));
  const patient = contexts.find(({ fhirUser }) => isPatientLogin(fhirUser));
  return {
    anotherUser: limited
      ? others.find(({ role, user }) => role === first?.role && user?.ref !== first.user?.ref)?.id
      : null,
    lowerRole: mayNot.length === 0 ? null : others.find(({ role }) => mayNot.includes(role))?.id,
    otherKind: patient?.fhirUser === undefined ? undefined : { context: patient.id, fhirUser: patient.fhirUser },
  };
}

/**
 * Signs in, one after the other, everybody who has no right to the chart: another user who has another patient open, a lower
 * role, a patient, and a user of another organization.
 */
export async function* otherSessions(
  player: LaunchPlayer,
  documents: Documents & Pick<RunDocuments, 'peers'>,
  { on, other, random }: { readonly on: OpenedOn; readonly other: OpenedOn | undefined; readonly random: () => number },
): AsyncGenerator<OtherSession> {
  for (const { way, place, person, on: opened } of wantedSessions(player, documents, on, other)) {
    const { authorizeUrl } = place ?? {};
    if (place === undefined || authorizeUrl === undefined || person === undefined || opened === undefined) {
      yield { way, ended: 'not-given', browser: undefined };
      continue;
    }
    const done = await orNothing(new Play(player, { ...place, authorizeUrl }, random).signIn(person, opened));
    if (done === undefined) yield { way, ended: 'failed', browser: undefined };
    else yield { way, ended: isOpen(done.ending) ? 'opened' : endedWithout(done.ending.status), browser: done.browser };
  }
}

/** What one sign-in met says nothing about what the others were shown. */
const orNothing = <T>(signedIn: Promise<T>): Promise<T | undefined> =>
  signedIn.catch((error: unknown) => {
    if (error instanceof ExchangeFault && error.reason !== 'not-gathered') return undefined;
    throw error;
  });

const endedWithout = (status: number): Ended => (status >= 500 || status === 429 ? 'failed' : 'refused');

function wantedSessions(
  player: LaunchPlayer,
  documents: Documents & Pick<RunDocuments, 'peers'>,
  on: OpenedOn,
  other: OpenedOn | undefined,
): Wanted[] {
  const { anotherUser, lowerRole, otherKind } = otherLogins(documents);
  const here = (way: SignedIn, context: string | undefined, opened: OpenedOn | undefined): Wanted => ({
    way,
    place: player,
    person: context === undefined ? undefined : player.personOf(context),
    on: opened,
  });
  const [peer] = documents.peers ?? [];
  const there = peer && player.at(peer.organization.metadata.id);
  const [patientThere] = peer?.organization.testData?.patients ?? [];
  return [
    ...(anotherUser === null ? [] : [here('another-user', anotherUser, other)]),
    ...(lowerRole === null ? [] : [here('lower-role', lowerRole, on)]),
    ...(otherKind === undefined ? [] : [here('other-kind', otherKind.context, on)]),
    ...(peer === undefined
      ? []
      : [
          {
            way: 'other-organization' as const,
            place: there,
            person: there?.person,
            on: patientThere && { patient: patientThere.id },
          },
        ]),
  ];
}
