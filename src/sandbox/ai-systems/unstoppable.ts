import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** A product whose switch stops its listening to the EHR and nothing else. */
await runProgram((connection, configuration) => ({
  ...liveProduct(connection, configuration),
  ignoresSwitch: true as const,
}));
