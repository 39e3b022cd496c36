import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { YAML } from 'zx';

interface ChartFile {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly dependencies?: readonly { readonly name: string; readonly version: string; readonly repository: string }[];
}

interface Image {
  readonly name: string;
  readonly image: string;
}

/**
 * What a packed chart is made of, as CycloneDX 1.6: the archive with its digest, every file of the chart, the charts it
 * depends on, and the images that it runs unless values name others (`artifacthub.io/images`). The same chart gives the
 * same bytes.
 *
 * @param archive path of NAME-VERSION.tgz.
 * @param folder what is in the archive.
 */
export function sbomOf(archive: string, folder: string): string {
  const chart = YAML.parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) as ChartFile;
  const digest = sha256(readFileSync(archive));
  const images = YAML.parse(chart.annotations['artifacthub.io/images'] ?? '[]') as readonly Image[];
  const reference = `${chart.name}@${chart.version}`;
  const files = filesOf(folder).map((path) => ({
    type: 'file',
    'bom-ref': `${reference}/${path}`,
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256(readFileSync(join(folder, path))) }],
  }));
  const charts = (chart.dependencies ?? []).map(({ name, version, repository }) => ({
    type: 'application',
    'bom-ref': `${name}@${version}`,
    name,
    version,
    externalReferences: [{ type: 'distribution', url: repository }],
  }));
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': reference,
        name: chart.name,
        version: chart.version,
        description: chart.description,
        licenses: [{ license: { id: chart.annotations['artifacthub.io/license'] } }],
        hashes: [{ alg: 'SHA-256', content: digest }],
        properties: [{ name: 'archive', value: basename(archive) }],
      },
    },
    components: [...images.map(container), ...charts, ...files],
    dependencies: [
      {
        ref: reference,
        dependsOn: [...images.map(({ image }) => image), ...charts.map((one) => one['bom-ref'])],
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function container({ name, image }: Image): Readonly<Record<string, string>> {
  const [, repository = image, version = ''] = /^(.*):([^:/]+)$/.exec(image) ?? [];
  return { type: 'container', 'bom-ref': image, name, version, purl: `pkg:docker/${repository}@${version}` };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Version 8 of RFC 9562: a number of our own making, from the digest. */
function uuidOf(digest: string): string {
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
