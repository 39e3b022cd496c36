import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedNote, markdownTable } from './markdown.ts';
import { resolve, rowsOf, type Schema, sentence } from './schema-tables.ts';

const folder = join(import.meta.dirname, '../../packages/values/schema');
const sample = join(import.meta.dirname, '../../examples/orders');

/** docs/configuration.md: every key of mi-patterns.yaml with type and meaning, from its schema. */
export function configurationPage(): string {
  const schema = JSON.parse(readFileSync(join(folder, 'mi-patterns.schema.json'), 'utf8')) as Schema;
  const page = { root: schema, defaultOf: () => '', shared: new Map<string, string>() };
  const sections = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const description = sentence(value.description ?? resolve(value, schema).description ?? '');
    const rows = rowsOf(key, value, page).map(([path = '', type = '', , meaning = '']) => [path, type, meaning]);
    return `## ${key}\n\n${description}\n\n${markdownTable(['Key', 'Type', 'Meaning'], rows)}\n`;
  });
  return `${generatedNote('packages/values/schema/mi-patterns.schema.json')}
# mi-patterns.yaml

\`mi-patterns.yaml\` says what to deploy and where. Commands look for it in the current folder and upward, or take it from
\`--config FILE\`. \`mi-patterns init\` writes a first one. Paths in it are relative to the file. Unknown keys are refused with
their line and the nearest known key.

One file describes one application, with a release in each environment. Services that are deployed separately have a folder and a file each.

Keys next to \`environments\` are defaults: an environment may override \`pattern\`, \`coordination\`, \`replicas\`, \`image\`,
\`runtime\`, \`release\`, \`namespace\`, \`context\`, \`approval\`, \`timeout\`, \`valuesFiles\` and \`values\`. What is planned
(\`artifacts\`, \`isolate\`, \`groups\`, \`verdicts\`, \`delivery\`) is the same in all of them, because one image serves them all.

A complete example:

\`\`\`yaml
${readFileSync(join(sample, 'mi-patterns.yaml'), 'utf8')
  .replace(/^# yaml-language-server.*\n/, '')
  .trimEnd()}
\`\`\`

Editors complete and check the file, including the chart's values in it, with the schema that \`init\` writes next to it and
the line at its top: \`# yaml-language-server: $schema=./mi-patterns.schema.json\`.

${sections.join('\n')}`;
}
