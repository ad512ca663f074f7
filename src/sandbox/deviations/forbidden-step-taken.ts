import {
  answered,
  defineDeviation,
  patches,
  sentBody,
  withBody,
  withResources,
  type RawHandler,
} from '../deviation.js';

export default defineDeviation({
  id: 'forbidden-step-taken',
  title: 'A completed task can be moved back to work in progress',
  caughtBy: ['write.status-timestamps'],
  source: 'https://hl7.org/fhir/R4/task.html#statemachine',
  workflow: 'prior-authorization',
  wrap: (next) => {
    const movedBack = new Set<string>();
    const shown: RawHandler = async (request) =>
      withResources(await next(request), (resource) =>
        movedBack.has(`${resource.resourceType}/${resource.id}`) ? { ...resource, status: 'in-progress' } : resource,
      );
    return async (request) => {
      if (!patches(request, 'Task')) return shown(request);
      const task = request.path.split('/').slice(-2).join('/');
      const operations = sentBody(request) as Operation[];
      const asStored = movedBack.has(task) ? operations.map(onCompleted) : operations;
      const response = await shown(withBody(request, asStored));
      if (response.status !== 422 || !operations.some(movesBack)) return response;
      movedBack.add(task);
      const { body } = await shown({ ...request, method: 'GET', body: Buffer.alloc(0) });
      return answered(200, JSON.parse(Buffer.from(body ?? '').toString()) as object);
    };
  },
});

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

const movesBack = ({ op, path, value }: Operation): boolean =>
  op === 'replace' && path === '/status' && value === 'in-progress';

/** Underneath the task is completed. */
const onCompleted = (operation: Operation): Operation =>
  operation.op === 'test' && operation.path === '/status' ? { ...operation, value: 'completed' } : operation;
