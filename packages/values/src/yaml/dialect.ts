/** How scalars are read: as Helm's parser does (YAML 1.1: `yes`, `on` and `0777` are no text), or as YAML 1.2 says. */
export type Dialect = 'helm' | 'yaml-1.2';
