import { deviationsAreNoticed } from './support/deviation-matrix.js';

deviationsAreNoticed(0, 4);
