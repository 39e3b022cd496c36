/**
 * Returns the absolute registry path of a key: `gov:`, `conf:`, `local:` and `resources:` name a subtree, a bare key is
 * in the governance registry. Source: `MicroIntegratorRegistry` of wso2/product-integrator-mi.
 */
export function registryPath(key: string): string {
  const prefix = /^(gov|conf|local|resources):/.exec(key)?.[1];
  const rest = prefix === undefined ? key : key.slice(prefix.length + 1);
  if (prefix === undefined && rest.startsWith('/_system/')) return tidy(rest);
  const base = {
    gov: '/_system/governance',
    conf: '/_system/config',
    local: '/_system/local',
    resources: '/_system/governance/mi-resources',
  };
  return tidy(`${base[(prefix ?? 'gov') as keyof typeof base]}/${rest}`);
}

function tidy(path: string): string {
  const single = path.replace(/\/{2,}/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}
