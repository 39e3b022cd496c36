import { type Context, report, startOf } from '../containers/draft.ts';
import type { ImageFacts } from '../model/inventory.ts';
import { imageContents } from './contents.ts';
import { factsOf } from './facts.ts';
import { readFileTree } from './file-tree.ts';
import { type ReadHome, readServerHome, readVolume } from './read-home.ts';
import { allArchives, findServerHomes, type ServerHome } from './server-home.ts';
import type { ImageSource } from './source.ts';
import { mayBeWanted } from './wanted.ts';

/**
 * Reads what a server of an image would deploy: the archives and folders of each home of a Micro Integrator in it, or,
 * in an image without one, which is meant as a volume, every archive. Layers are streamed; nothing is unpacked to disk.
 * What is wrong with single files is reported, what is wrong with the image is thrown as InputError.
 */
export async function readImage(context: Context, image: ImageSource): Promise<ImageFacts> {
  const { limits } = context;
  const tree = await readFileTree(image, limits, (path, size) => mayBeWanted(path, size, limits));
  reportRefused(context, image.name, tree.refused);
  const homes = findServerHomes(tree.root);
  const archives = allArchives(tree.root);
  const deployed = new Set(homes.flatMap((home) => home.archives.map(({ file }) => file)));
  const elsewhere = homes.length === 0 ? [] : archives.filter(({ file }) => !deployed.has(file));
  const contents = imageContents(image);
  const read: ReadHome[] = [];
  for (const home of homes) read.push(readServerHome(context, image.name, home, contents));
  if (homes.length === 0) readVolume(context, image.name, archives, contents);
  await contents.finish();
  addServers(context, read);
  for (const home of homes) reportBrokenLinks(context, image.name, home);
  const named = homes.map((home, index) => ({ ...home, propertyNames: read[index]?.fileProperties ?? [] }));
  const facts = factsOf(image, tree, named, elsewhere);
  reportNotRead(context, facts);
  return facts;
}

/** A server that loads nothing but archives is no application of its own. */
function addServers({ findings }: Context, homes: readonly ReadHome[]): void {
  const loading = new Set(
    findings.artifacts.flatMap(({ deliveries }) => deliveries.map(({ application }) => application)),
  );
  findings.applications.push(...homes.map(({ application }) => application).filter((one) => loading.has(one)));
}

function reportRefused(context: Context, name: string, refused: readonly string[]): void {
  if (refused.length === 0) return;
  const shown = refused
    .slice(0, 3)
    .map((entry) => JSON.stringify(entry))
    .join(', ');
  report(context, startOf(name), {
    code: 'MI-IMAGE-PATH',
    message: `${name} has ${refused.length === 1 ? 'an entry' : `${refused.length} entries`} that would leave the image or link to nothing in it: ${shown}${refused.length > 3 ? ', …' : ''}. ${refused.length === 1 ? 'It was' : 'They were'} left out.`,
    hint: 'Do not run this image until you know who built it: a container engine may refuse it or write outside its folder.',
  });
}

function reportBrokenLinks(context: Context, name: string, { brokenLinks }: ServerHome): void {
  for (const link of brokenLinks)
    report(context, startOf(`${name}!/${link}`), {
      code: 'MI-IMAGE-LINK',
      message: `${name}!/${link} is a link to nothing in the image, so the server does not find what it names.`,
      hint: 'Correct the link, or copy the file itself. A link into a volume is read only in the running pod.',
    });
}

function reportNotRead(context: Context, { name, notRead }: ImageFacts): void {
  for (const { path, reason } of notRead.archives)
    report(context, startOf(`${name}!/${path}`), {
      code: 'MI-IMAGE-NOT-READ',
      message: `${name}!/${path} was not read: ${reason}.`,
      hint: 'Nothing to do if you copy it into carbonapps on demand. Otherwise pass the archive itself.',
    });
}
