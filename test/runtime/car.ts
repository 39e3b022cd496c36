import { ZipFile } from 'yazl';

/** An artifact of an archive that is to try out what MI does with it: a sequence unless it says otherwise. */
export interface TestArtifact {
  readonly name: string;
  readonly type?: string;
  /** `null`: no such attribute. */
  readonly role?: string | null;
  /** Role in artifact.xml, which is another place. */
  readonly ownRole?: string;
  /** Listed, but not in the archive. */
  readonly absent?: boolean;
  readonly inMetadata?: boolean;
  readonly content?: string;
}

/** Packs an archive by hand, sound or not, without any code of the product. */
export function car(name: string, artifacts: readonly TestArtifact[], options: { readonly folders?: boolean; readonly metadata?: boolean } = {}): Promise<Buffer> {
  const zip = new ZipFile();
  const add = (path: string, text: string): void => zip.addBuffer(Buffer.from(text), path);
  const list = (some: readonly TestArtifact[]): string => {
    const dependencies = some.map(({ name: artifact, role = 'EnterpriseServiceBus' }) => `<dependency artifact="${artifact}" version="1.0.0" include="true"${role === null ? '' : ` serverRole="${role}"`}/>`);
    return `<artifacts><artifact name="${name}" version="1.0.0" type="carbon/application">${dependencies.join('')}</artifact></artifacts>`;
  };
  add('artifacts.xml', list(artifacts));
  if (options.metadata === true) add('metadata.xml', list(artifacts.filter(({ inMetadata }) => inMetadata !== false)));
  for (const { name: artifact, type = 'synapse/sequence', ownRole = 'EnterpriseServiceBus', absent, content } of artifacts) {
    if (absent === true) continue;
    if (options.folders !== false) zip.addEmptyDirectory(`${artifact}_1.0.0/`);
    add(`${artifact}_1.0.0/artifact.xml`, `<artifact name="${artifact}" version="1.0.0" type="${type}" serverRole="${ownRole}"><file>${artifact}-1.0.0.xml</file></artifact>`);
    add(`${artifact}_1.0.0/${artifact}-1.0.0.xml`, content ?? `<sequence xmlns="http://ws.apache.org/ns/synapse" name="${artifact}"><log level="simple"/></sequence>`);
  }
  zip.end();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    zip.outputStream.on('data', (piece: Buffer) => pieces.push(piece));
    zip.outputStream.on('end', () => resolve(Buffer.concat(pieces)));
    zip.outputStream.on('error', reject);
  });
}
