/** The tests run what is shipped: vitest.config.ts takes every import of the sources from dist. */
export const packageFolder = new URL('../../', import.meta.url);
export const checksFolder = new URL('dist/checks/', packageFolder);
export const places = { checksFolder, packageFolder };
