import { describe, expect, it } from 'vitest';
import { usable } from '../../src/gather/attachment-content.js';

const text = Buffer.from('Seen today, no complaints.');
const nothing = { contentType: undefined, size: undefined };

describe('the content of an attachment', () => {
  it.each([
    ['plain text', text, 'text/plain; charset=utf-8', { contentType: 'text/plain', size: 26 }],
    ['text in a page', Buffer.from('<p>Seen <b>today</b></p>'), 'text/html', nothing],
    ['text of an older encoding', Buffer.from('geprüft', 'latin1'), 'text/plain; charset=iso-8859-1', nothing],
    ['a PDF', Buffer.from('%PDF-1.7 …'), 'application/pdf', { contentType: 'application/pdf', size: undefined }],
    ['an image', Buffer.from([0x89, 0x50]), 'image/png', nothing],
  ])('%s is what it says', (_name, bytes, type, stated) => {
    expect(usable(bytes, type, stated)).toBe(true);
  });

  it.each([
    ['another type than stated', text, 'text/plain', { contentType: 'application/pdf', size: undefined }],
    ['another size than stated', text, 'text/plain', { contentType: 'text/plain', size: 25 }],
    ['bytes that are no UTF-8', Buffer.from('geprüft', 'latin1'), 'text/plain', nothing],
    ['an encoding nobody knows', text, 'text/plain; charset=x-none', nothing],
    ['blank text', Buffer.from(' \n\t '), 'text/plain', nothing],
    ['a page without text', Buffer.from('<html><body></body></html>'), 'text/html', nothing],
    ['a PDF that is none', text, 'application/pdf', nothing],
    ['an empty image', Buffer.alloc(0), 'image/png', nothing],
  ])('%s is not', (_name, bytes, type, stated) => {
    expect(usable(bytes, type, stated)).toBe(false);
  });
});
