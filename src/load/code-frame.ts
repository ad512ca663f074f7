import type { Span } from '../model/errors.js';

const windowWidth = 140;
// C0, DEL, C1, line and paragraph separators, and the marks that reorder what a reader sees.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const secretKey =
  /(["']?\b\w*(?:secret|password|passphrase|token|key|user)["']?\s*:\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,{}[\]&*#][^,}\]]*)/gi;
const userInfo = /(:\/\/)([^/\s@]+)(?=@)/g;
const keyMaterial = /^[\s"'-]*(?:[A-Za-z0-9+/=]{40,}|-----.*)\s*$/;

/** Text from a file or a server with every control character made visible as one dot; the length stays. */
export function printable(text: string): string {
  return text.replace(unprintable, '·');
}

/**
 * The line a span points at, the line before it and a row of carets; values that look like secrets are starred.
 * `source` is the whole text of the span's file.
 */
export function codeFrame(source: string, span: Span): string {
  const lines = source.split(/\r\n?|\n/);
  const line = lines[span.line - 1] ?? '';
  const start = Math.max(0, span.column - 1 - windowWidth / 2);
  const shown = (text: string): string => masked(text).slice(start, start + windowWidth);
  const room = Math.max(1, shown(line).length - (span.column - 1 - start));
  const carets = '^'.repeat(Math.max(1, Math.min(span.length ?? 1, room)));
  const before = lines[span.line - 2];
  return [
    ...(before === undefined ? [] : [frameLine(' ', span.line - 1, shown(before))]),
    frameLine('>', span.line, shown(line)),
    `      | ${' '.repeat(span.column - 1 - start)}${carets}`,
  ].join('\n');
}

function frameLine(mark: string, number: number, text: string): string {
  return `${mark}${String(number).padStart(4)} | ${text}`.trimEnd();
}

function masked(line: string): string {
  const text = printable(line.replaceAll('\t', ' '));
  if (keyMaterial.test(text)) return '*'.repeat(text.length);
  return text
    .replace(secretKey, (_, key: string, value: string) => key + '*'.repeat(value.length))
    .replace(userInfo, (_, scheme: string, user: string) => scheme + '*'.repeat(user.length));
}
