import { dirname } from 'node:path';
import { compareVersions } from '../model/mi-features.ts';
import { isFile, readText } from './disk.ts';
import { imagesOfDockerfile } from './dockerfile.ts';
import type { ApplicationDraft, Context } from './draft.ts';
import { partsOf, sharedParts } from './nearness.ts';

/** Version in the tag of MI's image, for example `wso2/wso2mi:4.2.0`; undefined for other images and tags. */
export function versionOfImage(image: string | undefined): string | undefined {
  return /(?:^|\/)wso2(?:mi|-mi)[\w-]*:v?(\d+\.\d+\.\d+)(?:[-._@]|$)/.exec(image?.trim() ?? '')?.[1];
}

/** The version of the last image of MI that a Dockerfile starts from, with the defaults of its build arguments. */
export function versionOfDockerfile(context: Context, file: string): string | undefined {
  if (!isFile(file)) return undefined;
  return imagesOfDockerfile(readText(context, file) ?? '')
    .flatMap((image) => versionOfImage(image) ?? [])
    .at(-1);
}

/**
 * Gives applications that name no version of MI that of the nearest Dockerfile: one in the same module, in a module
 * next to it (the docker module of a legacy project), or in a folder above. Of two that are as near the newest counts.
 */
export function versionsFromDockerfiles(context: Context, dockerfiles: readonly string[]): void {
  const known = dockerfiles.flatMap((file) => {
    const version = versionOfDockerfile(context, file);
    return version === undefined ? [] : [{ folder: partsOf(dirname(context.display(file))), version }];
  });
  if (known.length === 0) return;
  for (const application of context.findings.applications) {
    if (application.runtimeVersion !== undefined || !isSource(application)) continue;
    const own = partsOf(application.source.path);
    const [nearest] = known.toSorted(
      (a, b) => sharedParts(b.folder, own) - sharedParts(a.folder, own) || compareVersions(b.version, a.version),
    );
    if (nearest !== undefined) Object.assign(application, { runtimeVersion: nearest.version });
  }
}

function isSource({ type }: ApplicationDraft): boolean {
  return type === 'project' || type === 'exporter';
}
