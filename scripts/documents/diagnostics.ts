import { documentedCodes } from '../../packages/cli/src/codes/documented-codes.ts';
import { generatedNote, markdownTable } from './markdown.ts';

/** Where codes come from, in the order in which a reader meets them. */
const chapters: readonly { readonly title: string; readonly lead: string; readonly codes: readonly string[] }[] = [
  {
    title: 'Container images',
    lead: 'An image is read like a folder. Name it with `oci:`, `docker-archive:`, `oci-archive:` or `oci-layout:`.',
    codes: ['MI-IMAGE-'],
  },
  {
    title: 'Reading projects and archives',
    lead: 'What `scan` and every other command that reads artifacts reports about files.',
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
      'MI-PROPERTIES-',
      'MI-APP-',
      'MI-DUPLICATE',
      'MI-LOOPBACK-',
      'MI-ARTIFACT-',
      'MI-CRON-',
      'MI-PROCESSOR-',
      'MI-POLLING-',
      'MI-TASK-',
      'MI-DISPATCH-',
      'MI-CONNECTOR-',
      'MI-REGISTRY-',
    ],
  },
  {
    title: 'Planning',
    lead: 'What `plan` and `explain` report about artifacts, groups and patterns.',
    codes: ['MI-PLAN-', 'MI-REF-', 'MI-INBOUND-', 'MI-ISO-', 'MI-DB-', 'MI-EXPLAIN-'],
  },
  {
    title: 'Readiness',
    lead: 'What keeps pods from becoming ready, found before anything runs.',
    codes: ['MI-READY-'],
  },
  {
    title: 'Packaging',
    lead: 'What keeps `package` from writing archives, what archives would deploy on the wrong server, and what a registry rejects.',
    codes: ['MI-PKG-', 'MI-DELIVERY-', 'MI-PULL-', 'MI-PUSH-'],
  },
  {
    title: 'Configuration',
    lead: 'Faults in `mi-patterns.yaml` and in group files, and what `init` reports.',
    codes: ['MI-CONFIG-', 'MI-INIT-'],
  },
  {
    title: 'Values files',
    lead: 'What `validate` and `generate` report about values.',
    codes: ['MI-VALUES-', 'MI-WRITE-', 'MI-GENERATE-'],
  },
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
    title: 'Audit of a cluster',
    lead: 'What `audit` reports about the servers in a cluster.',
    codes: ['MI-AUDIT-'],
  },
  {
    title: 'The command',
    lead: 'Wrong use, and tools that are missing.',
    codes: ['MI-CLI-', 'MI-FILE', 'MI-TEMPORARY-', 'MI-TOOL-', 'MI-INTERNAL'],
  },
];

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
