import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { compareText, type Diagnostic, readRegularFile } from '@mi-patterns/inventory';
import { sealState } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';
import type { GitOpsFormat } from './gitops.ts';

const formats: readonly GitOpsFormat[] = ['argocd', 'flux'];

/** What the run is that finds files of earlier ones. */
interface Run {
  /** Folder of the values files. */
  readonly out: string;
  readonly context: Context;
  readonly format: GitOpsFormat | undefined;
  /** Names of the values files of all configured environments. */
  readonly valuesFiles: ReadonlySet<string>;
  /** Names of all configured environments. */
  readonly environments: ReadonlySet<string>;
  /** Names of those whose files are written. */
  readonly chosen: ReadonlySet<string>;
  readonly isCheck: boolean;
}

/**
 * One finding for each file in the output folder that an earlier run generated and that runs like this one do not
 * write: manifests of a format that was not asked for, and files of an environment that is not configured. Nothing
 * keeps them true, though Argo CD and Flux may still deploy them: both the same environment, where it was handed from
 * one to the other. An error of a check where it would pass over a manifest that it could judge with `--format`; files
 * of other environments may belong to another configuration.
 */
export function leftOverFindings(run: Run): readonly Diagnostic[] {
  const values = yamlFiles(run.out, { recursive: false })
    .filter((file) => !run.valuesFiles.has(basename(file)))
    .map((file) => ({ file, hint: 'Delete it, or add its environment to mi-patterns.yaml.' }));
  const manifests = formats.flatMap((format) => leftOverManifests(format, run));
  return [...values, ...manifests].filter(({ file }) => isGenerated(file)).map((left) => leftOver(left, run));
}

interface LeftOver {
  readonly file: string;
  readonly hint: string;
  readonly isPassedOver?: boolean;
}

/** What to do with the manifest of an environment that is not configured. Argo CD does not follow the file itself. */
const gone: Readonly<Record<GitOpsFormat, string>> = {
  argocd:
    'If its environment is gone, delete its Application, then this file: without the file, the Application would go on.',
  flux: 'Delete it if its environment is gone.',
};

/** Argo CD has a file for each environment, Flux a folder. With the format, those of configured ones are written. */
function leftOverManifests(format: GitOpsFormat, run: Run): readonly LeftOver[] {
  const folder = join(run.out, format);
  return yamlFiles(folder, { recursive: true }).flatMap((file): LeftOver[] => {
    const [environment = ''] = relative(folder, file).split(sep);
    const name = environment.replace(/\.yaml$/, '');
    if (run.format !== undefined && run.format !== format) return run.chosen.has(name) ? besides(file, name, run) : [];
    if (!run.environments.has(name)) return [{ file, hint: gone[format] }];
    return run.format === format ? [] : [{ file, hint: `Add --format ${format}, or delete it.`, isPassedOver: true }];
  });
}

/** The manifest with which the other tool deploys an environment that this run writes a manifest for. */
function besides(file: string, environment: string, { format }: Run): LeftOver[] {
  const both = `Argo CD and Flux may both deploy ${environment}.`;
  if (format === 'flux') return [{ file, hint: `${both} Delete the Application without its objects, then this file.` }];
  return basename(file) === 'helm-release.yaml'
    ? [{ file, hint: `${both} Suspend the HelmRelease, then delete this folder.` }]
    : [];
}

function leftOver({ file, hint, isPassedOver = false }: LeftOver, { context, isCheck }: Run): Diagnostic {
  const path = display(file, context);
  return {
    code: 'MI-GENERATE-LEFT-OVER',
    severity: isCheck && isPassedOver ? 'error' : 'warning',
    message: `An earlier run generated ${path}, and this one does not renew it.`,
    hint,
    source: { path, line: 1, column: 1 },
  };
}

/** Files of YAML in a folder. None where it cannot be listed: whoever writes to it says why. */
export function yamlFiles(folder: string, options: { readonly recursive: boolean }): readonly string[] {
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
