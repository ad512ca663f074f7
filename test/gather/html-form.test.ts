import { describe, expect, test } from 'vitest';
import { filledForm } from '../../src/gather/html-form.js';

const page = 'https://ehr.example/auth/login?x=1';
const answers = { name: 'dr-test', password: 'pass word', choices: ['p2'] };
const members = (html: string) => filledForm(html, page, answers)?.members;

describe('a form of a sign-in page', () => {
  test('name, password and what was hidden', () => {
    const html = `<form method="POST" action='/auth/login&amp;y'><input type=hidden name=t value="a&quot;b&#x41;">
      <input name="user"><input type="password" name="secret"><button name="go" value="1">Sign in</button></form>`;
    expect(filledForm(html, page, answers)).toEqual({
      action: 'https://ehr.example/auth/login&y',
      method: 'POST',
      members: [
        ['t', 'a"bA'],
        ['user', 'dr-test'],
        ['secret', 'pass word'],
        ['go', '1'],
      ],
    });
  });

  test('a list and radio buttons offer the patient', () => {
    expect(members('<form><select name=p><option value="p1"><option value="p2"></select></form>')).toEqual([
      ['p', 'p2'],
    ]);
    expect(members('<form><input type=radio name=p value=p1><input type=radio name=p value=p2></form>')).toEqual([
      ['p', 'p2'],
    ]);
  });

  test('a list without the patient: the first row, as a browser would', () => {
    expect(members('<form><select name=p><option value="a"><option value="b"></select></form>')).toEqual([['p', 'a']]);
  });

  test('only the first button is pressed; disabled and nameless fields are not sent', () => {
    const html =
      '<form><input disabled name=a><input><button name=yes value=1></button><button name=no value=1></form>';
    expect(members(html)).toEqual([['yes', '1']]);
  });

  test('what is filled in already stays; boxes are ticked', () => {
    const html =
      '<form><input name=a value=kept><input type=checkbox name=b><input type=checkbox name=c value=x></form>';
    expect(members(html)).toEqual([
      ['a', 'kept'],
      ['b', 'on'],
      ['c', 'x'],
    ]);
  });

  test.each([
    ['no form', '<p>Done</p>'],
    ['an address that is none', '<form action="http://["></form>'],
    ['more fields than any page has', `<form>${'<input name=a>'.repeat(300)}</form>`],
    ['a page of 2 MB', `<form>${' '.repeat(2_000_000)}</form>`],
  ])('%s: nothing is sent', (_name, html) => {
    expect(filledForm(html, page, answers)).toBeUndefined();
  });

  test('a form that never ends', () => {
    expect(members('<form><input name=a><select name=b><option value=p2>')).toEqual([['a', 'dr-test']]);
  });
});
