import { join } from 'node:path';
import { isFile } from './disk.ts';
import { type Context, report, startOf } from './draft.ts';

/** Where people put it too, in those folders of a project that nothing else looks into. */
const folders = ['deployment/conf', 'deployment/docker', 'deployment/libs', 'src/main/wso2mi/resources/conf'];

/**
 * A deployment.toml of a project that has none in its own place, where the extension of VS Code puts it. One that was
 * given as a path is read.
 */
export function reportMisplaced(context: Context, base: string): void {
  if (isFile(join(base, 'deployment', 'deployment.toml'))) return;
  const known = new Set(context.findings.configurations.map(({ configuration }) => configuration.source.path));
  for (const file of folders.map((folder) => join(base, folder, 'deployment.toml'))) {
    const shown = context.display(file);
    if (!isFile(file) || known.has(shown)) continue;
    report(context, startOf(shown), {
      code: 'MI-TOML-PLACE',
      message: `${shown} is not read: a project has its deployment.toml in the folder deployment.`,
      hint: 'Move it to deployment/deployment.toml, or pass it as a path of its own if the image gets it from there.',
    });
  }
}
