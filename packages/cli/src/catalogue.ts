import type { Severity } from '@mi-patterns/inventory';

interface Entry {
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** Codes of the command itself. Permanent: never reuse one, never change what one means. */
export const commandCatalogue = {
  'MI-CLI-USAGE': { severity: 'error', title: 'Wrong use', meaning: 'A command, option or value is unknown or missing.', fix: '`mi-patterns --help` lists the commands, `mi-patterns COMMAND --help` their options.' },
  'MI-FILE': { severity: 'error', title: 'File that cannot be used', meaning: 'A file named on the command line or in the configuration does not exist, may not be read, or is a folder.', fix: 'Check the path and its permissions.' },
  'MI-EXPLAIN-UNKNOWN': { severity: 'error', title: 'No such artifact', meaning: 'No artifact has the name given to `explain`.', fix: 'Use a name that `mi-patterns scan` prints.' },
  'MI-EXPLAIN-AMBIGUOUS': { severity: 'error', title: 'Several artifacts of that name', meaning: 'The name given to `explain` fits several kinds.', fix: 'Give the id, `task/nightly` for instance.' },
  'MI-PKG-LIBRARIES': { severity: 'warning', title: 'Libraries that the image needs', meaning: 'JAR files that artifacts need are not in any archive.', fix: 'Put them where the hint says before the image is built.' },
  'MI-PKG-CONFIGMAP-SIZE': { severity: 'error', title: 'Archive too large for a ConfigMap', meaning: 'Kubernetes takes ConfigMaps of at most 1 MiB.', fix: 'Deliver the archive in the image, or as an image volume.' },
  'MI-INTERNAL': { severity: 'error', title: 'Fault of mi-patterns', meaning: 'Something happened that must not happen.', fix: 'Run it again with `--verbose` and report what it prints.' },
} as const satisfies Readonly<Record<string, Entry>>;
