import { parseDurationMs } from '../../model/documents/duration.js';
import type { OrganizationProfile } from '../../model/documents/organization.js';
import { missing, type FactValue } from '../../model/fact.js';
import { defineProbe } from '../probe.js';

/** Single statements of the organization file, point by point. Sends nothing, follows no link. */
export default defineProbe({
  id: 'statements',
  phase: 'static',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['log-retention', 'connection-claim', 'delivery-signs', 'pilot-metrics'],
  sends: () => [],
  run: (_, { organization, contract }) => {
    const wanted = new Set((contract.success ?? []).map(({ id }) => id));
    const metrics = (organization.metrics ?? []).filter(({ metric }) => wanted.has(metric));
    return Promise.resolve({
      'log-retention': retentionOf(organization),
      'connection-claim': { graded: connectionOf(organization), grade: 'attested' as const },
      'delivery-signs': { graded: deliveryOf(organization), grade: 'attested' as const },
      'pilot-metrics': {
        graded: metrics.map(({ metric, baseline, latest, source, date }) => ({
          metric,
          baseline: baseline ?? null,
          latest: latest ?? null,
          source: source ?? null,
          date: date ?? null,
        })),
        grade: 'attested' as const,
      },
    });
  },
});

/** Where one statement was renewed, the one that holds longest. */
function statementOf({ attestations = [] }: OrganizationProfile, id: string) {
  return attestations
    .filter((each) => each.id === id)
    .reduce<(typeof attestations)[number] | undefined>(
      (best, each) => (best === undefined || (each.expires ?? '') > (best.expires ?? '') ? each : best),
      undefined,
    );
}

function retentionOf(organization: OrganizationProfile) {
  const statement = statementOf(organization, 'audit-retention');
  if (statement === undefined) {
    return missing('undecided', 'attestation audit-retention: whoever keeps the audit log states how');
  }
  const { keptFor, shorterBecause, appendOnly, readBy, reviewedEvery, disclosures, clock } = statement.log ?? {};
  return {
    graded: {
      owner: statement.owner ?? null,
      expires: statement.expires ?? null,
      keptForMs: keptFor === undefined ? null : parseDurationMs(keptFor),
      shorterBecause: shorterBecause ?? null,
      appendOnly: appendOnly ?? null,
      readBy: readBy ?? null,
      reviewedEveryMs: reviewedEvery === undefined ? null : parseDurationMs(reviewedEvery),
      disclosures: disclosures ?? null,
      clock: clock ?? null,
    },
    grade: 'attested' as const,
  };
}

function deliveryOf({ delivery }: OrganizationProfile): FactValue<'delivery-signs'> {
  const { warningSigns = [], spend } = delivery ?? {};
  return {
    signs: warningSigns.map(({ sign, answer, owner, date }) => ({
      sign,
      answer: answer ?? null,
      owner: owner ?? null,
      date: date ?? null,
    })),
    spend: spend === undefined ? null : { planned: spend.planned, actual: spend.actual },
  };
}

function connectionOf(organization: OrganizationProfile): FactValue<'connection-claim'> {
  const { vendor, product, version, chplProductNumber, listing } = organization.ehr ?? {};
  const letter = statementOf(organization, 'ehr-connection');
  return {
    vendor: vendor ?? null,
    product: product ?? null,
    version: version ?? null,
    chplProductNumber: chplProductNumber ?? null,
    letter: letter === undefined ? null : { owner: letter.owner ?? null, expires: letter.expires ?? null },
    listing:
      listing === undefined
        ? null
        : { direction: listing.direction ?? null, status: listing.status ?? null, date: listing.date ?? null },
  };
}
