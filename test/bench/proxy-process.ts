import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startFaultProxy } from '../../src/gather/observers/fault-proxy.js';

interface Told {
  readonly upstream: string;
  readonly ca: string;
}

export interface ProxyProcess {
  readonly baseUrl: string;
  /** Bytes of resident memory now, and the most since the last question. */
  memory(): Promise<{ readonly now: number; readonly most: number }>;
  stop(): void;
}

/** The proxy in a process of its own, as it stands between a product and its EHR. */
export async function startProxyProcess(told: Told): Promise<ProxyProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(told)], { stdio: 'inherit' });
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('the proxy ended'));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(message as T);
      });
    });
  const { baseUrl } = await answer<{ baseUrl: string }>();
  return {
    baseUrl,
    memory: () => {
      child.send({});
      return answer();
    },
    stop: () => void child.kill(),
  };
}

async function serve({ upstream, ca }: Told): Promise<void> {
  const proxy = await startFaultProxy({
    upstream,
    tls: { ca },
    environmentClass: 'simulator',
    listen: {},
    onExchange: () => undefined,
  });
  let most = 0;
  setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
  process.on('message', () => {
    const now = process.memoryUsage.rss();
    process.send?.({ now, most: Math.max(most, now) });
    most = 0;
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ baseUrl: proxy.baseUrl });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(JSON.parse(process.argv[2] ?? '{}') as Told);
