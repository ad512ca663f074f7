import { compareCodeUnits } from '../../model/order.js';
import { defineProbe } from '../probe.js';

/** Which kinds of requests the server took in this run, whatever it declares. Sends nothing. */
export default defineProbe({
  id: 'accepted-requests',
  phase: 'settle',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['accepted-requests'],
  sends: () => [],
  run: (_, { accepted }) => Promise.resolve({ 'accepted-requests': [...accepted].sort(compareCodeUnits) }),
});
