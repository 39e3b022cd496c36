import { helmCatalogue } from '../../packages/helm/src/index.ts';
import { inventoryCatalogue } from '../../packages/inventory/src/index.ts';
import { deliveryCatalogue, plannerCatalogue } from '../../packages/planner/src/index.ts';
import { catalogue as valuesCatalogue } from '../../packages/values/src/index.ts';
import { commandCatalogue } from '../../packages/cli/src/catalogue.ts';
import { generatedNote, markdownTable } from './markdown.ts';

/** What the reference says of one code. */
export interface DocumentedCode {
  readonly code: string;
  readonly severity: string;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** Where codes come from, in the order in which a reader meets them. */
const chapters: readonly { readonly title: string; readonly lead: string; readonly codes: readonly string[] }[] = [
  {
    title: 'Reading projects and archives',
    lead: 'What `scan` and every command that reads finds in files.',
    codes: [
      'MI-INPUT-',
      'MI-READ-',
      'MI-LOOSE-',
      'MI-XML-',
      'MI-ZIP-',
      'MI-CAR-',
      'MI-PRJ-',
      'MI-LEGACY-',
      'MI-SERVER-',
      'MI-TOML-',
      'MI-APP-',
      'MI-DUPLICATE',
      'MI-ARTIFACT-',
      'MI-TASK-',
      'MI-DISPATCH-',
      'MI-CONNECTOR-',
      'MI-REGISTRY-',
    ],
  },
  {
    title: 'Planning',
    lead: 'What `plan` and `explain` say of artifacts, groups and patterns.',
    codes: ['MI-PLAN-', 'MI-REF-', 'MI-INBOUND-', 'MI-ISO-', 'MI-DB-', 'MI-EXPLAIN-'],
  },
  {
    title: 'Packaging',
    lead: 'What `package` needs to write archives, what archives bring to which server, and what a registry does not take.',
    codes: ['MI-PKG-', 'MI-DELIVERY-', 'MI-PUSH-'],
  },
  {
    title: 'Configuration',
    lead: 'Faults of `mi-patterns.yaml` and of group files, and what `init` found.',
    codes: ['MI-CONFIG-', 'MI-INIT-'],
  },
  { title: 'Values files', lead: 'What `validate` and `generate` say of values.', codes: ['MI-VALUES-', 'MI-WRITE-'] },
  {
    title: 'The chart and its tests',
    lead: 'What helm, the schemas of Kubernetes and our own rules say of a rendered release.',
    codes: ['MI-CHART-', 'MI-KUBERNETES-', 'MI-RULE-'],
  },
  {
    title: 'Upgrades and rollouts',
    lead: 'What an upgrade would break, and what stops a rollout.',
    codes: ['MI-UPGRADE-', 'MI-ROLLOUT-', 'MI-ROLLBACK-', 'MI-PROMOTE-'],
  },
  {
    title: 'The command',
    lead: 'Wrong use, and tools that are missing.',
    codes: ['MI-CLI-', 'MI-FILE', 'MI-TOOL-', 'MI-INTERNAL'],
  },
];

/** Every code of every package, sorted. Throws an Error when two packages use one code. */
export function documentedCodes(): readonly DocumentedCode[] {
  const planner = Object.fromEntries(
    Object.entries({ ...plannerCatalogue, ...deliveryCatalogue }).map(([code, { whatToDo, ...entry }]) => [
      code,
      { ...entry, fix: whatToDo },
    ]),
  );
  const seen = new Map<string, DocumentedCode>();
  for (const catalogue of [inventoryCatalogue, planner, valuesCatalogue, helmCatalogue, commandCatalogue] as const) {
    for (const [code, { severity, title, meaning, fix }] of Object.entries(catalogue)) {
      if (seen.has(code)) throw new Error(`${code} is in the catalogues of two packages.`);
      seen.set(code, { code, severity, title, meaning, fix });
    }
  }
  return [...seen.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** docs/diagnostics.md. Throws an Error for a code that belongs to no chapter. */
export function diagnosticsPage(): string {
  const codes = documentedCodes();
  const chapterOf = (code: string): number =>
    chapters.findIndex(({ codes: starts }) =>
      starts.some((start) => (start.endsWith('-') ? code.startsWith(start) : code === start)),
    );
  const lost = codes.filter(({ code }) => chapterOf(code) < 0);
  if (lost.length > 0)
    throw new Error(`No chapter of scripts/documents/diagnostics.ts takes ${lost.map(({ code }) => code).join(', ')}.`);
  const parts = chapters.map(({ title, lead }, index) => {
    const own = codes.filter(({ code }) => chapterOf(code) === index);
    const rows = own.map(({ code, severity, title: what, meaning, fix }) => [
      `<a id="${code.toLowerCase()}"></a>\`${code}\``,
      severity,
      `**${what.replace(/\.$/, '')}.** ${meaning}`,
      fix,
    ]);
    return `## ${title}\n\n${lead}\n\n${markdownTable(['Code', 'Usually', 'What it means', 'What to do'], rows)}\n`;
  });
  return `${generatedNote('the catalogues of the packages')}
# Diagnostics

Every finding has a permanent code, a severity, a sentence that names the artifact, the place (\`file:line:column\`) and what to
do next. An **error** ends a command with exit code 1 (or 2 when nothing could be read); a **warning** and a note (**info**) do
not. Notes are shown with \`--verbose\`, and always in \`--json\`.

${parts.join('\n')}`;
}
