import { atHolder, defineCheck, holderMessages, type Verdict } from '../../src/check.js';

export default defineCheck({
  id: 'scope.workflow',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'The client of one workflow cannot do the work of another',
  failureTitle: 'The client of one workflow can do the work of another',
  plain: 'A scheduling bot cannot write notes, and a note writer cannot book visits.',
  why: 'Products grow by workflows; one client for all of them means that whoever tricks the harmless one holds the rights of the others.',
  sends:
    'Compares the AI system’s clients by workflow. Where another workflow has one: its client reads a record only this workflow needs and tries this workflow’s create, and this client reads a record only the other one needs, each between requests that work. A create that succeeds is undone.',
  ask: {
    of: 'vendor',
    text: 'Show us the client and the scopes of each workflow you run here, and what the EHR answers when the client of one asks for the records of another.',
  },
  remedy: [
    { owner: 'vendor', effort: 'medium', text: 'Register one client per workflow, each with the scopes it needs.' },
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Grant each client granular scopes only, and refuse what a token leaves out.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://www.rfc-editor.org/rfc/rfc9700#section-2.3',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.514(d)'],
  writes: 'one',
  subjects: 'run',
  ifNone: 'no-credential',
  reads: ['workflow-clients'],
  optional: ['workflow-use', 'workflow-create', 'product-trials', 'person-drills'],
  messages: {
    ...holderMessages,
    'crossed-here': {
      kind: 'proof',
      text: 'The client of workflow {workflow} could {way} a {resourceType}, which only this workflow is for ({status}).',
    },
    'crossed-there': {
      kind: 'proof',
      text: 'The client of this workflow could {way} a {resourceType}, which only workflow {workflow} is for ({status}).',
    },
    'one-client': {
      kind: 'proof',
      text: 'One client serves this workflow and {workflow} ({binding}), with scopes for the same records.',
    },
    'product-separates': {
      kind: 'limit',
      text: 'One login may do the work of several workflows; the product kept them apart in {trials} trials.',
    },
    'control-failed': {
      kind: 'control',
      text: 'A {resourceType} was refused across workflows, but so was what the same session may do, just before or after.',
    },
    undecided: {
      kind: 'control',
      text: 'A {way} of a {resourceType} across workflows was answered {status}, which is no refusal.',
    },
    'not-stated': {
      kind: 'undecided',
      text: 'The organization file does not say which workflow the client {binding} is for.',
    },
    'not-compared': {
      kind: 'limit',
      text: 'Whether {binding} is the same client could not be seen: a reference does not resolve.',
    },
    'not-tried': {
      kind: 'limit',
      text: 'One client serves this workflow and {workflow}; whether its scopes keep them apart was not tried.',
    },
  },
  evaluate: (facts, say, { item: { contract } }) => {
    const { binding, workflow, others } = facts['workflow-clients'];
    if (workflow === null) return say.notMeasured('not-stated', 'undecided', { binding });
    const trials = [...(facts['workflow-use'] ?? []), ...(facts['workflow-create'] ?? [])];
    const verdicts: Verdict[] = trials.flatMap((trial) => {
      if (trial.seen === 'data')
        return [trial.direction === 'other-here' ? say.fail('crossed-here', trial) : say.fail('crossed-there', trial)];
      if (!trial.allowedBefore || !trial.allowedAfter)
        return [say.notMeasured('control-failed', 'control-failed', trial)];
      return trial.seen === 'fault' || trial.seen === 'unusual'
        ? [say.notMeasured('undecided', 'control-failed', trial)]
        : [];
    });
    for (const other of others) {
      if (other.sameClient === null) verdicts.push(say.notMeasured('not-compared', 'no-credential', other));
      else if (other.sameClient && !other.scopesDiffer) verdicts.push(say.fail('one-client', other));
      else if (other.sameClient && !trials.some((trial) => trial.workflow === other.workflow))
        verdicts.push(say.notMeasured('not-tried', 'no-test-object', other));
    }
    const tried = trials.map(({ way, resourceType }) => `${way} ${resourceType}`);
    const ehr = verdicts.length > 0 ? verdicts : say.pass({ workflow, clients: others.length + 1, tried });
    const judged = atHolder(say, 'workflowLimit', contract.permissions?.workflowLimit?.heldBy, facts, ehr);
    return judged.map((verdict): Verdict => {
      if (verdict.outcome !== 'pass' || verdict.holder !== 'product') return verdict;
      const data = { trials: 0, ...verdict.data };
      return { ...say.warn('product-separates', data), holder: 'product' };
    });
  },
});
