import { describe, expect, it } from 'vitest';
import { loadContract, loadOrganization } from '../../src/load/documents.js';
import { bytesOf, options, shipped } from './loading.js';

const own = [
  'apiVersion: ehr-scorecard/v1',
  'kind: WorkflowContract',
  'extends: scheduling-voice-bot',
  'metadata: {id: ours}',
  'latency:',
  '  - {id: booking, from: ai-request, to: write-acknowledged, budget: PT9S}',
  '  - {id: mine, from: ai-request, to: ai-received}',
  'audit: {expect: []}',
  '',
].join('\n');

describe('extends', () => {
  it('merges maps by key, lists with ids by id, and replaces other lists', async () => {
    const { value } = await loadContract(bytesOf(own), options);
    expect(value.metadata.id).toBe('ours');
    expect(value.latency?.map(({ id }) => id)).toEqual([
      'slot-search',
      'booking',
      'freed-slot',
      'call-to-visit',
      'read-after-write',
      'mine',
    ]);
    expect(value.latency?.[1]).toMatchObject({ budget: 'PT9S', percentile: 95, answeredBy: 'book' });
    expect(value.audit).toMatchObject({ expect: [], maxLag: 'P1D' });
    expect(value.resources).toHaveLength(3);
  });

  it('inherits nobody’s agreement', async () => {
    const { value } = await loadContract(bytesOf(own), options);
    expect(Object.keys(value.metadata).sort()).toEqual(['id', 'title', 'workflowKind']);
  });

  it('knows the file and line of each value', async () => {
    const { span, inherited } = await loadContract(bytesOf(own), options);
    expect(span('/latency/1/budget')).toMatchObject({ file: 'file.yaml', line: 6 });
    const line =
      (await shipped('contracts/scheduling-voice-bot.yaml'))
        .split('\n')
        .findIndex((text) => text.includes('id: booking')) + 1;
    expect(span('/latency/1/percentile')).toMatchObject({ file: 'contracts/scheduling-voice-bot.yaml', line });
    expect(inherited.has('/latency/1/percentile')).toBe(true);
    expect(inherited.has('/latency/1/budget')).toBe(false);
    expect(inherited.has('/latency/1')).toBe(false);
    expect(inherited.has('/latency/0')).toBe(true);
    expect(span('/latency/5/nothing/there')).toMatchObject({ file: 'file.yaml', line: 7 });
  });

  it('reads the same from the bytes it kept, and nothing else', async () => {
    const first = await loadContract(bytesOf(own), options);
    const [main = '', template = ''] = [...first.inputs.keys()];
    expect([main, template]).toEqual(['file.yaml', 'contracts/scheduling-voice-bot.yaml']);
    const nowhere = new URL('file:///nonexistent/');
    const source = { name: main, bytes: first.inputs.get(main)! };
    const again = await loadContract(source, { profilesFolder: nowhere, inputs: first.inputs });
    expect(again.value).toEqual(first.value);
    await expect(loadContract(source, { profilesFolder: nowhere, inputs: new Map() })).rejects.toMatchObject({
      code: 'unknown-template',
    });
  });

  it('takes organization templates that permit nothing', async () => {
    for (const name of ['athenahealth', 'eclinicalworks', 'epic', 'oracle-health']) {
      const { value, problems } = await loadOrganization(
        bytesOf(`apiVersion: ehr-scorecard/v1\nkind: OrganizationProfile\nextends: ${name}\nmetadata: {id: ours}\n`),
        options,
      );
      expect(problems).toEqual([]);
      expect(Object.keys(value).sort()).toEqual(['apiVersion', 'ehr', 'extends', 'kind', 'limits', 'metadata']);
      expect(value.limits?.requestsPerSecond).toBeLessThanOrEqual(2);
      expect(value.limits?.authNegativeTests).toBe(false);
    }
  });
});
