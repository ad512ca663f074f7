import { join } from 'node:path';
import { parseDurationMs } from '../model/documents/duration.js';
import type { Contract } from '../model/documents/contract.js';
import type { WitnessSheet } from '../model/documents/witness-sheet.js';
import { ToolError } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader, EvidenceLine } from '../model/evidence.js';
import type { FactKind, FactValue, RecordedFact } from '../model/fact.js';
import { factKinds } from '../model/facts/registry.js';
import { collectedEnd } from './collected-end.js';
import { ChainedLog, createLogFile } from './durable-log.js';
import { wordDigestOf } from './one-time-word.js';

export interface WitnessOptions {
  readonly folder: string;
  readonly header: EvidenceHeader;
  readonly contract: Contract;
  /** Facts of the run so far. */
  readonly facts: readonly RecordedFact[];
  readonly lastEnd: EvidenceEnd;
  /** Where the chain goes on. */
  readonly continueFrom: { readonly seq: number; readonly previous: string };
  readonly sheet: WitnessSheet;
  /** Digest of the sheet's file. */
  readonly sha256: string;
  readonly now: () => Date;
}

export interface Witnessed {
  /** Kinds of facts the sheet brought, with their subject. */
  readonly facts: readonly { readonly kind: FactKind; readonly subject: string }[];
  /** Words this run wrote that were read off a screen. */
  readonly sightings: number;
  readonly wrongWords: number;
}

/**
 * Brings a filled-in witness sheet into a finished run as a segment of facts of grade `witnessed`. A later sheet takes the
 * place of an earlier one, kind by kind. Sends nothing.
 * @throws ToolError (exit 2), the evidence untouched: nothing on the sheet counts
 */
export async function collectWitness(options: WitnessOptions): Promise<Witnessed> {
  const { folder, header, lastEnd, continueFrom, sha256, now } = options;
  const { lines, sightings, wrongWords } = witnessedFacts(options);
  if (lines.length === 0) {
    throw new ToolError(
      'nothing-counted',
      'nothing on the sheet counts: none of its words stands in an object of this run',
      {
        next: 'Copy the word of the test object from the screen of the EHR into seen[].word.',
      },
    );
  }
  const at = now().toISOString();
  const segment: EvidenceLine[] = [
    { type: 'segment', kind: 'witness-sheet', at, sources: [{ name: 'witness-sheet', sha256 }] },
    ...lines.map(({ kind, subject, value }): EvidenceLine => ({
      type: 'fact',
      kind,
      version: factKinds[kind].version,
      subject,
      value,
      grade: 'witnessed',
      exchanges: [],
      environmentClass: header.environment.class,
    })),
    collectedEnd(at, lastEnd),
  ];
  const log = new ChainedLog(await createLogFile(join(folder, 'evidence.ndjson'), 'continue'), continueFrom);
  try {
    await Promise.all(segment.map((line) => log.append(line)));
    await log.flush();
  } finally {
    await log.close();
  }
  return { facts: lines.map(({ kind, subject }) => ({ kind, subject })), sightings, wrongWords };
}

interface FactLine {
  readonly kind: FactKind;
  readonly subject: string;
  readonly value: unknown;
}

/**
 * What people saw, as facts. What speaks for the product or a person counts only beside a word of this run, copied from a
 * screen; what speaks against them counts without.
 */
function witnessedFacts({
  header,
  contract,
  facts,
  sheet,
}: Pick<WitnessOptions, 'header' | 'contract' | 'facts' | 'sheet'>): {
  readonly lines: readonly FactLine[];
  readonly sightings: number;
  readonly wrongWords: number;
} {
  const witnesses = sheet.witnesses.map(({ name }) => name.trim());
  const lines: FactLine[] = [];
  const add = <K extends FactKind>(kind: K, subject: string, value: FactValue<K>): void => {
    lines.push({ kind, subject, value });
  };
  const screens = seenByAction(sheet, header.runId, facts);
  for (const [action, { wrongWords, ...seen }] of screens)
    if (seen.sightings + seen.notFound > 0)
      add('seen-on-screen', `action:${action}`, { ...seen, wrongWords, witnesses });
  const sightings = total([...screens.values()].map((each) => each.sightings));
  const proven = sightings > 0;

  for (const [subject, value] of personDrills(sheet, contract, proven)) add('person-drills', subject, value);
  const stops = (sheet.stop?.drills ?? []).filter(({ wroteAfterwards }) => proven || wroteAfterwards);
  if (sheet.stop !== undefined && stops.length > 0)
    add('stop-drills', 'run', {
      drills: stops.length,
      wroteAfterwards: stops.filter(({ wroteAfterwards }) => wroteAfterwards).length,
      slowestMinutes: Math.max(...stops.map(({ minutes }) => minutes)),
      agreedMinutes: sheet.stop.agreedMinutes,
      witnesses,
    });
  const tries = (sheet.idle?.tries ?? []).filter(({ locked }) => proven || !locked);
  if (sheet.idle !== undefined && tries.length > 0)
    add('idle-screens', 'run', {
      tries: tries.length,
      stillOpen: tries.filter(({ locked }) => !locked).length,
      agreedMinutes: sheet.idle.agreedMinutes,
      witnesses,
    });
  const downtime = (sheet.downtime ?? []).filter(({ worked }) => proven || !worked);
  if (downtime.length > 0)
    add('downtime-drills', 'run', {
      drills: downtime.length,
      missed: downtime.filter(({ worked }) => !worked).length,
      witnesses,
    });
  return { lines, sightings, wrongWords: total([...screens.values()].map((each) => each.wrongWords)) };
}

type Seen = Omit<FactValue<'seen-on-screen'>, 'witnesses'>;

function seenByAction(sheet: WitnessSheet, runId: string, facts: readonly RecordedFact[]): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const { action, found: there, word = '', secondLogin } of sheet.seen ?? []) {
    const digests = facts.flatMap(({ kind, subject, value }) =>
      kind === 'one-time-words' && subject === `action:${action}`
        ? ((value as Partial<FactValue<'one-time-words'>>).digests ?? [])
        : [],
    );
    const right = there && digests.includes(wordDigestOf(runId, word));
    const seen = found.get(action) ?? { sightings: 0, notFound: 0, secondLogins: 0, wrongWords: 0 };
    found.set(action, {
      sightings: seen.sightings + Number(right),
      notFound: seen.notFound + Number(!there),
      secondLogins: seen.secondLogins + Number(right && secondLogin === true),
      wrongWords: seen.wrongWords + Number(there && !right),
    });
  }
  return found;
}

function personDrills(
  sheet: WitnessSheet,
  contract: Contract,
  proven: boolean,
): Map<string, FactValue<'person-drills'>> {
  const bySubject = new Map<string, FactValue<'person-drills'>>();
  for (const { control, action, held, minutes } of sheet.drills ?? []) {
    const limitMinutes = limitOf(contract, control, action);
    const missed = !held || (limitMinutes !== undefined && minutes > limitMinutes);
    if (!proven && !missed) continue;
    const subject = action === undefined ? 'run' : `action:${action}`;
    const rows = bySubject.get(subject) ?? [];
    const row = rows.find((each) => each.control === control);
    bySubject.set(subject, [
      ...rows.filter((each) => each !== row),
      { control, drills: (row?.drills ?? 0) + 1, missed: (row?.missed ?? 0) + Number(missed) },
    ]);
  }
  return bySubject;
}

/** The time a person has, as the contract declares it. */
function limitOf(contract: Contract, control: string, actionId: string | undefined): number | undefined {
  const action = (contract.actions ?? []).find(({ id }) => id === actionId);
  const { compensation, review } = action ?? {};
  const declared =
    control === 'undo' && typeof compensation === 'object'
      ? compensation.limit
      : control === 'reviewGate'
        ? review?.deadline
        : undefined;
  return declared === undefined ? undefined : parseDurationMs(declared) / 60_000;
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
