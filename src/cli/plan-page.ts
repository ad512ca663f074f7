import type { Plan } from '../gather/plan.js';
import { caseTemplates } from '../gather/case-templates.js';
import type { RunDocuments } from '../gather/probe.js';
import type { RequestTemplate } from '../gather/request.js';
import type { WriteRefusal } from '../gather/write-policy.js';
import { familyServed } from '../model/check-family.js';
import type { AnyCheck } from '../model/check.js';
import { compareCodeUnits } from '../model/order.js';
import { visible } from '../report/escape.js';

export interface PlanPageInput {
  readonly documents: RunDocuments;
  readonly plan: Plan;
  readonly refusal: WriteRefusal | undefined;
  readonly tier: string;
  readonly checks: readonly AnyCheck[];
}

const line = (label: string, value: string): string => `  ${label.padEnd(22)}${value}`;

/**
 * Page one for the EHR team to read and sign, page two every request that may be sent, with its most times. Nothing that is
 * not on page two leaves the tool (safety rules 5 and 17).
 */
export function planPage(input: PlanPageInput): string {
  return [...pageOne(input), '', ...pageTwo(input), ''].join('\n');
}

function pageOne({ documents, plan, refusal, tier, checks }: PlanPageInput): string[] {
  const { contract, organization, environment, environmentId, environmentClass } = documents;
  const policy = organization.writePolicy;
  const writing = plan.items.filter((item) => item.unmet === undefined && item.probe.writes !== 'none');
  const kinds = new Map<string, number>();
  for (const template of writing.flatMap((item) => item.sends)) {
    if (template.mutates !== true || template.method !== 'POST') continue;
    kinds.set(template.path, (kinds.get(template.path) ?? 0) + template.most);
  }
  const bindings = (organization.auth?.bindings ?? []).filter((binding) => binding.environment === environmentId);
  return [
    `PLAN for the EHR team: ${contract.metadata.id} at ${visible(organization.metadata.name ?? organization.metadata.id)}`,
    '',
    line('Target', `${environment.fhirBase} (${environmentClass})`),
    line('Contact to stop it', visible(environment.contact ?? 'not stated')),
    line('Windows', windowsOf(documents)),
    line('Clients', bindings.map((binding) => binding.id).join(', ') || 'none: nothing but public documents is read'),
    line(
      'Pace',
      `at most ${organization.limits?.requestsPerSecond ?? 2} requests a second, ${organization.limits?.concurrency ?? 2} at a time`,
    ),
    line('Test patients', (organization.testData?.patients ?? []).map((patient) => patient.alias).join(', ') || 'none'),
    line(
      'Test schedules',
      (organization.testData?.schedules ?? []).map((schedule) => schedule.id).join(', ') || 'none',
    ),
    line('Requests', `at most ${plan.requests}, test cases and cleanup aside`),
    line('', mostByFamily(plan, checks)),
    '',
    ...(refusal === undefined
      ? [
          line(
            'Writes',
            `--writes ${tier}: at most ${plan.writes} changing requests, the limit is ${policy?.maxPerRun ?? 'not stated'}`,
          ),
          ...[...kinds].map(([type, most]) =>
            line(`  creates ${type}`, `at most ${most}; undone by: ${policy?.cleanup ?? 'none'}`),
          ),
          line(
            'Marked with',
            visible(`${policy?.tag?.system ?? 'no tag'}, identifier ${policy?.identifierSystem ?? 'none'}`),
          ),
          line(
            'May stay',
            `${policy?.leaves?.max ?? 0} objects${policy?.leaves?.who === undefined ? '' : `, agreed by ${visible(policy.leaves.who)} until ${policy.leaves.until ?? 'not stated'}`}`,
          ),
        ]
      : [line('Writes', `none: ${refusal.detail}`)]),
    ...(organization.aiSystem?.proxy === undefined || environmentClass === 'production'
      ? []
      : [
          line(
            'Proxy',
            'the product reaches the EHR through this tool meanwhile; some of its requests meet a fault instead',
          ),
        ]),
    line('Never', 'no patient or person record, no order, no claim, no message, nothing signed, nothing final'),
    line('Expect', 'refused sign-ins and refused reads in your log: they are part of the test'),
    ...samplesOf(plan),
    '',
    line('Plan digest', plan.sha256.slice(0, 16)),
    line('Agreed by, on', '______________________________    ______________'),
  ];
}

/** "auth 84, read 310, write 460; 3000 more as samples of series and shares": by the family of checks it is sent for. */
function mostByFamily({ items }: Plan, checks: readonly AnyCheck[]): string {
  const sums = new Map<string, number>();
  let samples = 0;
  for (const { phase, probe, sends, unmet } of items) {
    if (unmet !== undefined) continue;
    const most = sends.reduce((sum, template) => sum + template.most * (1 + (template.pages ?? 0)), 0);
    const family = familyServed(probe.brings, checks) ?? 'other';
    if (phase === 'series') samples += most;
    else if (most > 0) sums.set(family, (sums.get(family) ?? 0) + most);
  }
  const each = [...sums]
    .sort(([one], [other]) => compareCodeUnits(one, other))
    .map(([family, most]) => `${family} ${most}`)
    .join(', ');
  return samples === 0 ? each : `${each}; ${samples} more as samples of series and shares`;
}

function pageTwo({ documents, plan }: PlanPageInput): string[] {
  const rows = plan.items.map(({ probe, subject, sends, unmet }) => {
    const head = `${probe.phase.padEnd(9)}${probe.id} on ${subject.id}`;
    return unmet === undefined
      ? [head, ...sends.map(request), ...(probe.connects?.(documents) ?? []).map(handshakes)]
      : [`${head}  -  not run: ${unmet.detail || unmet.reason}`];
  });
  const cases = [
    'before    the contract’s own searches for the test patients',
    ...caseTemplates(documents).map(request),
  ];
  return ['EVERY REQUEST that may be sent', '', ...cases, ...rows.flat()];
}

const request = (template: RequestTemplate): string =>
  `           ${String(template.most).padStart(4)} x ${template.method.padEnd(6)} ${placeOf(template)}  as ${template.context}${template.mutates === true ? '  (changes)' : ''}`;

const placeOf = ({ purpose, path, most, pages = 0 }: RequestTemplate): string =>
  purpose === 'token'
    ? 'token endpoint'
    : purpose === 'authorize'
      ? `sign-in pages, at most ${most * (1 + pages)}`
      : purpose === 'jwks'
        ? 'key set'
        : path;

// Four versions and five weak suites, and one look at the port without TLS beside the usual one.
const handshakes = (origin: string): string =>
  `              9 x TLS handshake without a request  ${origin}${new URL(origin).port === '' ? ', then one GET / on port 80' : ''}`;

function windowsOf({ environment }: RunDocuments): string {
  const windows = environment.windows ?? [];
  if (windows.length === 0) return 'any time';
  return windows.map(({ days, from, to, zone }) => `${days?.join(' ') ?? 'daily'} ${from}-${to} ${zone}`).join('; ');
}

const minutes = (milliseconds: number): number => Math.round(milliseconds / 60_000);

/** What is measured by samples: how many, at what rate, at what cost; and what no series of this run measures. */
function samplesOf({ sampling }: Plan): string[] {
  if (sampling === undefined) return [];
  const series = sampling.series.flatMap((each) => {
    const looks = each.looks.length === 1 ? `${each.looks[0]} samples` : `${each.looks.join(', then ')} samples`;
    const goal = each.contractRatePerMinute === undefined ? '' : ` (contract ${each.contractRatePerMinute})`;
    const { usual, most } = each.requestsPerSample;
    return [
      line(
        `  ${each.action ?? each.kind}`,
        `${looks}, and ${each.cold} cold ones before, at ${each.ratePerMinute} a minute${goal}`,
      ),
      line('', `${each.blocks} block(s); ${usual} requests a sample, at most ${most}`),
      line('', `for ${[...new Set(each.tracks.map(({ subject }) => subject))].join(', ')}`),
    ];
  });
  const observed = (sampling.observed ?? []).flatMap(({ subject, event, watching, pollMs, most }) => [
    watching.by === 'others'
      ? line('  observed', `${subject}: changes of ${event.type} by others, for ${minutes(watching.forMs)} minutes`)
      : line('  by hand', `${subject}: ${watching.events} changes of ${event.type} on the screen of the EHR`),
    line(
      '',
      `a look every ${Math.round(pollMs)} ms; at most ${most.events} events, ${most.looks} looks at each; nothing is written`,
    ),
  ]);
  const readings = (sampling.readings ?? []).flatMap(({ subject, watching, everyMs, most }) => [
    line(
      '  readings',
      `${subject}: as others change it, beside the AI system’s answers, for ${minutes(watching.forMs)} minutes`,
    ),
    line('', `one every ${Math.round(everyMs)} ms on the average, at most ${most.readings}; nothing is written`),
  ]);
  const recorded = (sampling.record ?? []).flatMap(({ subject, clock, days, most }) => [
    line('  by the record', `${subject}: from ${clock.from} to ${clock.to}, of the last ${days} days`),
    line('', `at most ${most.events} events; nothing is written`),
  ]);
  const load = (sampling.load ?? []).map(({ trigger, series }) =>
    line(
      '  peak load',
      `${trigger}: ${series.ratePerMinute} a minute for ${minutes(series.wallTimeMs.last)} minutes, after everything else; at most ${series.writes} written and taken back`,
    ),
  );
  const noLoad = (sampling.noLoad ?? []).map(({ trigger, detail }) => line('  no peak load', `${trigger}: ${detail}`));
  const without = sampling.notMeasured.map(({ subject, detail }) => line('  not measured', `${subject}: ${detail}`));
  return ['', 'Samples', ...series, ...observed, ...readings, ...recorded, ...load, ...noLoad, ...without];
}
