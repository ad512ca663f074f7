import { acceptedAccess } from '../../model/accepted-access.js';
import { defineProbe } from '../probe.js';

/** Whether this run read and wrote what the contract names, and which other organizations have a file. Sends nothing. */
export default defineProbe({
  id: 'run-coverage',
  phase: 'settle',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['run-coverage'],
  sends: () => [],
  run: (_, { accepted, contract, peers = [] }) =>
    Promise.resolve({
      'run-coverage': {
        ...acceptedAccess(contract, [...accepted]),
        peers: peers.map(({ organization }) => organization.metadata.id),
      },
    }),
});
