import type { CodeEntry } from '@mi-patterns/inventory';

/** Codes of the command itself. Permanent: never reuse one, never change what one means. */
export const commandCatalogue = {
  'MI-CLI-USAGE': {
    severity: 'error',
    title: 'Wrong use',
    meaning: 'A command, option or value is unknown or missing.',
    fix: '`mi-patterns --help` lists the commands, `mi-patterns COMMAND --help` their options.',
  },
  'MI-FILE': {
    severity: 'error',
    title: 'Unusable file',
    meaning:
      'A file named on the command line or in the configuration does not exist, is not readable, is a folder, or is not text in UTF-8.',
    fix: 'Check the path, its permissions and its encoding.',
  },
  'MI-EXPLAIN-UNKNOWN': {
    severity: 'error',
    title: 'Nothing of that name',
    meaning: 'No artifact, code or word has the name given to `explain`.',
    fix: 'Use a name that `mi-patterns scan` prints, or the code of a finding.',
  },
  'MI-EXPLAIN-AMBIGUOUS': {
    severity: 'error',
    title: 'Ambiguous artifact name',
    meaning: 'The name given to `explain` matches artifacts of several kinds.',
    fix: 'Give the id, for example `task/nightly`.',
  },
  'MI-GENERATE-STALE': {
    severity: 'error',
    title: 'Generated file is out of date',
    meaning:
      '`generate` would write something else: the artifacts, the configuration or the version of mi-patterns have changed. A task added in the meantime would run in no pod.',
    fix: 'Run `mi-patterns generate` and commit the result.',
  },
  'MI-GENERATE-MOVED': {
    severity: 'warning',
    title: 'Stateful artifact moves to another workload',
    meaning:
      'These values run a stateful artifact in another workload than the values that are deployed, and its new pod does not wait for the old one. The chart refuses that only where it may ask the cluster. Argo CD, `helm template` and `kubectl apply` do not ask: the artifact runs twice until the old pod has ended. Compared are the values that git has in `origin/main` (or another `--git-revision`; without that option also the default branch of `origin`), else in `main`, else in the last commit: those of the same file, or of another one that names the same release. Without a repository, with `--format`, those of the last run into the folder. A release under a new name comes beside the old one, which goes on until it is uninstalled.',
    fix: 'Pause the old workload in a commit of its own first, or uninstall the old release, as the hint says. docs/how-to/gitops.md shows how.',
  },
  'MI-GENERATE-SAME-IMAGE': {
    severity: 'warning',
    title: 'Other artifacts, same image',
    meaning:
      'The values were made from other artifacts than those that git has (see `MI-GENERATE-MOVED` for what is compared), but name the same image by its tag. If the image is pushed again under its tag, no object of what was there changes and running pods keep the old image; so may new pods, on a node that has it. What the old image lacks then runs nowhere.',
    fix: 'Name a new tag in mi-patterns.yaml, generate again, and push the image under it. After an update of mi-patterns, which may read the same artifacts differently, there is nothing to do.',
  },
  'MI-GENERATE-NOT-COMPARED': {
    severity: 'warning',
    title: 'Moves of stateful artifacts not looked for',
    meaning:
      'Whether a stateful artifact moves could not be found out from what is deployed. Either a check runs in a clone without the branch that Argo CD or Flux follows, as CI makes it: the last commit, with which it compares instead, already has the new values. Or the chart of this version refuses the values that are deployed, which an older one has taken. Or git cannot be asked: it is not installed, or the folder belongs to somebody whom it does not trust, as in a container of CI.',
    fix: 'Fetch the branch first, let git read the repository, or compare with what the older chart renders, as the hint says.',
  },
  'MI-GENERATE-LEFT-OVER': {
    severity: 'warning',
    title: 'File of an earlier run',
    meaning:
      'An earlier `generate` wrote this file into the output folder, and runs like this one no longer do: its environment is not configured any more, `--format` is missing, or it is for the other of Argo CD and Flux. Nothing keeps it true, but Argo CD, Flux or a script may still deploy it. With `--check`, a manifest of a configured environment without its `--format` is an error.',
    fix: 'Add the `--format` that wrote it, or delete it. If Argo CD or Flux still deploys from it, end that first: suspend the HelmRelease, or delete the Application without its objects.',
  },
  'MI-ROLLOUT-APPROVAL': {
    severity: 'error',
    title: 'Approval is missing',
    meaning: 'The environment requires an approval; `--yes` alone is not enough.',
    fix: 'Give `--approve NAME`; the name is recorded.',
  },
  'MI-PROMOTE-SELF': {
    severity: 'error',
    title: 'Environment promoted to itself',
    meaning: 'Source and target are the same environment.',
    fix: 'Name the environment to promote from.',
  },
  'MI-INIT-EXISTS': {
    severity: 'error',
    title: 'The configuration exists already',
    meaning: '`init` never overwrites a file.',
    fix: 'Edit the file, or move it away first.',
  },
  'MI-INTERNAL': {
    severity: 'error',
    title: 'Bug in mi-patterns',
    meaning: 'An internal error.',
    fix: 'Run the command again with `--verbose` and report what it prints.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<keyof typeof commandCatalogue, true>> {}
}
