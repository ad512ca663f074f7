import { deviationsAreNoticed } from './support/deviation-matrix.js';

deviationsAreNoticed(3, 4);
