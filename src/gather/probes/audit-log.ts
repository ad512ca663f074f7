import { logFacts, withoutLog } from '../audit-facts.js';
import { auditEventSource, auditLogTemplates } from '../audit-log.js';
import { defineProbe } from '../probe.js';
import { settledLog } from '../settled-log.js';

/** What the run sent, found again in the EHR's AuditEvents. */
export default defineProbe({
  id: 'audit-log',
  phase: 'settle',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: [...logFacts, 'agents-in-log', 'record-quality'],
  sends: (_run, { organization, environment }) => {
    const source = auditEventSource(organization);
    return source === undefined ? [] : auditLogTemplates(source, environment);
  },
  async run(_subject, tools) {
    const settled = await settledLog(tools);
    if ('missing' in settled) return { ...withoutLog(settled), 'agents-in-log': settled, 'record-quality': settled };
    const facts = Object.values(settled.facts);
    // The exchanges somebody can look up first: they are what a report shows.
    tools.cite(facts.flatMap((fact) => ('missing' in fact ? [] : [...fact.missingExamples, ...fact.foundExamples])));
    tools.cite(settled.exchanges);
    tools.cite(settled.quality.examples);
    return { ...settled.facts, 'agents-in-log': settled.agents, 'record-quality': settled.quality };
  },
});
