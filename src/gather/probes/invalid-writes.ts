import type { Resource } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import { explains, readSearchset } from '../../fhir/bundle.js';
import { changesThroughFhir, createsThroughFhir, writesSomething } from '../../model/actions.js';
import { missing, type FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { freshBody, freshKeyTemplates } from '../business-key.js';
import { createdObject, createdObjectTemplates } from '../created-object.js';
import { invalidBodies, unknownCode } from '../invalid-bodies.js';
import { readOrThrow, shownBy, threeTries } from '../object-change.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import type { Answer, RequestTemplate } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { etagOf, noSuchPatient } from '../writer.js';

type Outcome = FactValue<'invalid-writes'>;
type Trial = Outcome['trials'][number];

const mostTries = 3;
const createFaults = 4;
const changeFaults = 2;

/** Writes with one fault each, between two that are right; what of them is stored. */
export default defineProbe({
  id: 'invalid-writes',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    writesSomething(action) && ['fhir-r4', 'fhir-operation'].includes(path?.via ?? action.via ?? ''),
  needs: ['ai'],
  writes: 'all',
  brings: ['invalid-writes'],
  sends: (subject, documents) => {
    const { action, path } = subject.item;
    const type = action.resource ?? '';
    if (createsThroughFhir(action, path?.via)) {
      const tries = createFaults * mostTries;
      return [
        ...createdObjectTemplates(subject, documents),
        ...freshKeyTemplates(documents.contract, action, 1),
        { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 1 },
        { context: 'ai', method: 'POST', path: type, most: tries + 1, mutates: true },
        { context: 'ai', method: 'GET', path: `${type}/{id}`, most: tries },
        { context: 'ai', method: 'POST', path: `${type}/_search?identifier`, most: tries + 1 },
      ];
    }
    if (!changesThroughFhir(action, path?.via)) return [];
    const method = action.interaction === 'update' ? 'PUT' : 'PATCH';
    // Each fault that is taken is put right again.
    const changes: RequestTemplate = {
      context: 'ai',
      method,
      path: `${type}/{id}`,
      most: 2 + changeFaults * (mostTries + 1),
      mutates: true,
    };
    const reads: RequestTemplate = {
      context: 'ai',
      method: 'GET',
      path: `${type}/{id}`,
      most: 3 + changeFaults * (mostTries + 1),
    };
    return [...testObjectTemplates(action), changes, reads];
  },
  async run(subject, tools) {
    const { action, path } = subject.item;
    if (createsThroughFhir(action, path?.via)) return { 'invalid-writes': await invalidCreates(subject, tools) };
    if (!changesThroughFhir(action, path?.via) || creatingAction(tools.contract, action) === undefined) {
      return {
        'invalid-writes': missing('tool-limited', 'this version tries creates, updates and patches it can prepare'),
      };
    }
    return { 'invalid-writes': await invalidChanges(subject, tools) };
  },
});

async function invalidCreates(subject: Subject<'action'>, tools: ProbeTools): Promise<Outcome> {
  const { ai } = tools.clients;
  const { writer, now } = tools;
  const validBefore = (await createdObject(subject, tools)).stored !== undefined;
  const { body, ifNoneExist } = await freshBody(tools, subject.item, ai);
  const absent = await ai.read('Patient', noSuchPatient);
  const trials: (Trial & { readonly identifier: string })[] = [];
  for (const invalid of invalidBodies(body, now())) {
    if (invalid.fault === 'no-such-patient' && absent.status !== 404 && absent.status !== 410) continue;
    let identifier = '';
    const { answer, stored, serverErrors } = await threeTries(
      tools,
      async () => {
        identifier = writer.newIdentifier();
        const sent = await ai.write({
          method: 'POST',
          resourceType: body.resourceType,
          body: invalid.body,
          identifier,
          expectRefusal: true,
        });
        return { answer: sent, stored: await isStored(tools, body.resourceType, sent, identifier) };
      },
      (sent) => sent.stored,
    );
    trials.push({ ...trialOf(invalid.fault, answer, invalid.elements), serverErrors, stored, identifier });
    // Found failing: more of it would only look like an outage.
    if (serverErrors === mostTries) break;
  }
  const identifier = writer.newIdentifier();
  const valid = await ai.write({
    method: 'POST',
    resourceType: body.resourceType,
    body,
    identifier,
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  });
  // Refused with one hand and stored with the other: the identifiers tell, where the server searches by them.
  const found = await foundIdentifiers(tools, body.resourceType, [
    identifier,
    ...trials.map((each) => each.identifier),
  ]);
  const whole = trials.every(({ stored, identifier: own }) => !stored && !found.has(own));
  if (whole && valid.status === 201 && valid.resource?.resourceType === body.resourceType)
    tools.objects.leave(valid.resource);
  return {
    validBefore,
    validAfter: valid.ok,
    trials: trials.map(({ identifier: own, ...trial }) => ({ ...trial, stored: trial.stored || found.has(own) })),
  };
}

async function isStored(tools: ProbeTools, type: string, answer: Answer, identifier: string): Promise<boolean> {
  const id = answer.ok && answer.resource?.resourceType === type ? answer.resource.id : undefined;
  if (id !== undefined) return (await tools.clients.ai.read(type, id)).ok;
  return (answer.ok || answer.status >= 500) && (await foundIdentifiers(tools, type, [identifier])).has(identifier);
}

async function foundIdentifiers(tools: ProbeTools, type: string, values: readonly string[]): Promise<Set<string>> {
  const system = tools.organization.writePolicy?.identifierSystem ?? '';
  const answer = await tools.clients.ai.search(type, [
    ['identifier', values.map((value) => `${system}|${value}`).join(',')],
  ]);
  const page = readSearchset(answer.resource);
  const rows = page === undefined || page === 'too-many' ? [] : page.matches;
  return new Set(
    rows
      .flatMap((row) => (row as { identifier?: { system?: string; value?: string }[] }).identifier ?? [])
      .flatMap((each) => (each.system === system && each.value !== undefined ? [each.value] : [])),
  );
}

const changeFaultsTried = [
  ['missing-element', undefined],
  ['unknown-code', unknownCode],
] as const;

const statusOf = (resource: Resource): unknown => (resource as { status?: unknown }).status;

/** Gives the object its state back. */
async function putRight(
  tools: ProbeTools,
  current: Resource,
  method: 'PUT' | 'PATCH',
  status: unknown,
): Promise<Resource> {
  await change(tools, current, method, { status });
  return readOrThrow(tools.clients.ai, current);
}

async function invalidChanges(subject: Subject<'action'>, tools: ProbeTools): Promise<Outcome> {
  const created = await tools.testObject(subject);
  const method = subject.item.action.interaction === 'update' ? 'PUT' : 'PATCH';
  const before = await change(tools, created, method, { description: 'INTEGRATION TEST - control before' });
  const { ai } = tools.clients;
  let current = shownBy(before, created) ?? (await readOrThrow(ai, created));
  const status = statusOf(current);
  const trials: Trial[] = [];
  for (const [fault, value] of changeFaultsTried) {
    const { answer, again, serverErrors } = await threeTries(
      tools,
      async () => {
        const sent = await change(tools, current, method, { status: value }, true);
        // What is refused with one hand and stored with the other is seen at the end, by the value that was sent.
        const refused = sent.status >= 400 && sent.status < 500;
        return { answer: sent, again: refused ? current : await readOrThrow(ai, created) };
      },
      (sent) => statusOf(sent.again) !== status,
    );
    const stored = statusOf(again) !== status;
    trials.push({ ...trialOf(fault, answer, ['status']), serverErrors, stored });
    current = again;
    if (stored) current = await putRight(tools, current, method, status);
  }
  const left = await readOrThrow(ai, created);
  const stolen = changeFaultsTried.find(([, value]) => statusOf(left) === value);
  for (const trial of trials) if (trial.fault === stolen?.[0]) trial.stored = true;
  current = stolen === undefined ? left : await putRight(tools, left, method, status);
  const after = await change(tools, current, method, { description: 'INTEGRATION TEST - control after' });
  const whole = trials.every(({ stored }) => !stored) && shownBy(after, created);
  if (whole !== false && whole !== undefined) tools.objects.leave(whole);
  return { validBefore: before.ok, validAfter: after.ok, trials };
}

function change(
  { clients: { ai } }: ProbeTools,
  basedOn: Resource,
  method: 'PUT' | 'PATCH',
  values: Readonly<Record<string, unknown>>,
  expectRefusal = false,
): Promise<Answer> {
  const { meta: _meta, ...content } = basedOn;
  const operations = Object.entries(values).map(([name, value]): Operation => {
    const path = `/${name}`;
    if (value === undefined) return { op: 'remove', path };
    return { op: name in basedOn ? 'replace' : 'add', path, value };
  });
  return ai.write({
    method,
    resourceType: basedOn.resourceType,
    objectId: basedOn.id ?? '',
    basedOn,
    body: method === 'PATCH' ? operations : (JSON.parse(JSON.stringify({ ...content, ...values })) as Resource),
    ...(etagOf(basedOn) === undefined ? {} : { ifMatch: etagOf(basedOn) ?? null }),
    ...(expectRefusal ? { expectRefusal } : {}),
  });
}

function trialOf(
  fault: Trial['fault'],
  { status, resource }: Answer,
  elements: readonly string[],
): Pick<Trial, 'fault' | 'status' | 'explained' | 'namesElement'> {
  const explained = explains(resource);
  const words = explained ? JSON.stringify(resource) : '';
  return { fault, status, explained, namesElement: elements.some((element) => words.includes(element)) };
}
