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
  readonly content?: string | Buffer;
  /** Folder in the archive, where it is not `<name>_1.0.0`. */
  readonly folder?: string;
  /** File of the artifact, where it is not `<name>-1.0.0.xml`. */
  readonly file?: string;
  /** More files of its folder, by path in it; folders end in `/`. */
  readonly more?: Readonly<Record<string, string>>;
  /** In the archive, but not listed. */
  readonly unlisted?: boolean;
}

export interface CarOptions {
  readonly folders?: boolean;
  readonly metadata?: boolean;
  readonly version?: string;
  /** Content of `descriptor.xml`. */
  readonly descriptor?: string;
  /** Archives in `dependencies/`, by file name. */
  readonly nested?: Readonly<Record<string, Buffer>>;
}

/** Packs an archive by hand, sound or not, without any code of the product. */
export function car(name: string, artifacts: readonly TestArtifact[], options: CarOptions = {}): Promise<Buffer> {
  const zip = new ZipFile();
  const add = (path: string, content: string | Buffer): void =>
    zip.addBuffer(typeof content === 'string' ? Buffer.from(content) : content, path);
  const list = (some: readonly TestArtifact[]): string => {
    const dependencies = some.map(
      ({ name: artifact, role = 'EnterpriseServiceBus' }) =>
        `<dependency artifact="${artifact}" version="1.0.0" include="true"${role === null ? '' : ` serverRole="${role}"`}/>`,
    );
    return `<artifacts><artifact name="${name}" version="${options.version ?? '1.0.0'}" type="carbon/application">${dependencies.join('')}</artifact></artifacts>`;
  };
  add('artifacts.xml', list(artifacts.filter(({ unlisted }) => unlisted !== true)));
  if (options.metadata === true) add('metadata.xml', list(artifacts.filter(({ inMetadata }) => inMetadata !== false)));
  if (options.descriptor !== undefined) add('descriptor.xml', options.descriptor);
  for (const {
    name: artifact,
    type = 'synapse/sequence',
    ownRole = 'EnterpriseServiceBus',
    absent,
    content,
    folder = `${artifact}_1.0.0`,
    file = `${artifact}-1.0.0.xml`,
    more = {},
  } of artifacts) {
    if (absent === true) continue;
    if (options.folders !== false) zip.addEmptyDirectory(`${folder}/`);
    add(
      `${folder}/artifact.xml`,
      `<artifact name="${artifact}" version="1.0.0" type="${type}" serverRole="${ownRole}"><file>${file}</file></artifact>`,
    );
    add(
      `${folder}/${file}`,
      content ??
        `<sequence xmlns="http://ws.apache.org/ns/synapse" name="${artifact}"><log level="simple"/></sequence>`,
    );
    for (const [path, text] of Object.entries(more)) {
      if (path.endsWith('/')) zip.addEmptyDirectory(`${folder}/${path}`);
      else add(`${folder}/${path}`, text);
    }
  }
  if (options.nested !== undefined) zip.addEmptyDirectory('dependencies/');
  for (const [path, bytes] of Object.entries(options.nested ?? {})) add(`dependencies/${path}`, bytes);
  return finished(zip);
}

/** A connector: one template `hello.hi`, which any sequence can call. */
export function connector(): Promise<Buffer> {
  const zip = new ZipFile();
  const add = (path: string, text: string): void => zip.addBuffer(Buffer.from(text), path);
  add(
    'connector.xml',
    '<connector><component name="hello" package="org.wso2.carbon.connector"><dependency component="greet"/><description>Says hello</description></component></connector>',
  );
  zip.addEmptyDirectory('greet/');
  add(
    'greet/component.xml',
    '<component name="greet" type="synapse/template"><subComponents><component name="hi"><file>hi.xml</file><description>Says hello</description></component></subComponents></component>',
  );
  add(
    'greet/hi.xml',
    '<template xmlns="http://ws.apache.org/ns/synapse" name="hi"><sequence><property name="greeting" value="hello"/></sequence></template>',
  );
  return finished(zip);
}

function finished(zip: ZipFile): Promise<Buffer> {
  zip.end();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    zip.outputStream.on('data', (piece: Buffer) => pieces.push(piece));
    zip.outputStream.on('end', () => resolve(Buffer.concat(pieces)));
    zip.outputStream.on('error', reject);
  });
}
