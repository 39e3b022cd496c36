import { join, relative, sep } from 'node:path';
import { flowContents, mayHoldFlow } from './contents.ts';
import { filesBelow, readText } from './disk.ts';
import { type ApplicationDraft, type Context, startOf } from './draft.ts';
import { registryArtifact } from './registry.ts';

const roots = [
  ['governance', '/_system/governance'],
  ['config', '/_system/config'],
  ['local', '/_system/local'],
] as const;

/**
 * Reads the registry of a server: plain folders `registry/{governance,config,local}` in its home
 * (MicroIntegratorRegistry of wso2/product-integrator-mi). Each resource is an artifact named by its registry path.
 */
export function readServerRegistry(context: Context, home: string, application: ApplicationDraft): void {
  for (const [folder, prefix] of roots) {
    const root = join(home, 'registry', folder);
    for (const file of filesBelow(context, root)) {
      const path = context.display(file);
      const registryPath = `${prefix}/${relative(root, file).split(sep).join('/')}`;
      addServerResource(
        context,
        application,
        { path, registryPath },
        mayHoldFlow(file) ? readText(context, file) : undefined,
      );
    }
  }
}

/** Adds a resource of a server's registry; `text` is its content where that may be a flow. */
export function addServerResource(
  context: Context,
  application: ApplicationDraft,
  { path, registryPath }: { readonly path: string; readonly registryPath: string },
  text: string | undefined,
): void {
  const content = text === undefined ? [] : [flowContents(text, path)];
  const name = registryPath.slice(1);
  context.findings.artifacts.push({
    parsed: registryArtifact(name, startOf(path), [{ path, registryPath, content: () => '' }], content),
    version: '',
    beside: [],
    deliveries: [{ application, name, version: '', type: 'registry/resource', file: 'registry-info.xml', path }],
  });
}
