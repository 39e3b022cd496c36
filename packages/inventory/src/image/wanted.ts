import type { Limits } from '../files/limits.ts';

const deployment = '/repository/deployment/server/';

/**
 * Files whose content is kept while layers are read, so that most images are read once. What is wanted after all,
 * behind a link for instance, is read in a second pass; this is only a guess from the name.
 */
export function mayBeWanted(path: string, size: number, limits: Limits): boolean {
  if (/\.car$/i.test(path)) return size <= limits.nestedBytes;
  if (size > limits.textBytes) return false;
  if (/\/conf\/(deployment\.toml|file\.properties)$/.test(path)) return true;
  const at = path.indexOf(deployment);
  if (at >= 0) return isConfiguration(path) || /\/(?:axis2services\/[^/]+\.aar|synapse-libs\/[^/]+\.zip)$/.test(path);
  return (
    /\/wso2mi-[^/]+\/(?:lib|dropins)\/[^/]+\.jar$/.test(path) ||
    (path.endsWith('.xml') && /\/wso2mi-[^/]+\/registry\/(?:governance|config|local)\//.test(path))
  );
}

function isConfiguration(path: string): boolean {
  return (
    (path.endsWith('.xml') && path.includes('/synapse-configs/default/')) || /\/dataservices\/[^/]+\.dbs$/.test(path)
  );
}
