import type { Resource } from 'fhir/r4.js';
import type { FactKind, FactValue, Missing } from '../model/fact.js';
import type { MadeAccess, RunIdentity } from '../model/audit-access.js';
import type { Contract } from '../model/documents/contract.js';
import type { Environment, OrganizationProfile } from '../model/documents/organization.js';
import type { EnvironmentClass, Grade } from '../model/outcome.js';
import type { AiLogSource } from './ai-log-source.js';
import type { AnySubject, Subject, SubjectKind } from '../model/subject.js';
import type { TlsRule } from '../wire/exchange.js';
import type { Answer, OutgoingRequest, RequestTemplate } from './request.js';
import type { CdsHooksClient } from './observers/cds-hooks.js';
import type { Reservation } from '../wire/token-bucket.js';
import type { SignInRecord } from './sign-in.js';
import type { ScreenPerson } from './screen-person.js';
import type { Watching } from './series/observed-plan.js';
import type { SamplingPlan } from './series/sampling-plan.js';
import type { App, AppKind } from './apps.js';
import type { TestObjects } from './test-objects.js';
import type { FeedInbox } from './feed-inbox.js';
import type { SeenStamp } from './folds/fold.js';
import type { Inbox } from './notification-inbox.js';
import type { FaultProxy } from './observers/fault-proxy.js';
import type { FoundRoutes } from './route-source.js';
import type { LaunchPlayer } from './observers/launch-player.js';
import type { TestCases } from './test-cases.js';
import type { HeldToken } from './held-token.js';
import type { NegativeAttempt, NegativeSignIns } from './negative-sign-ins.js';
import type { ProductEvents } from './observers/product-events.js';
import type { BundleChange, Change, Writer } from './writer.js';

/** In the order they run. Latency before load and faults, negative sign-ins last; cleanup comes between `negative` and `settle`. */
export const phases = ['static', 'discover', 'read', 'series', 'write', 'race', 'load', 'negative', 'settle'] as const;
export type Phase = (typeof phases)[number];

/** Everything the documents say, for deciding what to send; no I/O. */
export interface RunDocuments {
  /** Effective contract: template and overrides applied. */
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  readonly environmentId: string;
  readonly environment: Environment;
  readonly environmentClass: EnvironmentClass;
  readonly subjects: readonly AnySubject[];
  readonly startedAt: Date;
  /** Real users work, and nothing is limited to the test data: a recording of what a product does. */
  readonly observed?: true;
  /** What lint would print: problems that load and are judged, with their places. */
  readonly problems: readonly DocumentProblem[];
  /** JSON pointers of the contract that came from its template. */
  readonly inherited: ReadonlySet<string>;
  /** Other organizations the same product serves. */
  readonly peers?: readonly PeerOrganization[];
  /** What earlier runs found that were given with this one, oldest first. */
  readonly previous?: FactValue<'previous-runs'>;
  /** Certificates in files, by the place that names them; `notAfter` in ISO 8601, null when the file holds none. */
  readonly certificates: readonly {
    readonly name: string;
    readonly pointer: string;
    readonly notAfter: string | null;
  }[];
  /** What tells credentials of the run and of other organizations apart; compared, and never kept. */
  readonly credentialMarks?: readonly CredentialMark[];
  /** The run only watches what others do, or what a person does for it; absent: it causes events itself. */
  readonly watching?: Watching;
  /** How long the contract's peak rates are kept up, in milliseconds; absent: nobody asked for that. */
  readonly loadMs?: number;
  /** Measured series of this run; known once the plan is made. */
  readonly sampling?: SamplingPlan;
}

/** Two of one kind with the same mark are the same credential. */
export interface CredentialMark {
  readonly organization: string;
  readonly what: 'client-id' | 'key' | 'secret' | 'certificate';
  /** Binding it belongs to; the environment for a client certificate and its key. */
  readonly holder: string;
  /** Keyed digest; undefined when the reference did not resolve. */
  readonly mark?: string;
}

export interface PeerOrganization {
  readonly organization: OrganizationProfile;
  readonly environmentId: string;
  readonly environment: Environment;
  readonly environmentClass: EnvironmentClass;
}

export interface DocumentProblem {
  readonly code: string;
  readonly document: 'contract' | 'organization';
  readonly pointer: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A session a probe may ask for. `ai`: the client the AI system uses. `second`: another client whose role may change the
 * same things. `staff`: a reader that is not the AI system. `audit`: the client of the audit source.
 */
export type Need = 'ai' | 'second' | 'staff' | 'audit' | 'expendable';

/** A session bound to one probe, subject and template budget. */
export interface Client {
  readonly context: string;
  readonly bindingId: string;
  readonly grantedScopes: readonly string[];
  /** Reads `Type/id`. */
  read(resourceType: string, id: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Searches by POST _search; values never stand in a URL. */
  search(
    resourceType: string,
    parameters: readonly (readonly [string, string])[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  send(request: OutgoingRequest): Promise<Answer>;
  /** The only way to change anything: policy, journal, tag, undo. */
  write(change: Change): Promise<Answer>;
  /** The same for several creates in one request. */
  writeBundle(change: BundleChange): Promise<Answer>;
  signedIn(): Promise<SignInRecord>;
  /** A positive control: shown by the last exchange of the session where that succeeded just now, else by asking. */
  allowed(ask: () => Promise<boolean>): Promise<boolean>;
}

/** The AI system, asked as its vendor lets anyone ask it. */
export interface AiSystem {
  /** `GET aiSystem.query` with these parameters. @throws ExchangeFault when no answer comes */
  ask(
    query: readonly (readonly [string, string])[],
    how?: Pick<OutgoingRequest, 'measured' | 'sample' | 'deadlineMs'>,
  ): Promise<Answer>;
}

export interface ProbeTools extends RunDocuments {
  /** Absent when the organization file names no `aiSystem.query`. */
  readonly aiSystem?: AiSystem;
  /** The AI system's own log, `aiSystem.auditExport`. @throws ExchangeFault when no usable answer comes */
  readonly aiLog: () => Promise<AiLogSource | Missing>;
  /** Absent when the organization file names no `aiSystem.webhook`. */
  readonly product?: ProductEvents;
  /** Switches the AI system off or on; false when it does not do as told. Absent when the file names no `aiSystem.control`. */
  readonly switchProduct?: (to: 'off' | 'on') => Promise<boolean>;
  /** Absent when the organization file names no `aiSystem.cdsHooks`. */
  readonly cdsHooks?: CdsHooksClient;
  /** Absent when the organization file names no `aiSystem.launchUrl`. */
  readonly launchPlayer?: LaunchPlayer;
  /** The routes of the product, by the organization's own file or that of another one. @throws ExchangeFault */
  readonly routes: (peerId?: string) => Promise<FoundRoutes | Missing>;
  /** Stands between the AI system and its EHR; absent when the organization file names no `aiSystem.proxy`, or none can be opened. */
  readonly proxy?: FaultProxy;
  /** Sets requests of a measured series aside before it starts; undefined when `limits.perDay` does not hold them. */
  readonly reserve: (requests: number) => Reservation | undefined;
  readonly clients: Readonly<Record<Need, Client>>;
  /** Any other context of the organization file by its id; undefined when nobody can sign in with its binding. */
  readonly context: (id: string) => Client | undefined;
  /** Any backend client of this environment by the id of its binding; its context is `binding:<id>`. */
  readonly binding: (id: string) => Client | undefined;
  /** A client that signs people in, played by the tool; missing with the reason why nobody can. */
  readonly app: (kind: AppKind) => App | Missing;
  /** One request without any credential. */
  readonly anonymous: (request: OutgoingRequest) => Promise<Answer>;
  /** Shapes of requests to the FHIR base that were answered 2xx so far in this run: `PATCH Appointment/{id}`. */
  readonly accepted: ReadonlySet<string>;
  /** How the server of an origin is trusted, where the organization file says so. */
  readonly trust: ReadonlyMap<string, TlsRule>;
  /** What may be sent to another organization, by its id. */
  readonly peer: (organizationId: string) => PeerTools | undefined;
  /**
   * One sign-in of the expendable client that has to be refused, between two good ones.
   * @throws ExchangeFault when such tests are not agreed; SafetyStop when the good sign-in afterwards fails
   */
  readonly negativeSignIn: (attempt: NegativeAttempt) => Promise<SignInRecord>;
  /**
   * The same for several in their order, as many as are agreed, sharing the good sign-ins between them.
   * @throws as `negativeSignIn`; ExchangeFault `cap` when none is left
   */
  readonly negativeSignIns: (attempts: readonly NegativeAttempt[]) => Promise<SignInRecord[]>;
  /** Calls of the AI system that have to be refused, between good ones; as many as are agreed. */
  readonly negativeCalls: NegativeSignIns['attempts'];
  /** The token of this name of the expendable client; the same in every probe that asks for it. */
  readonly heldToken: (name: string) => Promise<HeldToken>;
  /** What the exchanges so far must have left in an audit log, and who the run was. */
  readonly made: () => {
    readonly accesses: readonly MadeAccess[];
    readonly run: RunIdentity;
    /** Access tokens of the run, for looking whether a log holds one; never to be kept. */
    readonly tokens: readonly string[];
  };
  /** Opens a listener of the organization file for what the EHR sends; whoever opens it closes it. */
  readonly listen: (name: string) => Promise<Inbox | Missing>;
  /** The same for the messages of an HL7 v2 feed. */
  readonly listenFeed: (name: string) => Promise<FeedInbox | Missing>;
  /** Tells the folds of a time another system wrote down. */
  readonly stamped: (stamp: SeenStamp) => void;
  readonly cases: TestCases;
  readonly objects: TestObjects;
  readonly writer: Writer;
  /** Makes something once in a run and gives the same to every probe that asks. */
  readonly once: <T>(key: string, make: () => Promise<T>) => Promise<T>;
  /** Adds exchanges made elsewhere (test cases) to those the facts cite. */
  readonly cite: (exchanges: readonly string[]) => void;
  /** Seeded; the only randomness. 0 <= x < 1. */
  readonly random: () => number;
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Where people are to look at the screen meanwhile: gives them time while an object is there (`run --witness`). */
  readonly witness?: (object: WitnessedObject) => Promise<void>;
  /** Makes the events of a run that watches what a person does; absent: nobody is there. */
  readonly person?: ScreenPerson;
  /** A test object of the action in the state the action starts from, created and undone by the run. */
  readonly testObject: (subject: Subject<'action'>) => Promise<Resource>;
}

/** An object of the run that stands in the EHR for people to look at. */
export interface WitnessedObject {
  readonly action: string;
  readonly resourceType: string;
  /** Alias of the test patient. */
  readonly patient: string;
}

/** Another organization of the same product: read only, nothing is ever written there. */
export interface PeerTools {
  readonly peer: PeerOrganization;
  /** Shows the token of the run's own organization to the peer's FHIR base. */
  presentOwnToken(resourceType: string, id: string): Promise<Answer>;
  /** The product's own client at the peer; undefined without its credential. */
  readonly own: Pick<Client, 'read' | 'signedIn'> | undefined;
}

/** A fact with a grade other than measured. */
export interface Graded<V> {
  readonly graded: V;
  readonly grade: Grade;
}

/**
 * Facts about several subjects out of one piece of work, by subject id. When the work fails, the missing fact is recorded
 * at the probe's own subject, where every subject below it finds it.
 */
export interface About<V> {
  readonly about: Readonly<Record<string, V | Missing | Graded<V>>>;
}

type Brought<K extends FactKind> = {
  readonly [P in K]?: FactValue<P> | Missing | Graded<FactValue<P>> | About<FactValue<P>>;
};

/** Does I/O, gives no opinion, brings facts about one subject. */
export interface Probe<Kind extends SubjectKind = SubjectKind, Brings extends FactKind = FactKind> {
  readonly id: string;
  readonly phase: Phase;
  readonly subjects: Kind;
  readonly when?: (subject: Subject<Kind>, documents: RunDocuments) => boolean;
  readonly needs: readonly Need[];
  /** Sends nothing but what production allows: discovery, listed test objects, the contract's own searches (safety rule 7). */
  readonly inProduction?: true;
  /** The write tier it takes; at a lower tier its facts are missing `writes-off`. */
  readonly writes: 'none' | 'one' | 'all';
  readonly brings: readonly Brings[];
  /** Takes the load of the run's sampling plan; it is planned when the series are. */
  readonly takesLoad?: true;
  /** Everything it may send for this subject; the recorder refuses anything else. */
  readonly sends: (subject: Subject<Kind>, documents: RunDocuments) => readonly RequestTemplate[];
  /** Origins it opens connections to that carry no request; printed by the plan like requests. */
  readonly connects?: (documents: RunDocuments) => readonly string[];
  readonly run: (subject: Subject<Kind>, tools: ProbeTools) => Promise<Brought<Brings>>;
}

export interface AnyProbe {
  readonly id: string;
  readonly phase: Phase;
  readonly subjects: SubjectKind;
  readonly when?: (subject: Subject, documents: RunDocuments) => boolean;
  readonly needs: readonly Need[];
  /** Sends nothing but what production allows: discovery, listed test objects, the contract's own searches (safety rule 7). */
  readonly inProduction?: true;
  readonly writes: 'none' | 'one' | 'all';
  readonly brings: readonly FactKind[];
  readonly takesLoad?: true;
  readonly sends: (subject: Subject, documents: RunDocuments) => readonly RequestTemplate[];
  readonly connects?: (documents: RunDocuments) => readonly string[];
  readonly run: (subject: Subject, tools: ProbeTools) => Promise<Readonly<Record<string, unknown>>>;
}

/** Declares a probe; the types tie what it returns to the facts it says it brings. */
export function defineProbe<Kind extends SubjectKind, const Brings extends FactKind>(
  probe: Probe<Kind, Brings>,
): AnyProbe {
  return probe as unknown as AnyProbe;
}
