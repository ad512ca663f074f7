import { readdir } from 'node:fs/promises';
import type { AnyCheck } from '../model/check.js';
import { compareCodeUnits } from '../model/order.js';

/** Every check of the installed package, found by listing its folder; never from the working directory (safety rule 40). */
export async function loadChecks(checksFolder: URL): Promise<AnyCheck[]> {
  const families = (await readdir(checksFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const files = await Promise.all(
    families.map(async ({ name }) => {
      const folder = new URL(`${name}/`, checksFolder);
      return (await readdir(folder))
        .filter((file) => /\.(js|ts)$/.test(file) && !file.endsWith('.d.ts'))
        .map((file) => new URL(file, folder));
    }),
  );
  const checks = await Promise.all(
    files.flat().map(async (file) => ((await import(file.href)) as { default: AnyCheck }).default),
  );
  return checks.sort((a, b) => compareCodeUnits(a.id, b.id));
}
