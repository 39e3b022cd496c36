import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx/core';
import { provideTool, toolFolder } from './tools.ts';

/**
 * Programs of the test cluster, and what the tests of publishing need. The first takes long, the others share its work.
 */
const programs = ['kube', 'coredns', 'kwok', 'metrics-server', 'helm3', 'publication'] as const;

/** Debian packages of what tests compare with or work through: a browser, a container engine. */
const packageOf = {
  chromium: 'chromium',
  buildah: 'buildah',
  skopeo: 'skopeo',
} as const;

/** Other programs without which tests are skipped. */
const looked = [
  'chromium-browser',
  'go',
  'google-chrome',
  'java',
  'javac',
  'mvn',
  'openssl',
  'script',
  'setpriv',
  'unshare',
  'zsh',
] as const;

/**
 * Names of the programs without which tests are skipped, as far as this machine has them. Without what every run
 * provides: a name that appears with the first run would make the second one run everything again.
 */
export async function programsFound(): Promise<string> {
  const onPath = await Promise.all(
    [...Object.keys(packageOf), ...looked].map(async (name) => ((await which(name, { nothrow: true })) ? [name] : [])),
  );
  const built = programs.filter((name) => name !== 'publication' && existsSync(join(toolFolder(), name)));
  return [...onPath.flat(), ...built].toSorted().join(' ');
}

/**
 * Makes a CI machine fit for all tests: Debian packages, and the cluster's programs in the tool
 * cache (once for a machine: about seven minutes on two cores, then nothing). Only for CI: a contributor's machine is
 * nobody's to install packages on. What cannot be had is reported, and the tests that need it are skipped with a word.
 */
export async function prepareMachine(say: (text: string) => void): Promise<void> {
  await installPackages(say).catch((error: unknown) =>
    say(`Some Debian packages cannot be installed: ${reason(error)}`),
  );
  for (const program of programs) {
    try {
      await provideTool(program, say);
    } catch (error) {
      say(reason(error));
    }
  }
}

async function installPackages(say: (text: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || !(await which('apt-get', { nothrow: true }))) return;
  // Loaded here alone: it takes a quarter of a second, with all of the test cluster.
  const { missingPackages } = await import('../../test/cluster/harness/node.ts');
  const absent = await Promise.all(
    Object.entries(packageOf).map(async ([program, name]) => ((await which(program, { nothrow: true })) ? [] : [name])),
  );
  const wanted = [...(await missingPackages()), ...absent.flat()];
  if (wanted.length === 0) return;
  say(`Installing ${wanted.join(', ')} …`);
  const apt = $({ quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  await apt`apt-get update -qq`;
  await apt`apt-get install -y -qq --no-install-recommends ${wanted}`;
}

/** The last lines of what went wrong: a package manager says more than anybody reads. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').slice(-5).join('\n');
}
