import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { readArguments, wrongUse } from './lib/arguments.ts';
import {
  namePublisher,
  packageChart,
  publishToRegistry,
  publishToRepository,
  type Publication,
} from './lib/publish.ts';
import { provideTool } from './lib/tools.ts';

const word = { type: 'string' } as const;
const script = {
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
} as const;
const { values } = readArguments(script);
const root = join(import.meta.dirname, '..');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

if ((values.key === undefined) !== (values.keyring === undefined))
  wrongUse(script, '--key and --keyring go together: the name of the key, and the file that holds it.');
if ((values.repository === undefined) !== (values.url === undefined))
  wrongUse(script, '--repository and --url go together: the folder, and the address under which it is served.');
if (
  (values.fingerprint === undefined) !== (values['public-key'] === undefined) ||
  (values.fingerprint !== undefined && values.project === undefined)
)
  wrongUse(script, '--fingerprint and --public-key go together, and with --project.');
const helm = await provideTool('helm', (text) => process.stderr.write(`${text}\n`));
const chartFolder = join(root, 'charts', 'micro-integrator');
const folder = mkdtempSync(join(tmpdir(), 'mi-patterns-chart-'));
try {
  const chart = await packageChart({
    helm,
    chart: namedChart(),
    out: values.out ?? join(root, 'out', 'chart'),
    time: await timeOfChart(),
    signing:
      values.key === undefined || values.keyring === undefined
        ? undefined
        : { key: values.key, keyring: values.keyring, passphraseFile: values['passphrase-file'] },
  });
  const signed = chart.provenance === undefined ? ', not signed' : `, signed in ${chart.provenance}`;
  say(`Packed ${chart.archive}${signed}.`);
  if (values.repository !== undefined && values.url !== undefined)
    report(await publishToRepository({ helm, chart, folder: values.repository, url: values.url }));
  if (values.registry !== undefined)
    report(await publishToRegistry({ helm, chart, registry: values.registry, plainHttp: values['plain-http'] }));
} finally {
  rmSync(folder, { recursive: true });
}

/** The folder of the chart, or a copy that names its publisher. */
function namedChart(): string {
  const { project, fingerprint, 'public-key': url } = values;
  if (project === undefined) return chartFolder;
  const signKey = fingerprint === undefined || url === undefined ? undefined : { fingerprint, url };
  return namePublisher({ chart: chartFolder, folder, project, signKey });
}

/** When the chart was changed last, in seconds since 1970. Throws an Error where git cannot say. */
async function timeOfChart(): Promise<number> {
  const commit = await $({ cwd: root, quiet: true, nothrow: true })`git log -1 --format=%ct -- ${chartFolder}`;
  const time = Number(commit.stdout.trim());
  if (commit.exitCode === 0 && time > 0) return time;
  throw new Error('The time of the last change to the chart comes from git: run this in a clone that has its history.');
}

function report({ state, reference }: Publication): void {
  say(state === 'published' ? `Published ${reference}` : `Already there: ${reference}`);
}
