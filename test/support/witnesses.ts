import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { collectWitnessSheet } from '../../src/cli/collect.js';
import type { WitnessSheet } from '../../src/model/documents/witness-sheet.js';
import type { TrialOptions } from './trial.js';
import { places } from './places.js';

/** Two people who read the word of each object off the sandbox, and write a sheet about that and what else is given. */
export function witnesses(
  more: (now: string) => Partial<WitnessSheet> = () => ({}),
): Pick<Required<TrialOptions>, 'witness' | 'afterwards'> & { readonly words: ReadonlyMap<string, string> } {
  const words = new Map<string, string>();
  return {
    words,
    witness: (sandbox) => ({
      mostMs: 0,
      onWait: ({ action, resourceType }) => {
        const { store } = sandbox.organizations.get('lakeside')!;
        const known = new Set(words.values());
        for (const resource of Object.values(store.snapshot())) {
          const word = /^INTEGRATION TEST .* ([A-Z]{8})$/.exec(
            (resource as { description?: string }).description ?? '',
          )?.[1];
          if (resource.resourceType === resourceType && word !== undefined && !known.has(word)) words.set(action, word);
        }
      },
    }),
    afterwards: async ({ folder }) => {
      const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      const sheet: WitnessSheet = {
        apiVersion: 'ehr-scorecard/v1',
        kind: 'WitnessSheet',
        run: folder.split('/').at(-1) ?? '',
        witnesses: [{ name: 'A. Doe' }, { name: 'B. Roe' }],
        seen: [...words].map(([action, word]) => ({ action, at, found: true, word })),
        ...more(at),
      };
      const file = join(folder, '..', 'witness.yaml');
      await writeFile(file, stringify(sheet));
      await collectWitnessSheet(folder, file, places);
    },
  };
}
