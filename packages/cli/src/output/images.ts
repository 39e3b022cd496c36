import { counted, type ImageFacts } from '@mi-patterns/inventory';
import type { Style } from './style.ts';

/** What was read of each image, and what in it was not looked at: two or three lines an image. */
export function formatImages(images: readonly ImageFacts[], style: Style): string[] {
  return images.flatMap((image) => [
    `${style.bold(image.name)} · ${factsLine(image)}`,
    `  ${style.dim(`Seen by name only: ${notLookedAt(image)}`)}`,
    '',
  ]);
}

function factsLine({ platform, homes, user, entrypoint, layers }: ImageFacts): string {
  const servers = homes.map(({ path, version }) => `Micro Integrator ${version ?? 'of unknown version'} in /${path}`);
  const facts = [
    platform,
    ...(homes.length === 0 ? ['no server: archives for a volume'] : servers),
    ...(homes.length === 0 ? [] : [`user ${user === '' ? 'root' : user}`]),
    ...(entrypoint.length === 0 ? [] : [`starts ${entrypoint.join(' ')}`]),
    counted(layers, 'layer'),
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}

function notLookedAt({ homes, notRead }: ImageFacts): string {
  const what = homes.length === 0 ? '' : ": the operating system, Java, the server's own JARs and start scripts";
  return [
    `${notRead.files.toLocaleString('en')} other files (${size(notRead.bytes)})${what}`,
    ...(notRead.archives.length === 0 ? [] : [`${notRead.archives.length} archives outside of carbonapps`]),
    ...(notRead.platforms.length === 0 ? [] : [`the images for ${notRead.platforms.join(', ')}`]),
  ].join('; ');
}

function size(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1024 ? `${Math.ceil(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
