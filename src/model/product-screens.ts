import type { Contract } from './documents/contract.js';

/** People use screens of the product itself, inside the EHR or beside it. */
export const hasScreens = ({ productScreens }: Contract): boolean =>
  productScreens === 'embedded' || productScreens === 'separate';
