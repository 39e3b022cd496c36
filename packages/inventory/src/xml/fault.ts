/** Why a document was refused. Thrown inside the reader only; callers see a diagnostic. */
export type XmlFaultCode = 'MI-XML-MALFORMED' | 'MI-XML-LIMIT' | 'MI-XML-DTD';

export class XmlFault extends Error {
  readonly code: XmlFaultCode;
  readonly offset: number;

  constructor(code: XmlFaultCode, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

export function malformed(message: string, offset: number): never {
  throw new XmlFault('MI-XML-MALFORMED', message, offset);
}

/** What to do about each kind of refusal. */
export const faultHints: Record<XmlFaultCode, string> = {
  'MI-XML-MALFORMED': 'Correct the XML at this place; Micro Integrator cannot read the file either and skips it.',
  'MI-XML-LIMIT':
    'Split the file, or take out the generated part; a file of this shape is refused to protect the machine that reads it.',
  'MI-XML-DTD':
    'Remove the DOCTYPE declaration and write the characters out; artifacts need neither a DTD nor entities.',
};
