import { defineProbe } from '../probe.js';

/** What the files of the run say about themselves. Sends nothing. */
export default defineProbe({
  id: 'documents',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  brings: ['document-problems', 'template-defaults', 'certificate-files'],
  sends: () => [],
  run: (_, { problems, inherited, contract, certificates }) =>
    Promise.resolve({
      'document-problems': problems.map(({ code, document, pointer, data }) => ({
        code,
        document,
        pointer,
        name: textOf(data['name']) ?? textOf(data['path']) ?? textOf(data['seen']) ?? '',
      })),
      'template-defaults': {
        status: contract.metadata.status ?? 'not-stated',
        pointers: topmost([...inherited]),
      },
      'certificate-files': certificates.map((certificate) => ({ ...certificate })),
    }),
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What stands below an inherited value is inherited too. */
function topmost(pointers: readonly string[]): string[] {
  const all = new Set(pointers);
  return pointers.filter((pointer) => !all.has(pointer.slice(0, pointer.lastIndexOf('/'))));
}
