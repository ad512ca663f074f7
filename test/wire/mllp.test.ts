import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { serverIdentity } from '../../src/wire/certificates.js';
import { frameReader, framed, listenMllp, type MllpListener, type MllpOptions } from '../../src/wire/mllp.js';

const words = (chunks: readonly Buffer[], most = 1_000) => {
  const read = frameReader(most);
  return chunks.map((chunk) => {
    const messages = read(chunk);
    return messages === 'too-large' ? messages : messages.map(String);
  });
};

it('cuts a stream into messages, wherever its chunks end', () => {
  const stream = Buffer.concat([framed(Buffer.from('one')), Buffer.from('noise'), framed(Buffer.from('two'))]);
  expect(words([stream])).toEqual([['one', 'two']]);
  for (let cut = 1; cut < stream.length; cut++) {
    expect(words([stream.subarray(0, cut), stream.subarray(cut)]).flat()).toEqual(['one', 'two']);
  }
  expect(words([...stream].map((byte) => Buffer.from([byte]))).flat()).toEqual(['one', 'two']);
});

it('keeps a lone end byte inside a message, and reads an empty one', () => {
  expect(words([Buffer.from('\u000ba\u001cb\u001c\r\u000b\u001c\r')])).toEqual([['a\u001cb', '']]);
});

it.each([
  ['a message that does not end', [Buffer.from(`\u000b${'a'.repeat(600)}`), Buffer.from('a'.repeat(600))]],
  ['noise that does not end', [Buffer.from('a'.repeat(600)), Buffer.from('a'.repeat(600))]],
])('gives up on %s', (_, chunks) => {
  expect(words(chunks)).toEqual([[], 'too-large']);
});

let listener: MllpListener | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.close();
  listener = undefined;
});
const open = async (options: Partial<MllpOptions> = {}): Promise<string[]> => {
  const heard: string[] = [];
  listener = await listenMllp({
    onMessage: (message) => {
      heard.push(String(message));
      return [Buffer.from(`ack ${String(message)}`)];
    },
    ...options,
  });
  return heard;
};
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
  });
const answer = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
const dial = (): Socket => {
  const socket = connect({ host: '127.0.0.1', port: listener!.port });
  sockets.push(socket);
  return socket;
};

it('answers each message in a frame', async () => {
  const heard = await open();
  const socket = dial();
  socket.write(framed(Buffer.from('one')));
  expect(await answer(socket)).toBe('\u000back one\u001c\r');
  expect([heard, listener!.connections, listener!.inClearText]).toEqual([['one'], 1, 0]);
});

it('speaks TLS, and reads nothing that comes in clear text then', async () => {
  const { key, cert, ca } = await serverIdentity();
  const heard = await open({ tls: { key, cert } });
  const safe = connectTls({ host: '127.0.0.1', port: listener!.port, ca });
  sockets.push(safe);
  safe.write(framed(Buffer.from('one')));
  expect(await answer(safe)).toBe('\u000back one\u001c\r');
  const bare = dial();
  const ended = closed(bare);
  bare.write(framed(Buffer.from('two')));
  await ended;
  expect([heard, listener!.connections, listener!.inClearText]).toEqual([['one'], 1, 1]);
});

it.each([
  ['is too large', { messageBytes: 100 }, `\u000b${'a'.repeat(200)}`],
  ['does not end in time', { messageMs: 50 }, '\u000bhalf'],
])('ends a connection whose message %s', async (_, options, text) => {
  const heard = await open(options);
  const socket = dial();
  const ended = closed(socket);
  socket.write(text);
  await ended;
  expect(heard).toEqual([]);
});

it('listens in clear text on loopback only, and says when a port is taken', async () => {
  await expect(open({ bind: '0.0.0.0' })).rejects.toMatchObject({ code: 'listener-needs-tls' });
  await open();
  await expect(listenMllp({ port: listener!.port, onMessage: () => [] })).rejects.toMatchObject({
    code: 'port-in-use',
  });
});
