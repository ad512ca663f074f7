import { attributesOf } from './html-attributes.js';

/** A form of a sign-in page as it would be sent. */
export interface HtmlForm {
  /** Absolute. */
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly members: readonly (readonly [string, string])[];
}

/** What is typed and chosen; whatever else a form holds is sent as it came. */
export interface FormAnswers {
  readonly name: string;
  readonly password: string | undefined;
  /** Chosen wherever it is offered. */
  readonly choices: readonly string[];
}

const mostCharacters = 1_000_000;
const mostFields = 200;

/**
 * The first form of a page, filled in: text fields with the name, password fields with the password, lists and radio
 * buttons with a value of `choices`, everything hidden unchanged. Undefined when the page holds no usable form.
 * https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-2
 */
export function filledForm(html: string, pageUrl: string, answers: FormAnswers): HtmlForm | undefined {
  if (html.length > mostCharacters) return undefined;
  const begin = /<form\b([^>]{0,5000})>/i.exec(html);
  if (begin === null) return undefined;
  const rest = html.slice(begin.index + begin[0].length);
  const end = rest.search(/<\/form\s*>/i);
  const inside = end < 0 ? rest : rest.slice(0, end);
  const form = attributesOf(begin[1] ?? '');
  const action = form.get('action') ?? '';
  if (!URL.canParse(action, pageUrl)) return undefined;
  const members: [string, string][] = [];
  let submitted = false;
  for (const found of inside.matchAll(/<(input|button|select)\b([^>]{0,20000})>/gi)) {
    if (members.length >= mostFields) return undefined;
    const attributes = attributesOf(found[2] ?? '');
    const name = attributes.get('name');
    if (name === undefined || name === '' || attributes.has('disabled')) continue;
    const kind = (found[1] ?? '').toLowerCase();
    const type = (attributes.get('type') ?? (kind === 'button' ? 'submit' : 'text')).toLowerCase();
    const value = attributes.get('value') ?? '';
    if (kind === 'select') {
      const after = inside.slice(found.index + found[0].length);
      const offered = optionsOf(after.slice(0, Math.max(0, after.search(/<\/select\s*>/i))));
      const chosen = offered.find((option) => answers.choices.includes(option)) ?? offered[0];
      if (chosen !== undefined) members.push([name, chosen]);
    } else if (type === 'submit') {
      // A person presses one button; the first one goes on.
      if (!submitted) members.push([name, value]);
      submitted = true;
    } else if (type === 'radio') {
      if (answers.choices.includes(value) || (attributes.has('checked') && !members.some(([each]) => each === name)))
        members.push([name, value]);
    } else if (type === 'checkbox') members.push([name, value === '' ? 'on' : value]);
    else if (type === 'password') members.push([name, answers.password ?? '']);
    else if (type === 'text' || type === 'email') members.push([name, value === '' ? answers.name : value]);
    else if (type === 'hidden') members.push([name, value]);
  }
  return {
    action: new URL(action, pageUrl).href,
    method: (form.get('method') ?? 'get').toLowerCase() === 'post' ? 'POST' : 'GET',
    members,
  };
}

const optionsOf = (html: string): string[] =>
  [...html.matchAll(/<option\b([^>]{0,5000})>/gi)].flatMap(([, text]) => attributesOf(text ?? '').get('value') ?? []);
