import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { readArguments } from './lib/arguments.ts';
import {
  namePublisher,
  packageChart,
  publishToRegistry,
  publishToRepository,
  type Publication,
} from './lib/publish.ts';
import { provideTool } from './lib/tools.ts';

/** Packs the chart, signs it, and publishes it. */
const word = { type: 'string' } as const;
const { values } = readArguments({
  run: 'npx tsx scripts/publish.ts',
  summary: 'Packs the chart, signs it, and publishes it. Without --repository and --registry it only packs.',
  options: {
    out: { ...word, value: 'DIR', description: 'where the archive of the chart goes (default out/chart)' },
    key: { ...word, value: 'NAME', description: 'sign with this key of --keyring' },
    keyring: { ...word, value: 'FILE', description: 'the file that holds the key' },
    'passphrase-file': { ...word, value: 'FILE', description: 'the passphrase of the key' },
    repository: { ...word, value: 'DIR', description: 'publish to a folder that a web server shows at --url' },
    url: { ...word, value: 'URL', description: 'the address of --repository' },
    registry: { ...word, value: 'oci://HOST/PATH', description: 'publish to a registry' },
    'plain-http': { type: 'boolean', description: 'reach the registry without TLS' },
    project: { ...word, value: 'URL', description: 'who publishes, for the sources, the icon and Artifact Hub' },
    fingerprint: { ...word, value: 'HEX', description: 'of the key, for Artifact Hub' },
    'public-key': { ...word, value: 'URL', description: 'where the public key is, for Artifact Hub' },
  },
});
const root = join(import.meta.dirname, '..');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  if ((values.key === undefined) !== (values.keyring === undefined))
    throw new Error('--key and --keyring go together: the name of the key, and the file that holds it.');
  if ((values.repository === undefined) !== (values.url === undefined))
    throw new Error('--repository and --url go together: the folder, and the address under which it is served.');
  const helm = await provideTool('helm', (text) => process.stderr.write(`${text}\n`));
  const chartFolder = join(root, 'charts', 'micro-integrator');
  const commit = await $({ cwd: root, quiet: true, nothrow: true })`git log -1 --format=%ct -- ${chartFolder}`;
  const time = Number(commit.stdout.trim());
  if (commit.exitCode !== 0 || !(time > 0))
    throw new Error(
      'The time of the last change to the chart comes from git: run this in a clone that has its history.',
    );
  const signing =
    values.key === undefined || values.keyring === undefined
      ? undefined
      : { key: values.key, keyring: values.keyring, passphraseFile: values['passphrase-file'] };
  if (
    (values.fingerprint === undefined) !== (values['public-key'] === undefined) ||
    (values.fingerprint !== undefined && values.project === undefined)
  )
    throw new Error('--fingerprint and --public-key go together, and with --project.');
  const named =
    values.project === undefined
      ? chartFolder
      : namePublisher({
          chart: chartFolder,
          folder: mkdtempSync(join(tmpdir(), 'mi-patterns-chart-')),
          project: values.project,
          signKey:
            values.fingerprint === undefined || values['public-key'] === undefined
              ? undefined
              : { fingerprint: values.fingerprint, url: values['public-key'] },
        });
  const chart = await packageChart({
    helm,
    chart: named,
    out: values.out ?? join(root, 'out', 'chart'),
    time,
    signing,
  });
  say(`Packed ${chart.archive}${chart.provenance === undefined ? ', not signed' : `, signed in ${chart.provenance}`}.`);
  if (values.repository !== undefined && values.url !== undefined)
    report(await publishToRepository({ helm, chart, folder: values.repository, url: values.url }));
  if (values.registry !== undefined)
    report(await publishToRegistry({ helm, chart, registry: values.registry, plainHttp: values['plain-http'] }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function report({ state, reference }: Publication): void {
  say(state === 'published' ? `Published ${reference}` : `Already there: ${reference}`);
}
