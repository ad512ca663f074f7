import type { Progress } from '../gather/gather.js';

export interface ProgressView {
  show(progress: Progress): void;
  end(): void;
}

const silent: ProgressView = { show: () => undefined, end: () => undefined };

/** On a terminal one live line; elsewhere one line a phase; results never go here. */
export async function progressView(quiet: boolean): Promise<ProgressView> {
  if (quiet) return silent;
  if (!process.stderr.isTTY) {
    let last = '';
    return {
      show: ({ phase, total }) => {
        if (phase === last) return;
        last = phase;
        process.stderr.write(`${phase} (${total} steps in all)\n`);
      },
      end: () => undefined,
    };
  }
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: process.stderr }).start();
  return {
    show: ({ phase, done, total, probe, subject }) => {
      spinner.text = `${phase}  ${done}/${total}  ${probe} on ${subject}`;
    },
    end: () => spinner.stop(),
  };
}
