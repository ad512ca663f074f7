import type { Patient } from 'fhir/r4.js';
import type { OrganizationProfile } from '../../model/documents/organization.js';
import { isMissing, type Missing } from '../../model/fact.js';
import type { OpenedOn } from '../person.js';
import { testValue, type ListedRoute, type RouteList, type TestValue } from './route-list.js';

/** A call of the list, filled with test data. */
export interface RouteCall {
  /** Method and path with its holes; values that stand in it are left out. */
  readonly name: string;
  readonly url: URL;
  /** The address says which patient it is about. */
  readonly namesPatient: boolean;
}

/** Why a call is not made. */
export type LeftOut = 'method' | 'websocket' | 'origin' | 'not-filled' | 'sign-in' | 'too-many';

export interface RouteCalls {
  readonly calls: readonly RouteCall[];
  readonly leftOut: readonly { readonly name: string; readonly why: LeftOut }[];
  /** Where the product signs out, if the list says so. */
  readonly signOut: URL | undefined;
}

export interface RouteValues {
  /** What a name stands for; undefined where the test data have nothing. */
  readonly of: Readonly<Partial<Record<TestValue, string>>>;
  /** Ids of every listed test patient: one that stands in an address is replaced by the one asked for. */
  readonly testPatients: readonly string[];
  /** Canaries of the test patients, which may stand in a recorded address and never in a name. */
  readonly canaries: readonly string[];
  /** Address of the list itself, for relative ones. */
  readonly base: URL;
  readonly isOfProduct: (address: URL) => boolean;
}

/** The calls of a list for one test patient of one organization; none without a list. */
export function testCalls(
  list: (RouteList & { readonly base: URL }) | Missing,
  about: {
    readonly organization: OrganizationProfile;
    readonly on: OpenedOn;
    /** Undefined: not read. */
    readonly patient: Patient | undefined;
    readonly isOfProduct: (address: URL) => boolean;
  },
  most: number,
): RouteCalls {
  if (isMissing(list)) return { calls: [], leftOut: [], signOut: undefined };
  const { organization, on, patient, isOfProduct } = about;
  const mrnSystem = organization.identifierSystems?.['mrn'];
  const mrn = patient?.identifier?.find(({ system }) => system === mrnSystem)?.value;
  const of = {
    patient: on.patient,
    organization: organization.metadata.id,
    ...(mrn === undefined ? {} : { mrn }),
    ...(on.encounter === undefined ? {} : { encounter: on.encounter }),
  };
  const { patients = [] } = organization.testData ?? {};
  const values = {
    of,
    testPatients: patients.map(({ id }) => id),
    canaries: patients.map(({ canary }) => canary.toLowerCase()),
    base: list.base,
    isOfProduct,
  };
  return routeCalls(list, values, most);
}

const hole = /\{([^{}]{1,100})\}/g;
const signOutWords = /^(log-?out|sign-?out|end|end-?session)$/i;
const signInWords = /^(launch|callback|cb|log-?in|sign-?in|oauth2?|authorize|token)$/i;
const mostNames = 200;

/** The calls of a list that read and can be made with the test data, up to so many. */
export function routeCalls({ routes }: RouteList, values: RouteValues, most: number): RouteCalls {
  const calls = new Map<string, RouteCall>();
  const leftOut = new Map<string, LeftOut>();
  let signOut: URL | undefined;
  for (const route of routes) {
    const name = `${route.method} ${shownPath(route.address, values)}`;
    const filled = fill(route, values);
    const why = filled === undefined ? 'not-filled' : unusable(route, filled.url, values);
    if (filled !== undefined && why === 'sign-in' && signOutWords.test(lastSegment(filled.url))) signOut = filled.url;
    if (filled === undefined || why !== undefined) leftOut.set(name, why ?? 'not-filled');
    else if (calls.has(filled.url.href)) continue;
    else if (calls.size === most) leftOut.set(name, 'too-many');
    else calls.set(filled.url.href, { name, ...filled });
  }
  return {
    calls: [...calls.values()],
    leftOut: [...leftOut].slice(0, mostNames).map(([name, why]) => ({ name, why })),
    signOut,
  };
}

function unusable({ method }: ListedRoute, url: URL, { isOfProduct }: RouteValues): LeftOut | undefined {
  if (url.protocol === 'ws:' || url.protocol === 'wss:') return 'websocket';
  if (!isOfProduct(url)) return 'origin';
  if (isSignInOrOut(url)) return 'sign-in';
  return method === 'GET' ? undefined : 'method';
}

function fill(
  { address, examples }: ListedRoute,
  { of, testPatients, base }: RouteValues,
): Pick<RouteCall, 'url' | 'namesPatient'> | undefined {
  let namesPatient = false;
  let complete = true;
  const text = address.replace(hole, (_, name: string, at: number) => {
    const before = address.slice(0, at).split('/').at(-2) ?? '';
    const known = testValue(name, before);
    if (known === 'patient' || known === 'mrn') namesPatient = true;
    const value = known === undefined ? examples.get(name) : (of[known] ?? examples.get(name));
    if (value === undefined) complete = false;
    return encodeURIComponent(value ?? '');
  });
  if (!complete || !URL.canParse(text, base.href)) return undefined;
  const url = new URL(text, base);
  const { patient } = of;
  const segments = url.pathname.split('/');
  const replaced = segments.map((segment) => (testPatients.includes(segment) ? (patient ?? segment) : segment));
  if (replaced.some((segment) => testPatients.includes(segment))) namesPatient = true;
  url.pathname = replaced.join('/');
  const parameters = [...url.searchParams];
  if (parameters.some(([, value]) => testPatients.includes(value))) {
    url.search = new URLSearchParams(
      parameters.map(([name, value]) => [name, testPatients.includes(value) ? (patient ?? value) : value]),
    ).toString();
    namesPatient = true;
  }
  url.hash = '';
  url.username = '';
  url.password = '';
  return { url, namesPatient };
}

/** An address at which a session begins or ends. */
export const isSignInOrOut = (url: URL): boolean =>
  signOutWords.test(lastSegment(url)) || signInWords.test(lastSegment(url));

const lastSegment = ({ pathname }: URL): string => pathname.split('/').findLast((each) => each !== '') ?? '';

/** The path without what could be a value: words and holes stay, anything else does not; of the query only names. */
function shownPath(address: string, { base, canaries }: RouteValues): string {
  const [path = '', query = ''] = address.split(/[?#]/);
  const bare = /^[a-z]+:\/\//i.test(path) && URL.canParse(path) ? decoded(new URL(path).pathname) : path;
  const relative = URL.canParse(bare, base.href) ? decoded(new URL(bare, base).pathname) : bare;
  const isWord = (segment: string): boolean =>
    /^(\{[\w.-]{1,60}\}|[A-Za-z][A-Za-z._~-]{0,40}|v\d{1,2}|)$/.test(segment) &&
    !canaries.some((canary) => segment.toLowerCase().includes(canary));
  const segments = relative.split('/').map((segment) => (isWord(segment) ? segment : '{…}'));
  const names = query.split('&').flatMap((each) => /^([\w.-]{1,60})=/.exec(each)?.[1] ?? []);
  return `${segments.join('/')}${names.length === 0 ? '' : `?${names.join('&')}`}`.slice(0, 300);
}

const decoded = (path: string): string => path.replaceAll('%7B', '{').replaceAll('%7D', '}');
