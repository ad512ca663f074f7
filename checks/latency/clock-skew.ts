import { defineCheck } from '../../src/check.js';

const agreesWithinMs = 1_000;
const usableWithinMs = 5_000;
const enough = 20;

const names = {
  ehr: 'The EHR',
  'authorization-server': 'The authorization server',
  'ai-system': 'The AI system',
  'other-organization': 'The EHR of another organization',
} as const;
const sources = {
  date: 'the header Date',
  record: 'meta.lastUpdated of what was just created',
  notice: 'the time in its notices',
  message: 'MSH-7 of its messages',
} as const;

export default defineCheck({
  id: 'latency.clock-skew',
  kind: 'probe',
  severity: 'minor',
  blocks: 'ehr-configuration',
  title: 'The clocks agree, so that two logs can be put in order',
  failureTitle: 'The clocks are too far apart to put two logs in order',
  plain: 'The log of the AI and the log of the EHR can be laid side by side, and it is clear what happened first.',
  why: 'After a mistake somebody has to find out who changed what first; with clocks apart both logs are right and the story is wrong.',
  sends:
    'Nothing of its own: compares the time that answers, new records and notices carry with this machine’s clock, over the whole run.',
  ask: {
    of: 'ehr-team',
    text: 'Show us which time server the EHR, its interface engine and its audit log use, and who is told when one of them drifts.',
  },
  remedy: [
    { owner: 'ehr-team', effort: 'low', text: 'Synchronise every host, load-balanced node and log with NTP.' },
    { owner: 'vendor', effort: 'low', text: 'Use the same time base, and log in UTC with milliseconds.' },
  ],
  references: [
    'https://profiles.ihe.net/ITI/TF/Volume1/ch-7.html',
    'https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1',
  ],
  maps: ['45 CFR 164.312(b)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['clock-offsets'],
  messages: {
    'far-off': {
      kind: 'rate',
      text: '{system} is at least {offMs} ms away from this machine’s clock, by {source}; the order of two logs is not known.',
    },
    off: { kind: 'limit', text: '{system} is at least {offMs} ms away from this machine’s clock, by {source}.' },
    wide: {
      kind: 'limit',
      text: '{system} is at most {mostMs} ms away from this machine’s clock, by {source}; more is not known.',
    },
    nodes: {
      kind: 'control',
      text: '{system} has no one time: its answers are {apartMs} ms apart, by {source}, as of nodes whose clocks disagree.',
    },
    few: {
      kind: 'control',
      text: '{readings} answers of the EHR carried a time of their own, and 20 are needed.',
    },
  },
  evaluate: ({ 'clock-offsets': rows }, say) => {
    const dated = rows.filter(({ system, source }) => system === 'ehr' && source === 'date');
    const readings = dated.reduce((most, row) => Math.max(most, row.readings), 0);
    const verdicts = [];
    if (readings < enough) verdicts.push(say.notMeasured('few', 'too-few', { readings }));
    let [judged, withinMs] = [0, 0];
    for (const row of rows) {
      if (row.source === 'date' && row.readings < enough) continue;
      const about = { system: names[row.system], source: sources[row.source] };
      const [low, high] = [row.atLeastMs ?? -Infinity, row.atMostMs ?? Infinity];
      // Some servers write a Date that is up to a second old; both ends are then where the offset was seen.
      const [least, most] = [Math.min(low, high), Math.max(low, high)];
      if (low - high > agreesWithinMs) {
        verdicts.push(say.notMeasured('nodes', 'clocks-disagree', { ...about, apartMs: low - high }));
        continue;
      }
      const offMs = Math.max(0, least, -most);
      const mostMs = Math.max(Math.abs(least), Math.abs(most));
      if (offMs > usableWithinMs) verdicts.push(say.fail('far-off', { ...about, offMs }));
      else if (offMs > agreesWithinMs) verdicts.push(say.warn('off', { ...about, offMs }));
      else if (mostMs > agreesWithinMs && row.source === 'date') verdicts.push(say.warn('wide', { ...about, mostMs }));
      else if (mostMs <= agreesWithinMs) [judged, withinMs] = [judged + 1, Math.max(withinMs, mostMs)];
    }
    return verdicts.length > 0 ? verdicts : say.pass({ clocks: judged, withinMs });
  },
});
