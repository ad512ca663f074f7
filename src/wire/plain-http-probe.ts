import { connect } from 'node:net';

/** What a port without TLS does with `GET /`; `not-provable`: it speaks, or stays silent, but not HTTP. */
export type PlainHttp =
  | { readonly outcome: 'closed' | 'not-provable' }
  | { readonly outcome: 'redirects-to-https' | 'answers'; readonly status: number };

/** One request without a credential to an address that was admitted before. */
export function askPlainHttp(address: string, port: number, host: string, deadlineMs: number): Promise<PlainHttp> {
  return new Promise((settle) => {
    const socket = connect({ host: address, port });
    let received = '';
    const end = (result: PlainHttp): void => {
      clearTimeout(deadline);
      socket.destroy();
      settle(result);
    };
    const deadline = setTimeout(() => end({ outcome: 'not-provable' }), deadlineMs);
    socket.once('connect', () => socket.write(`GET / HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close\r\n\r\n`));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const status = /^HTTP\/1\.[01] ([1-5]\d\d)[ \r]/.exec(received)?.[1];
      if (status === undefined) {
        if (received.length > 16) end({ outcome: 'not-provable' });
        return;
      }
      if (!received.includes('\r\n\r\n') && received.length < 32_768) return;
      const toHttps = status.startsWith('3') && /\r\nlocation:[ \t]*https:/i.test(received);
      end({ outcome: toHttps ? 'redirects-to-https' : 'answers', status: Number(status) });
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      end({ outcome: code === 'ECONNREFUSED' ? 'closed' : 'not-provable' }),
    );
    socket.once('close', () => end({ outcome: 'not-provable' }));
  });
}
