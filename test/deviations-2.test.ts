import { deviationsAreNoticed } from './support/deviation-matrix.js';

deviationsAreNoticed(1, 4);
