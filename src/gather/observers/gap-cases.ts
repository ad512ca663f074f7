import type { Patient, Resource } from 'fhir/r4.js';
import type { Contract, ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { fieldsOf } from '../../model/documents/normalise.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import { compileFields } from '../field-paths.js';
import type { ProbeTools } from '../probe.js';
import { saidBy, type PreparedCases } from './hard-cases.js';

/** A file may list more patients with gaps; these decide. */
export const mostGaps = 6;

interface Field {
  readonly resource: ContractResource;
  readonly path: string;
}
type State = FactValue<'asked-with-gaps'>['cases'][number]['state'];
interface Gap {
  readonly patient: TestPatient;
  readonly record: Patient;
  readonly field: string;
  readonly state: State;
}

/** Test patients whose record lacks a field the contract calls a must, as the AI system's client reads it. */
export async function gapCases(
  tools: ProbeTools,
  mayBeAsked: (patient: TestPatient) => boolean = () => true,
): Promise<PreparedCases<FactValue<'asked-with-gaps'>> | Missing> {
  const { contract, organization, cases } = tools;
  if (contract.failure?.['missing-required-field'] === undefined)
    return missing(
      'undecided',
      'failure.missing-required-field: the clinical sponsor decides, usually a person who looks',
    );
  const musts = mustFields(contract);
  const readers = await compileFields(musts.map(({ path }) => path));
  const found: Gap[] = [];
  for (const patient of cases.withGaps().filter(mayBeAsked)) {
    for (const gap of patient.gaps ?? []) {
      const field = musts.find(({ path }) => sameField(path, gap));
      const read = field && readers.get(field.path);
      if (field === undefined || read === undefined || found.length === mostGaps) continue;
      const { patient: record, exchange } = await cases.proven(patient);
      tools.cite([exchange]);
      const state = firstGap((await recordsOf(tools, field, patient, record)).map((each) => read(each).state));
      if (state !== undefined) found.push({ patient, record, field: field.path, state });
    }
  }
  if (found.length === 0)
    return missing('no-test-object', 'no patient of testData lacks (gaps) a field the contract calls a must');
  return {
    cases: found.map(({ patient, record }) => ({
      patients: [patient],
      said: saidBy(record, organization.identifierSystems?.['mrn']),
    })),
    fact: (reactions, controls) => ({
      ...controls,
      cases: reactions.flatMap(({ leaked: _leaked, ...reaction }, index) => {
        const gap = found[index];
        return gap === undefined
          ? []
          : [{ patient: gap.patient.alias, field: gap.field, state: gap.state, ...reaction }];
      }),
    }),
  };
}

const mustFields = ({ resources = [] }: Contract): Field[] =>
  resources.flatMap((resource) =>
    fieldsOf(resource).flatMap(({ path, need }) => (need === 'must' ? [{ resource, path }] : [])),
  );

/** Whether a path of the contract and one of the organization file mean the same element, filters aside. */
function sameField(path: string, gap: string): boolean {
  const [one, other] = [elementsOf(path), elementsOf(gap)];
  return other.includes('.') && (one === other || one.startsWith(`${other}.`));
}

function elementsOf(path: string): string {
  let bare = path;
  for (let last = ''; last !== bare;) {
    last = bare;
    bare = bare.replaceAll(/\([^()]*\)/g, '');
  }
  return bare.replaceAll(/\.(?:where|first|last|single|ofType)\b/g, '').replaceAll(/\s/g, '');
}

async function recordsOf(
  tools: ProbeTools,
  { resource }: Field,
  patient: TestPatient,
  record: Patient,
): Promise<readonly Resource[]> {
  if (resource.type === 'Patient') return [record];
  const { resources, exchanges } = await tools.cases.find(resource, patient);
  tools.cite(exchanges);
  return resources;
}

const firstGap = (states: readonly (State | 'present')[]): State | undefined =>
  states.find((state): state is State => state !== 'present');
