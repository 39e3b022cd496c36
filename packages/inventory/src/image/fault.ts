import { finding } from '../findings/catalogue.ts';
import { InputError } from '../files/input-error.ts';

export type ImageFaultCode = 'MI-IMAGE-BROKEN' | 'MI-IMAGE-DIGEST' | 'MI-IMAGE-LIMIT' | 'MI-IMAGE-REFERENCE';

const hints: Readonly<Record<ImageFaultCode, string>> = {
  'MI-IMAGE-BROKEN': 'Save or pull the image again; it was not used.',
  'MI-IMAGE-DIGEST': 'Do not run this image. Pull it again from its original source.',
  'MI-IMAGE-LIMIT': 'Check where the image comes from. If it is genuine, remove what does not belong there.',
  'MI-IMAGE-REFERENCE': 'Name one image of the archive or layout: append :TAG, as skopeo and podman do.',
};

/** The failure of a whole image: what it says of a server would be incomplete, so nothing of it is used. */
export function imageFault(code: ImageFaultCode, name: string, message: string, hint = hints[code]): InputError {
  const source = { path: name, line: 1, column: 1 };
  return new InputError([finding(code, `${name} cannot be read: ${message}.`, hint, source)]);
}
