import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isBelow, readRegularFile } from '@mi-patterns/inventory';
import { argoApplications, type Environment, fluxReleases, type LoadedConfiguration } from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { wrongUse } from '../context/failure.ts';
import { display } from '../context/files.ts';
import { valuesFileName } from './files.ts';

export type GitOpsFormat = 'argocd' | 'flux';

/** What Argo CD and Flux follow where no other branch is named. */
export const defaultRevision = 'main';

interface GitOpsOptions {
  readonly loaded: LoadedConfiguration | undefined;
  readonly options: { readonly gitRepository?: string; readonly gitRevision?: string };
  /** Folder of the values files. */
  readonly out: string;
  readonly context: Context;
}

/**
 * Manifests for those who deploy from git, beside the values files. Throws CommandFailure where the repository is not
 * known.
 */
export function gitOpsFiles(
  format: GitOpsFormat,
  environments: readonly Environment[],
  from: GitOpsOptions,
): { readonly file: string; readonly text: string }[] {
  const { loaded, options, out, context } = from;
  const root = repositoryRoot(out);
  const repository = repositoryFor(from, root);
  const inRepository = (path: string): string =>
    (root === undefined ? relative(context.cwd, path) : relative(root, path)).replaceAll('\\', '/');
  const chart = loaded?.configuration.chart ?? {};
  const path = resolve(loaded?.folder ?? context.cwd, chart.path ?? chartFolder());
  const isPublished = chart.oci !== undefined || chart.repository !== undefined;
  const source = {
    repository,
    revision: options.gitRevision ?? defaultRevision,
    folder: inRepository(out),
    valuesFile: (environment: Environment) => valuesFileName(environment, loaded),
    chart: isPublished ? chart : { path: inRepository(path) },
  };
  if (!isPublished && !isBelow(root ?? context.cwd, path))
    throw wrongUse(
      `The chart is outside the ${root === undefined ? 'current folder, which counts as the git repository since none is found' : 'git repository'}, where Argo CD and Flux cannot read it.`,
      `Set \`chart\` in mi-patterns.yaml to a chart repository or an OCI registry, or copy ${display(path, context)} into the repository and name the copy: \`chart: {path: FOLDER}\`.`,
    );
  if (format === 'argocd' && source.chart.path?.endsWith('.tgz'))
    throw wrongUse(
      `Argo CD reads a chart in git only from a folder, and ${source.chart.path} is an archive.`,
      'Unpack it in the repository, and set `chart.path` in mi-patterns.yaml to its folder.',
    );
  const files = format === 'argocd' ? argoApplications(environments, source) : fluxReleases(environments, source);
  return files.map((file) => ({ file: join(out, file.path), text: file.text }));
}

/** The address that Argo CD and Flux read from. Throws CommandFailure where it is not known, or is none. */
function repositoryFor({ options, out, context }: GitOpsOptions, root: string | undefined): string {
  const repository = withoutLogin(options.gitRepository ?? (root === undefined ? undefined : originOf(root)));
  if (repository === undefined)
    throw wrongUse(
      `There is no known git repository that contains ${relative(context.cwd, out) || '.'}.`,
      'Pass its address with --git-repository URL.',
    );
  if (!isAddress(repository))
    throw wrongUse(
      `${options.gitRepository === undefined ? 'The remote origin' : '--git-repository'} is ${repository}, from which Argo CD and Flux cannot read.`,
      'Pass the address of the repository with --git-repository: https://HOST/PATH, ssh://HOST/PATH or git@HOST:PATH.',
    );
  return repository;
}

/** The folder of the git repository that a folder is in; undefined where it is in none. */
export function repositoryRoot(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Logins are given to Argo CD and Flux themselves. */
function withoutLogin(address: string | undefined): string | undefined {
  return address?.replace(/^(https?:\/\/)[^@/]*@/i, '$1');
}

/** True for an address with a host, as those of git are (gitprotocol, git-clone: GIT URLs). */
function isAddress(text: string): boolean {
  return /^(?:(?:https?|ssh|git):\/\/[^\s/]+\/[^\s/]|(?:[^\s@:/]+@)?[\w-][\w.-]+:\/?[^\s:/\\][^\s:\\]*$)/i.test(text);
}

/** The address of the remote `origin`. */
function originOf(root: string): string | undefined {
  try {
    const section =
      /\[remote "origin"\]([^[]*)/.exec(readRegularFile(join(root, '.git', 'config')).toString('utf8'))?.[1] ?? '';
    return /^[ \t]*url[ \t]*=[ \t]*(\S+)/m.exec(section)?.[1];
  } catch {
    return undefined;
  }
}
