import { defineProbe } from '../probe.js';

/** What the organization file claims. Sends nothing, follows no link. */
export default defineProbe({
  id: 'attestations',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  brings: ['attestations'],
  sends: () => [],
  run: (_, { organization }) =>
    Promise.resolve({
      attestations: {
        graded: (organization.attestations ?? []).map(({ id, owner, issued, expires, sha256, covers, drilledOn }) => ({
          id,
          owner: owner ?? null,
          issued: issued ?? null,
          expires: expires ?? null,
          sha256: sha256 ?? null,
          ...(covers === undefined ? {} : { covers: [...covers] }),
          ...(drilledOn === undefined ? {} : { drilledOn }),
        })),
        grade: 'attested' as const,
      },
    }),
});
