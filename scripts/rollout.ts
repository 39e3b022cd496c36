import { join } from 'node:path';
import { $, which } from 'zx';
import { readArguments, wrongUse } from './lib/arguments.ts';
import { endOnFailure } from './lib/failure.ts';
import { provideTool } from './lib/tools.ts';

/**
 * Rolls out along a chain of environments, for CI systems: the first from what is checked out, each further one by
 * promotion of exactly what the one before runs. Stops at the first that fails, with its exit code.
 *
 *     npm run rollout -- dev staging prod --approve "change 4711"
 */
const root = join(import.meta.dirname, '..');
const script = {
  run: 'npm run rollout --',
  summary:
    'Rolls out along a chain of environments: the first from what is checked out, each further one by promotion.',
  operands: 'ENVIRONMENT... [options of mi-patterns rollout]',
  more: 'Stops at the first environment that fails, with its exit code. For example:\n\n  npm run rollout -- dev staging prod --approve "change 4711"',
} as const;
endOnFailure();
const words = process.argv.slice(2);
if (words.includes('--help')) readArguments(script, ['--help']);
const first = words.findIndex((word) => word.startsWith('-'));
const environments = first < 0 ? words : words.slice(0, first);
const options = first < 0 ? [] : words.slice(first);

if (environments.length === 0) wrongUse(script, 'Name the environments first, in the order of the rollout.');
const environment: NodeJS.ProcessEnv = { ...process.env };
if ((await which('helm', { nothrow: true })) === null && !environment.MI_PATTERNS_HELM)
  environment.MI_PATTERNS_HELM = await provideTool('helm', (text) => process.stderr.write(`${text}\n`));
// The configuration is looked for where the command was called, not where this script lies.
const run = $({ cwd: process.env.INIT_CWD ?? process.cwd(), env: environment, stdio: 'inherit', nothrow: true });
for (const [index, name] of environments.entries()) {
  const promote = index === 0 ? [] : ['--promote', environments[index - 1] ?? ''];
  const { exitCode } =
    await run`${process.execPath} ${join(root, 'packages/cli/bin/mi-patterns.js')} rollout --env ${name} --yes ${promote} ${options}`;
  if (exitCode !== 0) process.exit(exitCode ?? 1);
}
