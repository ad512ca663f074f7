/** Aborts on the first SIGINT, SIGTERM or SIGHUP; the work in hand ends in order. A second one ends the process. */
export function stopSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(
      '\nStopping: no new work, then cleanup. Once more ends at once and leaves the journal for `cleanup`.\n',
    );
    controller.abort(new Error('interrupted'));
  };
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, stop);
    },
  };
}
