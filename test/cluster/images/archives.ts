import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import yazl from 'yazl';

/** An artifact of a test archive. */
export interface ArchivedArtifact {
  readonly name: string;
  /** MI's own word, for example `synapse/api`. */
  readonly type: string;
  readonly role: string;
  readonly xml: string;
}

/**
 * Writes a `.car` with metadata.xml, artifacts.xml and explicit directory entries; the same input gives the same bytes.
 */
export async function writeArchive(
  path: string,
  name: string,
  version: string,
  artifacts: readonly ArchivedArtifact[],
): Promise<void> {
  const zip = new yazl.ZipFile();
  const options = { mtime: new Date(1980, 0, 1, 12), mode: 0o100644, forceDosTimestamp: true };
  const root = `<artifacts>
  <artifact name="${name}" version="${version}" type="carbon/application">
${artifacts.map((artifact) => `    <dependency artifact="${artifact.name}" version="1.0.0" include="true" serverRole="${artifact.role}"/>`).join('\n')}
  </artifact>
</artifacts>
`;
  for (const file of ['artifacts.xml', 'metadata.xml']) zip.addBuffer(Buffer.from(root), file, options);
  for (const artifact of artifacts) {
    const folder = `${artifact.name}_1.0.0`;
    const own = `<artifact name="${artifact.name}" version="1.0.0" type="${artifact.type}" serverRole="${artifact.role}"><file>${artifact.name}.xml</file></artifact>\n`;
    zip.addEmptyDirectory(`${folder}/`, { mtime: options.mtime, mode: 0o40755, forceDosTimestamp: true });
    zip.addBuffer(Buffer.from(own), `${folder}/artifact.xml`, options);
    zip.addBuffer(Buffer.from(artifact.xml), `${folder}/${artifact.name}.xml`, options);
  }
  zip.end();
  const output = createWriteStream(path);
  zip.outputStream.pipe(output);
  await once(output, 'close');
}

const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';
export const defaultRole = 'EnterpriseServiceBus';

/** An API that answers a fixed JSON text. */
export function apiArtifact(name: string, context: string, answer: string): ArchivedArtifact {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<api ${namespace} name="${name}" context="${context}">
  <resource methods="GET">
    <inSequence>
      <payloadFactory media-type="json">
        <format>${answer}</format>
        <args/>
      </payloadFactory>
      <respond/>
    </inSequence>
    <faultSequence/>
  </resource>
</api>
`;
  return { name, type: 'synapse/api', role: defaultRole, xml };
}

/**
 * A task that fires every `interval` seconds, and the sequence by which each firing is told to the tick counter. Its
 * endpoint is never suspended: MI's default is to send nothing for 30 s after a failure, and ticks would be missed.
 */
export function tickingTask(name: string, role: string, interval: number, counter: string): ArchivedArtifact[] {
  const sequence = `${name}Sequence`;
  return [
    {
      name: sequence,
      type: 'synapse/sequence',
      role: defaultRole,
      xml: `<?xml version="1.0" encoding="UTF-8"?>
<sequence ${namespace} name="${sequence}">
  <log level="custom">
    <property name="TICK task" value="${name}"/>
  </log>
  <call>
    <endpoint>
      <http method="get" uri-template="${counter}/tick/${name}">
        <suspendOnFailure>
          <errorCodes>-1</errorCodes>
        </suspendOnFailure>
        <markForSuspension>
          <errorCodes>-1</errorCodes>
        </markForSuspension>
      </http>
    </endpoint>
  </call>
</sequence>
`,
    },
    {
      name,
      type: 'synapse/task',
      role,
      xml: `<?xml version="1.0" encoding="UTF-8"?>
<task ${namespace} name="${name}" class="org.apache.synapse.startup.tasks.MessageInjector" group="synapse.simple.quartz">
  <trigger interval="${interval}"/>
  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="injectTo" value="sequence"/>
  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="sequenceName" value="${sequence}"/>
  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="message"><tick xmlns="">1</tick></property>
</task>
`,
    },
  ];
}

/** A sequence that is not well-formed: MI reverts the whole archive and fails its readiness probe. */
export const faultyArtifact: ArchivedArtifact = {
  name: 'brokenSequence',
  type: 'synapse/sequence',
  role: defaultRole,
  xml: `<sequence ${namespace} name="brokenSequence"><log level="custom"></sequence>\n`,
};
