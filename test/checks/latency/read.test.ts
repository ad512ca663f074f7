import check from '../../../checks/latency/read.js';
import { testCheck } from '../../support/test-check.js';
import { seriesCases } from './series-cases.js';

testCheck(check, seriesCases('ai-request', 'ai-received'));
