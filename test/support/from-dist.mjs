// `node --import tsx --import ./test/support/from-dist.mjs`: test programs in TypeScript that run the compiled sources.
import { register } from 'node:module';

register('./from-dist-hooks.mjs', import.meta.url);
