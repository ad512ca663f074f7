import type { Contract } from './documents/contract.js';

/** What a run did with success, from the shapes of its requests (`GET Slot/{id}`, `POST Appointment`), for the contract's types only. */
export function acceptedAccess(
  contract: Contract,
  shapes: readonly string[],
): { readonly reads: boolean; readonly writes: boolean } {
  const read = new Set((contract.resources ?? []).map(({ type }) => type));
  const written = new Set((contract.actions ?? []).flatMap(({ resource }) => resource ?? []));
  const parts = shapes.map((shape) => {
    const [, method = '', type = '', rest = ''] = /^(\w+) ([A-Za-z]+)(.*)$/.exec(shape) ?? [];
    return { method, type, search: rest.startsWith('/_search') };
  });
  return {
    reads: parts.some(({ method, type, search }) => read.has(type) && (method === 'GET' || search)),
    writes: parts.some(({ method, type, search }) => written.has(type) && method !== 'GET' && !search),
  };
}
