import type { OrganizationProfile } from '../model/documents/organization.js';
import { missing, type Missing } from '../model/fact.js';
import { launchPlayerContext } from './observers/launch-player.js';
import { readRouteList, type RouteList } from './observers/route-list.js';
import type { Recorder, Scope } from './recorder.js';
import type { RequestTemplate } from './request.js';

/** What the composition root knows of route lists. */
export interface RouteFiles {
  /** Text of the files that `aiSystem.routes` names, by organization. */
  readonly texts: ReadonlyMap<string, string>;
  /** JSON or YAML within bounds; undefined for what is neither. */
  readonly read: (text: string) => unknown;
}

/** A list, and the address relative ones in it start from. */
export interface FoundRoutes extends RouteList {
  readonly base: URL;
}

/** What asking for the list may send. */
export const routeListTemplate = (
  { aiSystem }: Pick<OrganizationProfile, 'aiSystem'>,
  peer?: string,
): RequestTemplate[] =>
  typeof aiSystem?.routes === 'string'
    ? [
        {
          context: launchPlayerContext,
          method: 'GET',
          path: '',
          purpose: 'ai-routes',
          most: 1,
          ...(peer === undefined ? {} : { peer }),
        },
      ]
    : [];

/**
 * `aiSystem.routes`: `GET` of an address, or a file beside the organization file.
 * @throws ExchangeFault when no usable answer comes
 */
export async function findRoutes(
  recorder: Recorder,
  scope: Scope,
  options: {
    readonly organization: OrganizationProfile;
    readonly files: RouteFiles;
    readonly launchUrl: URL;
    readonly peer?: string;
  },
): Promise<FoundRoutes | Missing> {
  const { organization, files, launchUrl, peer } = options;
  const place = organization.aiSystem?.routes;
  if (place === undefined) return missing('no-ai-system', 'aiSystem.routes is not in the organization file');
  let text: string | undefined;
  let base = launchUrl;
  if (typeof place === 'string') {
    const answer = await recorder.send(scope, launchPlayerContext, {
      method: 'GET',
      path: '',
      purpose: 'ai-routes',
      tolerant: true,
      ...(peer === undefined ? {} : { peer }),
      headers: { accept: 'application/json, application/yaml;q=0.9, text/plain;q=0.8' },
    });
    if (!answer.ok) return missing('no-ai-system', `aiSystem.routes answered ${answer.status}`);
    text = new TextDecoder('utf-8').decode(answer.body);
    base = new URL(place);
  } else text = files.texts.get(organization.metadata.id);
  if (text === undefined) return missing('not-yet', 'the file of aiSystem.routes is not there');
  const list = readRouteList(text, files.read);
  return list === undefined
    ? missing('prerequisite-failed', 'aiSystem.routes is no OpenAPI 3 document, no HAR and no list of routes')
    : { ...list, base };
}
