import type { Contract } from '../model/documents/contract.js';
import { overridePointer } from '../model/documents/override-path.js';
import { contractSearches } from './contract-searches.js';
import type { DocumentFault } from './document-fault.js';
import { didYouMean } from './schema-faults.js';
import { nodeAt, walk, type LocatedNode } from './yaml-tree.js';

/** The only headers a contract may ask for: none of them carries a right or changes where a request goes (safety rule 40). */
export const correlationHeaders = [
  'X-Request-Id',
  'X-Correlation-Id',
  'X-Trace-Id',
  'Request-Id',
  'Correlation-Id',
  'traceparent',
] as const;

const absolute = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\]|\{\{)|(?:^|\/)\.\.?(?:\/|$)/;

/** References where none may stand: contracts, EHR profiles and policies hold no secret and read no other file. */
export function referenceFaults(root: LocatedNode): DocumentFault[] {
  const faults: DocumentFault[] = [];
  for (const { node } of walk(root)) {
    const ref = node.kind === 'map' ? node.entries.get('ref') : undefined;
    if (ref?.node.kind === 'scalar' && /^[a-z]+:/.test(String(ref.node.value))) {
      faults.push({
        code: 'reference-outside-organization',
        span: ref.keySpan,
        message: 'references to secrets and files stand in organization files only',
      });
    }
  }
  return faults;
}

/** What makes a contract unsafe to load: an address of its own, a header with power, an override point that selects nothing. */
export function contractFaults(contract: Contract, root: LocatedNode): DocumentFault[] {
  const at = (pointer: string): DocumentFault['span'] => nodeAt(root, pointer)?.span ?? root.span;
  const faults = referenceFaults(root);
  for (const { pointer, text, role } of contractSearches(contract)) {
    if (!absolute.test(text)) continue;
    faults.push({
      code: 'absolute-url',
      span: at(pointer),
      message: 'a contract names no host and no path outside the FHIR base',
      next:
        role === 'url'
          ? 'Write it relative to the FHIR base.'
          : 'Write a search such as Slot?start=ge{{trigger.from}}.',
    });
  }
  const header = contract.audit?.correlationHeader;
  if (header !== undefined && !correlationHeaders.some((name) => name.toLowerCase() === header.toLowerCase())) {
    faults.push({
      code: 'forbidden-header',
      span: at('/audit/correlationHeader'),
      message: `"${header.slice(0, 60)}" is not a header a contract may set`,
      next: `${didYouMean(header, correlationHeaders)}Accepted: ${correlationHeaders.join(', ')}.`,
    });
  }
  for (const [index, { path }] of (contract.overrides ?? []).entries()) {
    if (/^values\.[A-Za-z0-9_-]+$/.test(path) || overridePointer(contract, path) !== undefined) continue;
    faults.push({
      code: 'selector-matches-nothing',
      span: at(`/overrides/${index}/path`),
      message: `"${path.slice(0, 100)}" selects nothing in this contract`,
      next: 'Write a path such as latency[slot-search].budget, or values.NAME for a value the organization fills in.',
    });
  }
  if (contract.extends === undefined) {
    for (const key of ['triggers', 'resources'] as const) {
      if ((contract[key] ?? []).length > 0) continue;
      faults.push({
        code: 'missing-key',
        span: { ...at(`/${key}`), length: 1 },
        message: `a contract without "extends" needs at least one entry under "${key}"`,
      });
    }
  }
  return faults;
}
