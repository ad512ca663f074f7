/** Where our own code stopped: file and line of the innermost frame of ours, no text of the error. */
export function frameOf(error: unknown): string {
  const frame = /\/((?:src|checks|bin)\/[^\s)]+:\d+:\d+)/.exec(error instanceof Error ? (error.stack ?? '') : '');
  return frame?.[1] ?? '';
}
