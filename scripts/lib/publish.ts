import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { $, type ProcessOutput, YAML } from 'zx';
import { sbomOf } from './chart-sbom.ts';

/** A packed chart. */
export interface ChartPackage {
  /** Path of NAME-VERSION.tgz. */
  readonly archive: string;
  /** Path of the signed provenance beside it; undefined when the package is not signed. */
  readonly provenance: string | undefined;
  /** Path of the software bill of materials beside it, NAME-VERSION.cdx.json. */
  readonly sbom: string;
  readonly name: string;
  readonly version: string;
}

export interface Signing {
  /** Part of the key's user id. */
  readonly key: string;
  /**
   * Secret key ring in the old format of GnuPG 1, the only one that helm reads: `gpg --export-secret-keys > ring.gpg`.
   */
  readonly keyring: string;
  /** File with the passphrase; none when the key has no passphrase. */
  readonly passphraseFile?: string | undefined;
}

export type Publication =
  | { readonly state: 'published'; readonly reference: string }
  /** The same bytes are there already, so that a publication that was cut off can be run again. */
  | { readonly state: 'already-there'; readonly reference: string };

/**
 * Packs a chart into a folder, signed when a key is given. The archive has the same bytes on every machine: helm takes
 * the time of the files in it from `time` (seconds since 1970), for example the time of the commit. Throws an Error
 * when helm cannot pack or sign it.
 */
export async function packageChart(options: {
  readonly helm: string;
  readonly chart: string;
  readonly out: string;
  readonly time: number;
  readonly signing?: Signing | undefined;
}): Promise<ChartPackage> {
  const { helm, chart, out, time, signing } = options;
  mkdirSync(out, { recursive: true });
  const sign =
    signing === undefined
      ? []
      : [
          '--sign',
          '--key',
          signing.key,
          '--keyring',
          signing.keyring,
          ...(signing.passphraseFile === undefined ? [] : ['--passphrase-file', signing.passphraseFile]),
        ];
  const { stdout } = await call({
    SOURCE_DATE_EPOCH: String(time),
  })`${helm} package ${chart} --destination ${out} ${sign}`;
  const archive = /saved it to: (.+\.tgz)$/m.exec(stdout)?.[1];
  if (archive === undefined) throw new Error(`helm package did not say where it put the archive:\n${stdout}`);
  const { name, version } = YAML.parse((await call()`${helm} show chart ${archive}`).stdout) as {
    readonly name: string;
    readonly version: string;
  };
  const sbom = archive.replace(/\.tgz$/, '.cdx.json');
  await inTemporaryFolder(async (work) => {
    await $({ quiet: true })`tar -xzf ${archive} -C ${work}`;
    writeFileSync(sbom, sbomOf(archive, join(work, name)));
  });
  return { archive, provenance: signing === undefined ? undefined : `${archive}.prov`, sbom, name, version };
}

/**
 * Writes a copy of a chart into a folder whose Chart.yaml names the project that publishes it: its address among the
 * sources, the icon by address, and the fingerprint of the key for Artifact Hub. The same input gives the same bytes.
 */
export function namePublisher(options: {
  readonly chart: string;
  readonly folder: string;
  /** Address of the project's repository, `https://github.com/OWNER/NAME`. */
  readonly project: string;
  /** Fingerprint of the signing key, and the address of its public part. */
  readonly signKey?: { readonly fingerprint: string; readonly url: string } | undefined;
}): string {
  const { chart, folder, signKey } = options;
  const project = options.project.replace(/\/$/, '');
  const copy = join(folder, basename(chart));
  cpSync(chart, copy, { recursive: true });
  const file = join(copy, 'Chart.yaml');
  const key =
    signKey === undefined
      ? ''
      : `  artifacthub.io/signKey: |\n    fingerprint: ${signKey.fingerprint}\n    url: ${signKey.url}\n`;
  const text = readFileSync(file, 'utf8')
    .replace(/^sources:\n/m, `sources:\n  - ${project}\n`)
    .replace(/^icon: .*$/m, `icon: ${project}/raw/HEAD/charts/${basename(chart)}/icon.svg`)
    .replace(/^annotations:\n/m, `annotations:\n${key}`);
  writeFileSync(file, text);
  return copy;
}

/**
 * Adds a package to a classic repository: a folder that some web server shows at `url`. Entries of other versions stay
 * as they are, the index is replaced last and at once, so that it never names a file that is not there. Throws an Error
 * when this version was published with other content: what somebody has pinned never changes.
 */
export async function publishToRepository(options: {
  readonly helm: string;
  readonly chart: ChartPackage;
  readonly folder: string;
  readonly url: string;
}): Promise<Publication> {
  const { helm, chart, folder, url } = options;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, basename(chart.archive));
  const index = join(folder, 'index.yaml');
  const reference = `${url.replace(/\/$/, '')}/${basename(chart.archive)}`;
  if (existsSync(file)) {
    if (!readFileSync(file).equals(readFileSync(chart.archive))) throw otherContent(chart, file);
    if (existsSync(index) && isListed(index, chart)) return { state: 'already-there', reference };
  }
  return inTemporaryFolder(async (work) => {
    copyFileSync(chart.archive, join(work, basename(chart.archive)));
    await call()`${helm} repo index ${work} --url ${url} ${existsSync(index) ? ['--merge', index] : []}`;
    for (const path of [chart.archive, chart.sbom, ...(chart.provenance === undefined ? [] : [chart.provenance])])
      copyFileSync(path, join(folder, basename(path)));
    writeFileSync(`${index}.part`, readFileSync(join(work, 'index.yaml')));
    renameSync(`${index}.part`, index);
    return { state: 'published', reference };
  });
}

function isListed(index: string, chart: ChartPackage): boolean {
  const { entries } = YAML.parse(readFileSync(index, 'utf8')) as {
    readonly entries?: Readonly<Record<string, readonly { readonly version: string }[]>>;
  };
  return entries?.[chart.name]?.some(({ version }) => version === chart.version) ?? false;
}

export interface RegistryOptions {
  readonly helm: string;
  readonly chart: ChartPackage;
  /** `oci://HOST/PATH` without the chart's name. */
  readonly registry: string;
  /** HTTP without TLS, for a registry of the own machine. */
  readonly plainHttp?: boolean | undefined;
}

/**
 * Pushes a package, with its provenance, to an OCI registry; who may is settled by an earlier `helm registry login`.
 * The reference ends in the digest, `oci://HOST/PATH/NAME@sha256:…`.
 * Throws an Error when the registry refuses, or has this version with other content.
 */
export async function publishToRegistry(options: RegistryOptions): Promise<Publication> {
  const { helm, chart, registry } = options;
  const repository = `${registry.replace(/\/$/, '')}/${chart.name}`;
  const transport = options.plainHttp === true ? ['--plain-http'] : [];
  const present = await inTemporaryFolder(async (work) => {
    const pull = await $({
      quiet: true,
      nothrow: true,
    })`${helm} pull ${repository} --version ${chart.version} --destination ${work} ${transport}`;
    const output = pull.stdout + pull.stderr;
    if (pull.exitCode === 0) {
      if (!readFileSync(join(work, basename(chart.archive))).equals(readFileSync(chart.archive)))
        throw otherContent(chart, repository);
      return digestOf(output);
    }
    // Any other failure (no network, no login) must not be taken for "not published yet".
    if (/: not found$|status code 404\b|\b(?:NAME|MANIFEST)_UNKNOWN\b/im.test(output.trim())) return undefined;
    throw new Error(`${repository} could not be asked for version ${chart.version}:\n${output.trim()}`);
  });
  if (present !== undefined) return { state: 'already-there', reference: `${repository}@${present}` };
  const { stdout, stderr } = await call()`${helm} push ${chart.archive} ${registry} ${transport}`;
  return { state: 'published', reference: `${repository}@${digestOf(stdout + stderr)}` };
}

function digestOf(output: string): string {
  const digest = /^Digest:\s*(sha256:[0-9a-f]{64})$/m.exec(output)?.[1];
  if (digest === undefined) throw new Error(`helm named no digest:\n${output.trim()}`);
  return digest;
}

function otherContent(chart: ChartPackage, place: string): Error {
  return new Error(
    `${chart.name} ${chart.version} is in ${place} already, with other content. Somebody may have pinned it: raise \`version\` in Chart.yaml and publish that.`,
  );
}

/** Runs a command; throws an Error with what it printed when it fails. */
function call(
  environment: Readonly<Record<string, string>> = {},
): (pieces: TemplateStringsArray, ...values: readonly (string | string[])[]) => Promise<ProcessOutput> {
  return async (pieces, ...values) => {
    const answer = await $({ quiet: true, nothrow: true, env: { ...process.env, ...environment } })(pieces, ...values);
    if (answer.exitCode !== 0) throw new Error(`helm failed:\n${(answer.stderr || answer.stdout).trim()}`);
    return answer;
  };
}

async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'mi-patterns-publish-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
