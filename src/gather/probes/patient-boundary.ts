import { readSearchset } from '../../fhir/bundle.js';
import { isUserFacing } from '../../model/app-clients.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { isMissing, missing, type FactValue } from '../../model/fact.js';
import {
  boundaryClient,
  boundarySession,
  boundaryTypes,
  brings,
  patientBoundary,
  seenOfPatient,
  type PatientBoundary,
} from '../patient-boundary.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { seenOf } from '../seen.js';

type Trial = FactValue<'patient-boundary'>['trials'][number];

/** A token opened on one test patient asks for another: reads, a search, an `_include`, an attachment. */
export default defineProbe({
  id: 'patient-boundary',
  phase: 'read',
  subjects: 'run',
  when: (_subject, { contract, organization }) => isUserFacing(contract, organization),
  needs: ['ai'],
  writes: 'none',
  brings: ['patient-boundary'],
  sends(_subject, documents) {
    const boundary = patientBoundary(documents);
    if (isMissing(boundary)) return [];
    const context = boundarySession(boundary);
    const type = searchedType(boundary);
    return [
      { context, method: 'GET', path: 'Patient/{id}', most: 3 },
      ...(['staff', 'second'] as const).map((other) => {
        return { context: other, method: 'GET', path: 'Patient/{id}', most: 1 } as const;
      }),
      ...(type === undefined
        ? []
        : ([
            ...(['ai', 'staff', 'second'] as const).map((other) => {
              return { context: other, method: 'POST', path: `${type}/_search?patient`, most: 2 } as const;
            }),
            { context, method: 'POST', path: `${type}/_search?patient`, most: 2 },
            { context, method: 'POST', path: `${type}/_search?patient&_include`, most: 2 },
            { context, method: 'GET', path: `${type}/{id}`, most: 2 },
            { context, method: 'GET', path: 'Binary/{id}', most: 2 },
          ] as const)),
    ] satisfies RequestTemplate[];
  },
  async run(_subject, tools) {
    const boundary = patientBoundary(tools);
    if (isMissing(boundary)) return { 'patient-boundary': boundary };
    const { own, other } = boundary;
    await tools.cases.proven(own);
    const witness = await witnessOf(tools, other);
    if (witness === undefined)
      return { 'patient-boundary': missing('no-second-context', 'no context has shown that the other patient exists') };
    const client = await boundaryClient(tools, boundary);
    if (isMissing(client)) return { 'patient-boundary': client };
    const ownReadable = async (): Promise<boolean> => brings(await client.read('Patient', own.id), own.id);
    const ownBefore = await ownReadable();
    const answer = await client.read('Patient', other.id);
    const trials: Trial[] = [
      {
        way: 'read',
        resourceType: 'Patient',
        status: answer.status,
        seen: seenOfPatient(answer, other.id),
        worksForOwn: ownBefore,
      },
      ...(await ofRecords(witness, client, boundary)),
    ];
    return { 'patient-boundary': { ownBefore, ownAfter: await ownReadable(), trials } };
  },
});

/** Whoever reads the other patient, canary and all: the AI system's own client, where it is not opened on one patient itself. */
async function witnessOf({ cases, clients }: ProbeTools, other: TestPatient): Promise<Client | undefined> {
  try {
    await cases.proven(other);
    return clients.ai;
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
  }
  for (const need of ['staff', 'second'] as const) {
    try {
      const { ok, resource } = await clients[need].read('Patient', other.id);
      if (ok && JSON.stringify(resource).includes(other.canary)) return clients[need];
    } catch (error) {
      if (!(error instanceof ExchangeFault)) throw error;
    }
  }
  return undefined;
}

/** Documents first: they carry attachments. */
function searchedType({ binding }: PatientBoundary): string | undefined {
  const { searched, read } = boundaryTypes(binding);
  const usable = searched.filter((type) => read.includes(type));
  return (
    usable.find((type) => type === 'DocumentReference') ?? usable.find((type) => type === 'Encounter') ?? usable[0]
  );
}

/** The same requests about the own patient and about the other, of a type both have. */
async function ofRecords(witness: Client, client: Client, boundary: PatientBoundary): Promise<Trial[]> {
  const type = searchedType(boundary);
  if (type === undefined) return [];
  const { own, other } = boundary;
  const objectsOf = async (patient: string) => {
    const page = readSearchset((await witness.search(type, [['patient', patient]])).resource);
    return page === 'too-many' || page === undefined ? [] : page.matches.filter((each) => each.resourceType === type);
  };
  const [ownObjects, otherObjects] = [await objectsOf(own.id), await objectsOf(other.id)];
  const [mine, theirs] = [ownObjects[0]?.id, otherObjects[0]?.id];
  if (mine === undefined || theirs === undefined) return [];
  const trial = async (
    way: Trial['way'],
    resourceType: string,
    ask: (of: { readonly patient: string; readonly id: string }) => ReturnType<Client['read']>,
  ): Promise<Trial> => {
    const right = await ask({ patient: own.id, id: mine });
    const wrong = await ask({ patient: other.id, id: theirs });
    return {
      way,
      resourceType,
      status: wrong.status,
      seen: seenOfPatient(wrong, other.id),
      worksForOwn: brings(right, own.id),
    };
  };
  const trials = [
    await trial('read', type, ({ id }) => client.read(type, id)),
    await trial('search', type, ({ patient }) => client.search(type, [['patient', patient]])),
    await trial('include', type, ({ patient }) =>
      client.search(type, [
        ['patient', patient],
        ['_include', `${type}:patient`],
      ]),
    ),
  ];
  const [myFile, theirFile] = [attachmentOf(ownObjects), attachmentOf(otherObjects)];
  if (myFile !== undefined && theirFile !== undefined) {
    const right = await client.read('Binary', myFile);
    const wrong = await client.read('Binary', theirFile);
    trials.push({
      way: 'attachment',
      resourceType: 'Binary',
      status: wrong.status,
      seen: seenOf(wrong.status, wrong.body.length > 0),
      worksForOwn: right.ok && right.body.length > 0,
    });
  }
  return trials;
}

/** Id of the first Binary a document of the list points at. */
function attachmentOf(documents: readonly object[]): string | undefined {
  for (const document of documents) {
    const { content } = document as { content?: readonly { attachment?: { url?: unknown } }[] };
    for (const { attachment } of Array.isArray(content) ? content : []) {
      const id = /(?:^|\/)Binary\/([A-Za-z0-9.-]{1,64})$/.exec(String(attachment?.url ?? ''))?.[1];
      if (id !== undefined) return id;
    }
  }
  return undefined;
}
