import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { loadPolicy, policyFrom } from '../../src/load/policy.js';
import { ToolError } from '../../src/model/errors.js';
import { checksFolder } from '../support/places.js';

const sources = {
  folder: new URL('../../profiles/policies/', import.meta.url),
  checkIds: ['write.create', 'scope.role'],
};
const head = 'apiVersion: ehr-scorecard/v1\nkind: Policy\nmetadata: {id: own, version: 1.0.0}\n';
const own = (body: string) =>
  policyFrom([{ name: 'policy.yaml', bytes: Buffer.from(`${head}${body}`) }], sources.checkIds, false);

function refusal(body: string): { code: string; line: number | undefined; column: number | undefined } {
  try {
    own(body);
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError);
    const { code, span, exitCode } = error as ToolError;
    expect(exitCode).toBe(2);
    return { code, line: span?.line, column: span?.column };
  }
  throw new Error('the policy was accepted');
}

describe('a policy', () => {
  it('has one row per check and part, with what it decides and supports', () => {
    const { rows, absent, later } = own(
      [
        'questions:',
        '  write: {deciding: [write.create], supporting: ["scope.role[human]"]}',
        '  audit: {supporting: [write.create, {check: "scope.role[human]", severity: major}]}',
        'decision: [{check: audit.later, ifNone: no-peer}]',
        'absent: [{check: audit.later, severity: minor, if: writes}, {check: audit.much-later, severity: minor, later: true}]',
      ].join('\n'),
    );
    expect(rows).toEqual([
      {
        check: 'write.create',
        part: null,
        severity: undefined,
        ifNone: undefined,
        decides: ['write'],
        supports: ['audit'],
      },
      {
        check: 'scope.role',
        part: 'human',
        severity: 'major',
        ifNone: undefined,
        decides: [],
        supports: ['write', 'audit'],
      },
      { check: 'audit.later', part: null, severity: undefined, ifNone: 'no-peer', decides: [], supports: [] },
    ]);
    expect(absent.map((one) => one.check)).toEqual(['audit.later']);
    expect(later).toEqual(['audit.much-later']);
  });

  it.each([
    ['an id that is nowhere', 'decision: [write.creat]', 'unknown-check', 4, 12],
    ['an absent id that exists', 'absent: [{check: write.create, severity: blocker}]', 'check-not-absent', 4, 18],
    ['a safety blocker that is nowhere', 'safetyBlockers: [[write.create, write.gone]]', 'unknown-check', 4, 33],
    ['an unknown key', 'decisions: []', 'unknown-key', 4, 1],
  ])('is refused for %s', (_, body, code, line, column) => {
    expect(refusal(body)).toEqual({ code, line, column });
  });

  it.each([
    'questions: {read: {deciding: ["read.x[nobody]"]}}',
    'absent: [{check: a.b, severity: urgent}]',
    '- a',
    ': [',
  ])('is refused for %s', (body) => {
    expect(refusal(body).line).toBeGreaterThanOrEqual(1);
  });
});

describe('a policy file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('may extend a shipped one; what was read is kept', async () => {
    const checkIds = (await loadChecks(checksFolder)).map((check) => check.id);
    const path = join(folder, 'own.yaml');
    await writeFile(
      path,
      `${head}extends: pilot\ndecision: [local.rule]\nabsent: [{check: local.rule, severity: minor}]\n`,
    );
    const loaded = await loadPolicy(path, { ...sources, checkIds });
    const { policy: pilot } = await loadPolicy('pilot', { ...sources, checkIds });
    expect([...loaded.files.keys()]).toEqual(['policy.yaml', 'policy-pilot.yaml']);
    expect([pilot.shipped, loaded.policy.shipped, loaded.policy.id]).toEqual([true, false, 'own']);
    expect(loaded.policy.rows.length).toBe(pilot.rows.length + 1);
  });

  it('that does not exist, extends a file, or is a folder is refused', async () => {
    await expect(loadPolicy('pilots', sources)).rejects.toMatchObject({ code: 'unknown-policy', exitCode: 2 });
    await expect(loadPolicy(folder, sources)).rejects.toMatchObject({ code: 'unreadable-policy', exitCode: 2 });
    const path = join(folder, 'own.yaml');
    await writeFile(path, `${head}extends: other\n`);
    await expect(loadPolicy(path, sources)).rejects.toMatchObject({ code: 'unknown-policy', exitCode: 2 });
  });
});
