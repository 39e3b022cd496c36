import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { $, which } from 'zx/core';
import { satisfies, coerce } from 'semver';
import { cacheFolder, provideInCache } from './cache.ts';

/** One tool of scripts/tools.json. */
interface Pin {
  readonly version: string;
  /** Versions on PATH that are good enough; without it the tool is always built. */
  readonly accepts?: string;
  readonly package: string;
  readonly versionVariable?: string;
  readonly versionArguments?: readonly string[];
  readonly group?: 'cluster' | 'publication';
}

export interface Pins {
  readonly tools: Readonly<Record<string, Pin>>;
  readonly kubernetesSchemas: { readonly package: string; readonly version: string; readonly sha256: string };
  readonly kubernetesVersions: readonly string[];
}

const scripts = join(import.meta.dirname ?? '.', '..');
const toolsModule = join(scripts, 'tools');

export const pins = JSON.parse(readFileSync(join(scripts, 'tools.json'), 'utf8')) as Pins;

/** Folder of the built tools. Its name changes with the pins, so that two checkouts never share the wrong build. */
export function toolFolder(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'kube/main.go', 'coredns/main.go', 'publication/main.go'])
    hash.update(readFileSync(join(toolsModule, file)));
  hash.update(JSON.stringify(pins.tools));
  return join(cacheFolder(), 'tools', hash.digest('hex').slice(0, 16));
}

/**
 * Path of a tool that fits its pin: on PATH, in the cache, or built now.
 * Throws an Error that says what to install when it can be had in none of these ways.
 */
export async function provideTool(name: string, report: (text: string) => void): Promise<string> {
  const pin = pins.tools[name];
  if (pin === undefined) throw new Error(`${name} is not in scripts/tools.json.`);
  const built = join(toolFolder(), name);
  if (existsSync(built)) return built;
  const onPath = await findOnPath(name, pin);
  if (onPath !== undefined) return onPath;
  return provideInCache(built, (partial) => build(name, pin, partial, report));
}

async function findOnPath(name: string, pin: Pin): Promise<string | undefined> {
  if (pin.accepts === undefined || pin.versionArguments === undefined) return undefined;
  const path = await which(name, {
    nothrow: true,
    path:
      process.env.PATH?.split(delimiter)
        .filter((folder) => !folder.includes('node_modules'))
        .join(delimiter) ?? '',
  });
  if (!path) return undefined;
  const answer = await $({ nothrow: true, quiet: true })`${path} ${pin.versionArguments}`;
  const version = coerce(answer.stdout);
  return version !== null && satisfies(version, pin.accepts) ? path : undefined;
}

async function build(name: string, pin: Pin, target: string, report: (text: string) => void): Promise<void> {
  const go = await which('go', { nothrow: true });
  if (!go) {
    const accepted = pin.accepts === undefined ? '' : ` Put ${name} ${pin.accepts} on PATH, or`;
    throw new Error(
      `${name} ${pin.version} is needed and cannot be built, because there is no Go.${accepted} install Go 1.26 or newer, then run the command again.`,
    );
  }
  report(`Building ${name} ${pin.version} (once for this machine) …`);
  const variable = pin.versionVariable === undefined ? '' : ` -X ${pin.versionVariable}=v${pin.version}`;
  const kubernetes = pin.package === './kube' ? kubernetesVersionFlags(pin.version) : '';
  const flags = ['-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', `-s -w${variable}${kubernetes}`];
  const run = await $({
    cwd: toolsModule,
    nothrow: true,
    quiet: true,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' },
  })`${go} build ${flags} -o ${target} ${pin.package}`;
  if (run.exitCode !== 0)
    throw new Error(
      `Building ${name} ${pin.version} failed:\n${run.stderr.split('\n').slice(-15).join('\n')}\nThe Go module proxy must be reachable and Go must be 1.26 or newer.`,
    );
}

/** The version that a Kubernetes component reports is set by the linker only. */
function kubernetesVersionFlags(version: string): string {
  const [major, minor] = version.split('.');
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .map(
      (folder) =>
        ` -X ${folder}.gitVersion=v${version} -X ${folder}.gitMajor=${major} -X ${folder}.gitMinor=${minor} -X ${folder}.gitTreeState=clean -X ${folder}.buildDate=2026-01-01T00:00:00Z`,
    )
    .join('');
}
