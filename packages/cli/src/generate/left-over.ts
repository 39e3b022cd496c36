import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText, type Diagnostic, readRegularFile } from '@mi-patterns/inventory';
import { sealState } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';
import type { GitOpsFormat } from './gitops.ts';

const formats: readonly GitOpsFormat[] = ['argocd', 'flux'];

/**
 * One finding for each file in the output folder that an earlier run generated and that runs like this one no longer
 * write: values of an environment that is not configured any more, and manifests of a format that was not asked for.
 * Nothing keeps them true, though Argo CD and Flux may still deploy them.
 */
export function leftOverFindings(
  out: string,
  current: ReadonlySet<string>,
  { context, severity }: { readonly context: Context; readonly severity: Diagnostic['severity'] },
): readonly Diagnostic[] {
  const valuesFiles = yamlFiles(out, { recursive: false }).map((file) => ({ file, format: undefined }));
  const manifests = formats.flatMap((format) =>
    yamlFiles(join(out, format), { recursive: true }).map((file) => ({ file, format })),
  );
  return [...valuesFiles, ...manifests]
    .filter(({ file }) => !current.has(file) && isGenerated(file))
    .map(({ file, format }) => {
      const path = display(file, context);
      return {
        code: 'MI-GENERATE-LEFT-OVER',
        severity,
        message: `An earlier run generated ${path}, and this one does not renew it.`,
        hint:
          format === undefined
            ? 'Delete it, or add its environment to mi-patterns.yaml.'
            : `Add --format ${format} if its environment still exists; otherwise, delete it.`,
        source: { path, line: 1, column: 1 },
      };
    });
}

/** None where the folder cannot be listed: whoever writes to it says why. */
function yamlFiles(folder: string, options: { readonly recursive: boolean }): readonly string[] {
  try {
    return readdirSync(folder, { ...options, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted(compareText);
  } catch {
    return [];
  }
}

function isGenerated(file: string): boolean {
  try {
    return sealState(readRegularFile(file).toString('utf8')) !== 'foreign';
  } catch {
    return false;
  }
}
