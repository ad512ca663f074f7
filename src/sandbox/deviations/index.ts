import type { Deviation } from '../deviation.js';
import fieldDropped from './field-dropped.js';
import stalePatchAccepted from './stale-patch-accepted.js';

export const deviations: readonly Deviation[] = [fieldDropped, stalePatchAccepted];
