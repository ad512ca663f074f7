import type { AdvisorConfiguration } from './advisor-configuration.js';
import type { AiSystemName } from './start.js';
import type { ScribeName } from './start-scribe.js';
import type { TrackerName } from './start-tracker.js';
import { startProgram, type RunningProgram } from './start-program.js';

/** Every product there is to try. */
export type ProductName = AiSystemName | ScribeName | TrackerName | 'order-advisor';

/** Id of the service it offers for the hook `order-sign`. */
export const advisorService = 'pa-needed';

/** The order advisor at work in a process of its own; `origin` is `aiSystem.cdsHooks.base`. */
export const startOrderAdvisor = (
  folder: string,
  settings: Omit<AdvisorConfiguration, 'port'>,
): Promise<RunningProgram> => startProgram('order-advisor', folder, { ...settings, port: 0 });
