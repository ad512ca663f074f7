import check from '../../../checks/latency/event-delivery.js';
import { testCheck } from '../../support/test-check.js';
import { seriesCases } from './series-cases.js';

testCheck(check, seriesCases('ehr-event', 'notified'));
