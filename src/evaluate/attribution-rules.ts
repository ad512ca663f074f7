import type { RemedyOwner } from '../model/check.js';
import { liesAt } from '../model/documents/places.js';
import type { ExchangeLine } from '../model/evidence.js';
import type { FactKind, FactValue } from '../model/fact.js';
import type { BlockerClass } from '../model/outcome.js';
import { lowerBound } from '../model/shares.js';
import type { AnySubject } from '../model/subject.js';
import { askedOf, ofAiSystem, ofOwnClient, succeeded, type Asked } from './requests.js';
import type { Row } from './rows.js';

/** Whose problem a row most likely is, and what says so. */
export interface Attribution {
  readonly class: BlockerClass;
  /** One clause; null where nothing but the check's own default says so. */
  readonly because: string | null;
  /** Exchanges that say so, by id. */
  readonly exchanges: readonly string[];
  /** Who looks first, where it is not whoever the class names. */
  readonly owner?: RemedyOwner;
}

type Judgement = Row['judgements'][number];

/** One finding of a row with the request it speaks of. */
export interface Case {
  readonly row: Row;
  readonly judgement: Judgement;
  /** Status the finding names; undefined where it names none. */
  readonly status: number | undefined;
  /** Cited exchanges with that status. */
  readonly lines: readonly ExchangeLine[];
  readonly standing: 'documented' | 'documented-absent' | 'unknown' | undefined;
  readonly exchanges: readonly ExchangeLine[];
  /** Resource types the contract reads or writes. */
  readonly typesUsed: ReadonlySet<string>;
  fact<K extends FactKind>(kind: K): FactValue<K> | undefined;
  readonly subject: AnySubject | undefined;
}

export type Rule = (one: Case) => Attribution | undefined;

const found = (
  name: BlockerClass,
  because: string,
  lines: readonly ExchangeLine[] = [],
  owner?: RemedyOwner,
): Attribution => ({
  class: name,
  because,
  exchanges: lines.map(({ id }) => id),
  ...(owner === undefined ? {} : { owner }),
});

const ofTheEhr = ({ row }: Case): boolean => row.blocks === 'ehr-configuration' || row.blocks === 'ehr-capability';
const words = ({ interaction, type }: Asked): string => `${interaction} of ${type}`;
const holderClass = { product: 'vendor-integration', person: 'contract' } as const;

/** A control the EHR does not enforce and its declared holder does not hold, or has not shown. */
const heldByNobody: Rule = ({ judgement: { holder } }) =>
  holder === 'product' || holder === 'person'
    ? found(
        holderClass[holder],
        `the EHR does not hold this control, and the ${holder} declared for it was not seen to`,
      )
    : undefined;

/** Wrong output on right input, or a scope that does not stand still. */
const wrongOutput: Rule = ({ row }) => {
  if (row.outcome !== 'fail') return undefined;
  if (row.check === 'contract.stability') return found('product', 'what the product is for has not stood still');
  if (row.check === 'prod.output-review') return found('product', 'the output was wrong on right input');
  return undefined;
};

/** The AI system and this tool asked for the same with the same rights, and only one of them was served, or neither. */
const sameRequest: Rule = ({ row, lines, exchanges }) => {
  for (const failing of lines.filter((line) => line.status >= 400)) {
    const asked = askedOf(failing);
    if (asked === undefined) continue;
    const same = exchanges.filter((line) => {
      const other = askedOf(line);
      return other?.interaction === asked.interaction && other.type === asked.type;
    });
    if (ofAiSystem(failing)) {
      const served = same.find((line) => ofOwnClient(line) && succeeded(line));
      if (served !== undefined) {
        return found('vendor-integration', `this tool was served the same ${words(asked)}, the AI system was not`, [
          failing,
          served,
        ]);
      }
      const refused = same.find((line) => ofOwnClient(line) && !succeeded(line));
      if (refused !== undefined) {
        const name = row.blocks === 'ehr-capability' ? 'ehr-capability' : 'ehr-configuration';
        return found(name, `the ${words(asked)} fails alike for the AI system and for this tool`, [failing, refused]);
      }
    } else if (ofOwnClient(failing)) {
      const served = same.find((line) => ofAiSystem(line) && succeeded(line));
      if (served !== undefined) {
        const because = `the AI system is served the same ${words(asked)}: the organization file is looked at first`;
        return found(row.blocks, because, [failing, served], 'operator');
      }
    }
  }
  return undefined;
};

const signInErrors: readonly unknown[] = ['invalid_client', 'unauthorized_client', 'invalid_grant'];

/** Nobody knows the client or its key. */
const notSignedIn: Rule = (one) => {
  if (!ofTheEhr(one) && one.row.blocks !== 'auth') return undefined;
  const { error } = one.judgement.data;
  if (signInErrors.includes(error)) return found('auth', `the sign-in was refused (${String(error)})`, one.lines);
  return one.status === 401 ? found('auth', 'the EHR answered 401: it does not know who asks', one.lines) : undefined;
};

/** Forbidden: the scope is missing, or it is there and another client is served. */
const forbidden: Rule = (one) => {
  if (one.status !== 403 || (!ofTheEhr(one) && one.row.blocks !== 'auth')) return undefined;
  const scopes = one.fact('granted-scopes');
  if (scopes === undefined) return undefined;
  for (const line of one.lines.filter(ofOwnClient)) {
    const asked = askedOf(line);
    if (asked === undefined) continue;
    const covered = scopes.granted.some(
      ({ resourceType, letters }) =>
        (resourceType === asked.type || resourceType === '*') && letters.includes(asked.letter),
    );
    if (!covered) return found('auth', `the token holds no scope for the ${words(asked)}`, [line]);
    const served = one.exchanges.find((other) => {
      const same = askedOf(other);
      const elsewhere = other.peer !== undefined || ofOwnClient(other);
      return !elsewhere && succeeded(other) && same?.type === asked.type && same.interaction === asked.interaction;
    });
    if (served !== undefined) {
      const because = `the token's scope covers the ${words(asked)}, and another client (${served.context}) is served it`;
      return found('ehr-configuration', because, [line, served]);
    }
  }
  return undefined;
};

/** Its vendor documents that the product does not have it. */
const documentedAbsent: Rule = (one) =>
  ofTheEhr(one) && one.row.outcome === 'fail' && one.standing === 'documented-absent'
    ? found('ehr-capability', 'the EHR’s vendor documents that it is not offered', one.lines)
    : undefined;

/** 404, 405 or 501 on something the EHR's own statement does not declare. */
const notThere: Rule = (one) => {
  if (!ofTheEhr(one) || ![404, 405, 501].includes(one.status ?? 0)) return undefined;
  const statement = one.fact('capability-statement');
  if (statement?.found !== true) return undefined;
  // The fact holds the types the contract uses; of others it says nothing.
  const undeclared = ({ type, interaction }: Asked): boolean =>
    one.typesUsed.has(type) &&
    statement.types.find((each) => each.type === type)?.interactions.includes(interaction) !== true;
  const line = one.lines.find((each) => {
    const asked = askedOf(each);
    return asked !== undefined && undeclared(asked);
  });
  const asked = line === undefined ? undefined : askedOf(line);
  if (line === undefined || asked === undefined) return undefined;
  return one.standing === 'documented'
    ? found('ehr-configuration', `the vendor documents the ${words(asked)}; here it is not declared`, [line])
    : found('ehr-capability', `the EHR’s own statement does not declare the ${words(asked)}`, [line]);
};

const bodied: readonly string[] = ['create', 'update', 'patch'];

/** 400 or 422 on a body that cannot be right, or that another client had accepted. */
const refusedBody: Rule = (one) => {
  if (one.status !== 400 && one.status !== 422) return undefined;
  const line = one.lines.find((each) => bodied.includes(askedOf(each)?.interaction ?? ''));
  const asked = line === undefined ? undefined : askedOf(line);
  if (line === undefined || asked === undefined) return undefined;
  const at = one.subject?.kind === 'action' ? `${one.subject.demandedBy.pointer}/body` : undefined;
  const faulty = one
    .fact('document-problems')
    ?.find(({ document, pointer }) => document === 'contract' && at !== undefined && liesAt(pointer, at));
  if (faulty !== undefined) {
    return found('vendor-integration', `the body is not valid: ${faulty.code} at ${faulty.pointer}`, [line]);
  }
  const accepted = one.exchanges.find((other) => {
    const same = askedOf(other);
    const alike = same?.type === asked.type && same.interaction === asked.interaction && other.probe === line.probe;
    return alike && succeeded(other) && !ofOwnClient(other) && !ofAiSystem(other) && other.peer === undefined;
  });
  return accepted === undefined
    ? undefined
    : found('ehr-configuration', `the same body was accepted from another client (${accepted.context})`, [
        line,
        accepted,
      ]);
};

/** Share of records, in hundredths, from which a field counts as absent everywhere. */
const absentEverywhere = 95;
export const count = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined);

/** A field that is absent in nearly every record is a mapping; a person looks whether the screen shows it. */
const neverFilled: Rule = ({ row, judgement: { data } }) => {
  const [present, of] = [count(data['present']), count(data['of'])];
  if (row.check !== 'read.required-fields' || row.outcome !== 'fail') return undefined;
  if (present === undefined || of === undefined || lowerBound(of - present, of) * 100 < absentEverywhere) {
    return undefined;
  }
  const because = `absent in ${of - present} of ${of} records (at least ${absentEverywhere} %): a mapping, unless the EHR’s screen lacks it too`;
  return found('ehr-configuration', because);
};

/** In the order of the spec where two could hold (C.6). */
export const rules: readonly Rule[] = [
  notSignedIn,
  forbidden,
  documentedAbsent,
  notThere,
  refusedBody,
  sameRequest,
  neverFilled,
  wrongOutput,
  heldByNobody,
];
