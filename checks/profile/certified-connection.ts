import { defineCheck } from '../../src/check.js';
import { daysUntil } from '../../src/model/days.js';

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
/** Words that say nothing about which product it is. */
const general = new Set([
  'fhir',
  'server',
  'api',
  'ehr',
  'emr',
  'health',
  'healthcare',
  'systems',
  'system',
  'inc',
  'llc',
  'the',
  'for',
  'and',
  'service',
  'services',
  'interface',
  'platform',
  'cloud',
  'record',
  'records',
]);

/** Two names share a word that tells products apart; one may write together what the other writes in two words. */
function sameName(claimed: string, answered: string): boolean {
  const own = words(claimed).filter((word) => !general.has(word));
  const other = words(answered);
  const run = other.join('');
  return (
    own.length === 0 ||
    own.some(
      (word) =>
        run.includes(word) || other.some((each) => each.length > 3 && !general.has(each) && word.includes(each)),
    )
  );
}

export default defineCheck({
  id: 'profile.certified-connection',
  kind: 'attest',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'A live connection to this EHR product is on file, in the directions the workflow needs',
  failureTitle: 'The connection on file has ended, or is for another product',
  plain: 'There is a supported connection to the very system in use here, not only a logo on a slide.',
  why: 'Listings end, and are for one product and one direction; a letter for reading does not carry a booking.',
  sends:
    'Nothing of its own. Compares the listing and the statement `ehr-connection` of the organization file with what the contract needs and with the software the CapabilityStatement names.',
  ask: {
    of: 'vendor',
    text: 'Show us the listing or the signed letter for our EHR product and version, with its date and whether it covers writing.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'high',
      text: 'Obtain the listing or a connection letter for this product and version, in each direction the workflow needs.',
    },
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'State product and version in the organization file as the EHR itself names them.',
    },
  ],
  references: [
    'https://www.healthit.gov/test-method/standardized-api-patient-and-population-services',
    'https://chpl.healthit.gov/',
    'https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.software',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['connection-claim'],
  optional: ['capability-statement'],
  messages: {
    expired: { kind: 'proof', text: 'The connection letter ended on {expires}.' },
    withdrawn: { kind: 'proof', text: 'The listing is withdrawn.' },
    'another-product': { kind: 'proof', text: '{claimed} is claimed, and {answered} answers.' },
    'read-only': { kind: 'limit', text: 'The listing covers reading only; the contract writes.' },
    'another-version': { kind: 'limit', text: 'Version {claimed} is claimed, and {answered} answers.' },
    'not-live': { kind: 'limit', text: 'The listing is {status}, and no letter is on file.' },
    'direction-not-stated': { kind: 'undecided', text: 'No listing says whether the connection may write.' },
    'nobody-stands-for-it': { kind: 'undecided', text: 'The connection letter has no owner or no end date.' },
    'no-evidence': { kind: 'undecided', text: 'Neither a listing nor a connection letter is on file.' },
  },
  evaluate: (facts, say, { item: { contract } }, { startedAt }) => {
    const { vendor, product, version, chplProductNumber, letter, listing } = facts['connection-claim'];
    const server = facts['capability-statement'];
    const claimed = [vendor, product].filter((text) => text !== null).join(' ');
    const answered = [server?.software, server?.implementation].filter((text) => typeof text === 'string').join(' ');
    const writes = (contract.actions ?? []).some(({ kind, via }) => kind !== 'suggest' && via !== 'screen');
    const { expires = null } = letter ?? {};
    const contradicted = [
      ...(expires !== null && daysUntil(expires, startedAt.slice(0, 10)) < 0 ? [say.fail('expired', { expires })] : []),
      ...(listing?.status === 'withdrawn' ? [say.fail('withdrawn')] : []),
      ...(claimed !== '' && answered !== '' && !sameName(claimed, answered)
        ? [say.fail('another-product', { claimed, answered })]
        : []),
    ];
    if (contradicted.length > 0) return contradicted;
    if (letter === null && listing === null) return say.notMeasured('no-evidence', 'undecided');
    if (letter === null && listing?.status !== 'live') {
      return say.notMeasured('not-live', 'not-yet', { status: listing?.status ?? 'of no stated status' });
    }
    if (letter !== null && (letter.owner === null || expires === null)) {
      return say.notMeasured('nobody-stands-for-it', 'undecided');
    }
    const direction = listing?.direction ?? null;
    if (writes && direction === null) return say.notMeasured('direction-not-stated', 'undecided');
    const limits = [
      ...(writes && direction === 'read' ? [say.warn('read-only')] : []),
      ...(version !== null && server?.softwareVersion != null && version !== server.softwareVersion
        ? [say.warn('another-version', { claimed: version, answered: server.softwareVersion })]
        : []),
    ];
    if (limits.length > 0) return limits;
    return say.pass({
      statedBy: letter?.owner ?? 'the listing',
      expires,
      chplProductNumber: chplProductNumber ?? 'not stated',
      softwareNamed: answered !== '',
    });
  },
});
