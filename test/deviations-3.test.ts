import { deviationsAreNoticed } from './support/deviation-matrix.js';

deviationsAreNoticed(2, 4);
