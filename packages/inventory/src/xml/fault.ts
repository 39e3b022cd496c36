/** Why a document was refused. */
export type XmlFaultCode = 'MI-XML-MALFORMED' | 'MI-XML-LIMIT' | 'MI-XML-DTD';

/** Why a document was refused, and where. Thrown inside the reader only; callers see a diagnostic. */
export class XmlFault extends Error {
  readonly code: XmlFaultCode;
  readonly offset: number;

  constructor(code: XmlFaultCode, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** Throws that a document is not well formed at an offset. */
export function malformed(message: string, offset: number): never {
  throw new XmlFault('MI-XML-MALFORMED', message, offset);
}

/**
 * What becomes of an artifact that no parser reads. The plugin that packs a project logs it and goes on
 * (wso2/maven-tools, CAppHandler.java); MI takes back a whole archive (AbstractSynapseArtifactDeployer.java and
 * CappDeployer.java in wso2/micro-integrator; seen with MI 4.3.0).
 */
const unreadArtifact =
  'The build of a project skips such an artifact, and Micro Integrator deploys nothing from an archive that contains one.';

/** What to do about each kind of refusal. */
export const faultHints: Record<XmlFaultCode, string> = {
  'MI-XML-MALFORMED': `Correct the XML at this place. ${unreadArtifact}`,
  'MI-XML-LIMIT': 'Split the file, or remove the generated part. It is refused to protect the machine that reads it.',
  'MI-XML-DTD':
    'Remove the DOCTYPE declaration and write the characters literally; artifacts need neither a DTD nor entities.',
};
