import type { ListenerResponse } from '../wire/listener.js';

/** One field of a form: hidden, typed in, or chosen from a list. */
export type Field =
  | { readonly kind: 'hidden'; readonly name: string; readonly value: string }
  | { readonly kind: 'text' | 'password'; readonly name: string; readonly label: string }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
    };

/** A page with one form that works without a script, for people and for programs that play one. */
export function formPage(page: {
  readonly status: number;
  readonly title: string;
  readonly note?: string;
  /** Absolute address the form is sent to by POST. */
  readonly action: string;
  readonly fields: readonly Field[];
  readonly button: string;
}): ListenerResponse {
  const note = page.note === undefined ? '' : `<p>${escaped(page.note)}</p>`;
  return html(
    page.status,
    page.title,
    `${note}<form method="post" action="${escaped(page.action)}">${page.fields.map(fieldHtml).join('')}<button type="submit">${escaped(page.button)}</button></form>`,
  );
}

/** A page that ends here: nothing is sent anywhere. */
export function errorPage(status: number, problem: string): ListenerResponse {
  return html(status, 'This sign-in cannot go on', `<p>${escaped(problem)}</p>`);
}

function fieldHtml(field: Field): string {
  const name = escaped(field.name);
  if (field.kind === 'hidden') return `<input type="hidden" name="${name}" value="${escaped(field.value)}">`;
  const label = escaped(field.label);
  if (field.kind !== 'choice') return `<p><label>${label} <input type="${field.kind}" name="${name}"></label></p>`;
  const options = field.options.map(
    (option) => `<option value="${escaped(option.value)}">${escaped(option.label)}</option>`,
  );
  return `<p><label>${label} <select name="${name}">${options.join('')}</select></label></p>`;
}

function html(status: number, title: string, body: string): ListenerResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body><h1>${escaped(title)}</h1>${body}</body></html>`,
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
