import type { AppFault } from './note-app-configuration.js';
import type { AppSessions, Cookies, Session } from './note-app-sessions.js';
import type { Chart } from './note-app-sign-in.js';

export interface Page {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A page about one patient; `{organization}` and `{patient}` stand for one segment or value. */
interface PatientPage {
  readonly path: string;
  readonly query?: string;
  readonly summary: string;
  /** The way to be wrong in which it needs no session. */
  readonly openBy?: AppFault;
  readonly show: (chart: Chart) => Pick<Page, 'headers' | 'text'>;
}

const mostCharts = 1_000;
const header = ({ name, birthDate, recordNumber }: Chart): string => `${name}, born ${birthDate}, ${recordNumber}`;
const json = { 'content-type': 'application/json' };

const pages: readonly PatientPage[] = [
  {
    path: 'patients/{patient}/summary',
    summary: 'Header of the chart',
    show: (chart) => ({ headers: json, text: JSON.stringify(chart) }),
  },
  {
    path: 'patients/{patient}/draft',
    summary: 'Draft of the note',
    show: (chart) => ({ text: `Draft for ${header(chart)}` }),
  },
  {
    path: 'patients/{patient}/recording',
    summary: 'Viewer of the attachment the draft was made from',
    openBy: 'viewer-open',
    show: (chart) => ({
      headers: { 'content-type': 'text/html' },
      text: `<embed src="data:text/plain;base64,${Buffer.from(`Recording of ${header(chart)}`).toString('base64')}">`,
    }),
  },
  {
    path: 'export',
    query: 'patient',
    summary: 'Drafts as a table',
    openBy: 'export-open',
    show: ({ name, birthDate, recordNumber }) => ({
      headers: { 'content-type': 'text/csv' },
      text: `name,birthDate,recordNumber\n"${name}",${birthDate},${recordNumber}\n`,
    }),
  },
  {
    path: 'drafts',
    query: 'patient',
    summary: 'Drafts of a patient',
    openBy: 'search-open',
    show: (chart) => ({ headers: json, text: JSON.stringify([{ about: header(chart) }]) }),
  },
];

/** What the app shows behind a sign-in. */
export interface AppPages {
  /** Known from now on: what a page shows about a patient. */
  keep(organization: string, chart: Chart, browser: string): void;
  show(request: { readonly url: URL; readonly cookies: Cookies; readonly browser: string }): Page;
}

const signInFirst: Page = { status: 401, text: 'Open the note from the chart.' };

export function createAppPages(sessions: AppSessions, has: (fault: AppFault) => boolean): AppPages {
  const charts = new Map<string, Chart>();
  const lastOfBrowser = new Map<string, Chart>();

  function note(organization: string, { patient, ...session }: Session, browser: string): Page {
    const chart = charts.get(`${session.organization}/${patient}`);
    const banner = has('banner-of-last-launch') ? (lastOfBrowser.get(browser) ?? chart) : chart;
    return chart === undefined || banner === undefined
      ? { status: 404, text: 'No such patient.' }
      : {
          status: 200,
          headers: { 'content-type': 'text/html; charset=utf-8' },
          text: notePage(header(banner), `Note for ${chart.name} at ${organization}`, patient),
        };
  }

  function patientPage(page: PatientPage, asked: { organization: string; patient: string; session?: Session }): Page {
    const { organization, patient, session } = asked;
    if (session === undefined && !(page.openBy !== undefined && has(page.openBy))) return signInFirst;
    const own = session === undefined || (session.organization === organization && session.patient === patient);
    const elsewhere = session?.organization !== organization && has('organization-unchecked');
    if (!own && !elsewhere && !has('patient-unchecked')) return { status: 403, text: 'Another patient is open.' };
    const chart = charts.get(`${organization}/${patient}`);
    return chart === undefined ? { status: 404, text: 'No such patient.' } : { status: 200, ...page.show(chart) };
  }

  return {
    keep(organization, chart, browser) {
      keepBounded(charts, `${organization}/${chart.patient}`, chart);
      keepBounded(lastOfBrowser, browser, chart);
    },
    show({ url, cookies, browser }) {
      const [, organization = '', ...rest] = url.pathname.split('/');
      if (rest.join('/') === 'openapi.json') return { status: 200, headers: json, text: JSON.stringify(routes()) };
      const session = sessions.of(cookies, organization);
      for (const page of pages) {
        const patient = patientIn(page, rest, url.searchParams);
        if (patient !== undefined)
          return patientPage(page, { organization, patient, ...(session === undefined ? {} : { session }) });
      }
      if (session === undefined) return signInFirst;
      if (rest[0] === 'note') return note(organization, session, browser);
      if (rest[0] !== 'end') return { status: 404, text: 'No such page.' };
      sessions.end(cookies, organization);
      return { status: 200, text: 'Ended.' };
    },
  };
}

/** What it says of the patient, and the way to the other pages about them. */
function notePage(banner: string, title: string, patient: string): string {
  const links = pages.map(({ path, query, summary }) => {
    const address = query === undefined ? path.replace('{patient}', patient) : `${path}?${query}=${patient}`;
    return `<li><a href="${escaped(address)}">${escaped(summary)}</a>`;
  });
  return `<!doctype html><title>Note</title><p>${escaped(banner)}<h1>${escaped(title)}</h1><ul>${links.join('')}<li><a href="end">Sign out</a></ul>`;
}

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function patientIn(
  { path, query }: PatientPage,
  asked: readonly string[],
  values: URLSearchParams,
): string | undefined {
  const wanted = path.split('/');
  if (wanted.length !== asked.length) return undefined;
  if (!wanted.every((segment, at) => segment === '{patient}' || segment === asked[at])) return undefined;
  return query === undefined ? asked[wanted.indexOf('{patient}')] : (values.get(query) ?? '');
}

/** The app's own list of its routes. https://spec.openapis.org/oas/v3.1.1.html */
function routes(): object {
  const parameter = (name: string, place: string) => ({ name, in: place, required: true, schema: { type: 'string' } });
  const get = (summary: string, parameters: readonly object[]) => ({
    get: { summary, parameters, responses: { 200: { description: summary } } },
  });
  return {
    openapi: '3.1.1',
    info: { title: 'Note app', version: '1' },
    servers: [{ url: '.' }],
    paths: {
      '/note': get('Note of the patient whose chart is open', []),
      ...Object.fromEntries(
        pages.map(({ path, query, summary }) => [
          `/${path}`,
          get(summary, [query === undefined ? parameter('patient', 'path') : parameter(query, 'query')]),
        ]),
      ),
      '/end': get('Signs out', []),
    },
  };
}

/** Keeps a bounded number, the oldest go first. */
function keepBounded(map: Map<string, Chart>, key: string, chart: Chart): void {
  map.set(key, chart);
  const [oldest] = map.keys();
  if (map.size > mostCharts && oldest !== undefined) map.delete(oldest);
}
