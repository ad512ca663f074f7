import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkplace, type Workplace } from '../support/command-line.js';

describe('ten minutes of load', () => {
  let workplace: Workplace;
  beforeAll(async () => {
    workplace = await openWorkplace({
      change({ organization }) {
        organization['aiSystem'] = {
          query: { url: 'http://127.0.0.1:9/availability' },
          webhook: { url: 'http://127.0.0.1:9/webhook', secret: { ref: 'env:EHR_SCORECARD_SECRET' } },
        };
      },
    });
  });
  afterAll(() => workplace.close());

  const planned = async (...flags: string[]): Promise<string> => {
    const { code, stdout, stderr } = await workplace.run('--writes', 'all', '--dry-run', ...flags);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  it.each([
    ['the policy scale', ['--policy', 'scale']],
    ['its own name', ['--only', 'latency.under-load']],
  ])('are planned by %s, for ten minutes and longer', async (_, flags) => {
    const page = await planned(...flags);
    expect(page).toMatch(/peak load +call: 12 a minute for 10 minutes, after everything else; at most 125 written/);
    expect(page).toMatch(/peak load +appointment-freed: 4 a minute for 16 minutes/);
    expect(page).toMatch(/peak-load on trigger:call\n +125 x POST/);
  });

  it.each([
    ['the policy pilot', []],
    ['a family', ['--only', 'latency']],
    ['everything else that was skipped', ['--skip', 'hipaa']],
    ['a policy whose check was skipped', ['--policy', 'scale', '--skip', 'latency.under-load']],
  ])('are not planned by %s', async (_, flags) => {
    const page = await planned(...flags);
    expect(page).not.toContain('peak load');
    expect(page).not.toMatch(/peak-load on trigger:\S+\n +\d/);
  });
});
