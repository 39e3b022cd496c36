import type { Limits } from '../limits.ts';

const deployment = '/repository/deployment/server/';
const textFolders = /\/(synapse-configs\/default\/.*\.xml|dataservices\/[^/]+\.dbs)$/;

/**
 * Files whose content is kept while layers are read, so that most images are read once. What is wanted after all,
 * behind a link for instance, is read in a second pass; this is only a guess from the name.
 */
export function mayBeWanted(path: string, size: number, limits: Limits): boolean {
  if (/\.car$/i.test(path)) return size <= limits.nestedBytes;
  if (size > limits.textBytes) return false;
  if (/\/conf\/(deployment\.toml|file\.properties)$/.test(path)) return true;
  const at = path.indexOf(deployment);
  if (at >= 0) return textFolders.test(path) || /\/axis2services\/[^/]+\.aar$/.test(path);
  return /\/wso2mi-[^/]+\/(lib\/[^/]+\.jar|dropins\/[^/]+\.jar|registry\/(governance|config|local)\/.*\.xml)$/.test(
    path,
  );
}
