import { readFile } from 'node:fs/promises';
import { documentKind, loadContract, loadOrganization, type LoadOptions } from '../../src/load/documents.js';
import { DocumentError } from '../../src/load/document-fault.js';
import { ToolError } from '../../src/model/errors.js';

export const profilesFolder = new URL('../../profiles/', import.meta.url);
export const options: LoadOptions = { profilesFolder };

export const bytesOf = (text: string, name = 'file.yaml') => ({ name, bytes: new TextEncoder().encode(text) });
export const shipped = (path: string): Promise<string> => readFile(new URL(path, profilesFolder), 'utf8');

/** Loads text by its kind; code, line and column of each fault, or of the one reason the file was not read. */
export async function refusal(text: string): Promise<string[]> {
  try {
    await loadText(text);
    return [];
  } catch (error) {
    if (error instanceof DocumentError) {
      return error.faults.map(({ code, span }) => `${code} ${span.line}:${span.column}`);
    }
    if (error instanceof ToolError) return [error.code];
    throw error;
  }
}

export async function loadText(text: string) {
  const source = bytesOf(text);
  return (await documentKind(source)) === 'OrganizationProfile'
    ? loadOrganization(source, options)
    : loadContract(source, options);
}

export const contract = (...lines: string[]): string =>
  [
    'apiVersion: ehr-scorecard/v1',
    'kind: WorkflowContract',
    'metadata: {id: test}',
    'triggers: [{id: call, kind: external, inputs: [from]}]',
    ...(lines.some((line) => line.startsWith('resources:')) ? [] : ['resources: [{id: slot, type: Slot}]']),
    ...lines,
    '',
  ].join('\n');

export const organization = (...lines: string[]): string =>
  ['apiVersion: ehr-scorecard/v1', 'kind: OrganizationProfile', 'metadata: {id: test}', ...lines, ''].join('\n');
