import type { Appointment, Bundle, Resource, Slot } from 'fhir/r4.js';
import { afterAll, expect, it } from 'vitest';
import faults from '../../../src/gather/folds/product-faults.js';
import writing from '../../../src/gather/folds/product-writing.js';
import { closeSandbox, sandboxBehindProxy } from './proxy-support.js';

afterAll(closeSandbox);

it('sees a product write over what staff changed, and one that sends a lost booking again', async () => {
  const states = [writing, faults].map((fold) => ({ fold, state: fold.start({} as never) }));
  const behind = await sandboxBehindProxy({
    onExchange: ({ fault }, whole) => states.forEach(({ fold, state }) => fold.product?.(state, whole, fault)),
  });
  const { token } = await behind.ehr.signIn('ai-voice-bot');
  const { clinic, store } = behind.ehr.organization();
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: object) => {
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json';
    const response = await fetch(`${behind.proxy.baseUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as unknown };
  };
  const found = (await send('GET', 'Slot?status=free&_count=1')).json as Bundle<Slot>;
  const slot = found.entry?.[0]?.resource;
  const [patient] = clinic.index.patients;
  const visit = {
    resourceType: 'Appointment',
    status: 'booked',
    start: slot?.start,
    end: slot?.end,
    slot: [{ reference: `Slot/${slot?.id}` }],
    participant: [{ actor: { reference: `Patient/${patient?.id}` }, status: 'accepted' }],
  };
  const rule = behind.proxy.inject({ fault: 'drop-answer', when: { interaction: 'write' }, times: 1 });
  await expect(send('POST', 'Appointment', {}, visit)).rejects.toThrow();
  rule.remove();
  // The slot is the lock: the EHR refuses the second one.
  expect((await send('POST', 'Appointment', {}, visit)).status).toBe(409);
  const mine = [...store.all('Appointment')].find(
    (each) => (each as Resource as Appointment).slot?.[0]?.reference === `Slot/${slot?.id}`,
  );
  const id = mine?.id ?? '';
  const { meta: _, ...shown } = (await send('GET', `Appointment/${id}`)).json as Appointment;
  const changed: Appointment & { id: string } = { ...shown, id, description: 'changed by staff' };
  store.transaction((writer) => writer.update(changed));
  const cancel = [{ op: 'replace', path: '/status', value: 'cancelled' }];
  expect((await send('PATCH', `Appointment/${id}`, { 'if-match': 'W/"1"' }, cancel)).status).toBe(412);
  // It counts up instead of looking.
  expect((await send('PATCH', `Appointment/${id}`, { 'if-match': 'W/"2"' }, cancel)).status).toBe(200);

  const [written, lost] = states.map(({ fold, state }) => Object.values(fold.end(state))[0]);
  expect(written).toEqual([
    {
      resourceType: 'Appointment',
      creates: 2,
      conditional: 0,
      identified: 0,
      changes: 2,
      guarded: 2,
      unread: 0,
      readLongBefore: 0,
      longestMs: expect.any(Number) as number,
      refusals: [
        { status: 412, injected: false, refused: 1, readAgain: 0, sentAgain: 1, taken: 0, takenByVersion: 1, left: 0 },
      ],
    },
  ]);
  expect(lost).toEqual([
    {
      fault: 'drop-answer',
      interaction: 'write',
      resourceType: 'Appointment',
      met: 1,
      stored: 1,
      done: 0,
      lookedFirst: 1,
      found: 1,
      left: 0,
      storedTwice: 0,
    },
  ]);
});
