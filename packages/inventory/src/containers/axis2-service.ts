import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { Source } from '../model/diagnostic.ts';
import type { Axis2Service, Parameter } from '../model/inventory.ts';
import { decodeText } from './disk.ts';
import { type Context, plainArtifact } from './draft.ts';
import { childrenOf, childText, type Element, readMarkup } from './markup.ts';
import { openEntries } from './contents.ts';

const descriptor = 'META-INF/services.xml';

/**
 * An Axis2 service from its `.aar` file: `META-INF/services.xml` holds one `<service>` or a `<serviceGroup>` of them
 * (apache/axis2 modules/kernel ServiceGroupBuilder.java and ServiceBuilder.java). `input` is undefined when the file
 * could not be read.
 */
export function readAxis2Service(
  context: Context,
  input: string | Buffer | undefined,
  { name, source, path }: { readonly name: string; readonly source: Source; readonly path: string },
): ParsedArtifact {
  const services = input === undefined ? undefined : servicesOf(context, input, name, path);
  return plainArtifact(name, source, { kind: 'axis2-service', ...(services === undefined ? {} : { services }) });
}

function servicesOf(
  context: Context,
  input: string | Buffer,
  name: string,
  path: string,
): readonly Axis2Service[] | undefined {
  const found = openEntries(context, input, { path, line: 1, column: 1 }, (archive) => {
    const entry = archive.entries.find((candidate) => candidate.name.toLowerCase() === descriptor.toLowerCase());
    if (entry === undefined) return undefined;
    const text = decodeText(context, archive.read(entry.name, context.limits.textBytes), `${path}!/${entry.name}`);
    const document = text === undefined ? undefined : readMarkup(text, `${path}!/${entry.name}`);
    if (document === undefined) return undefined;
    if ('problem' in document) {
      context.findings.diagnostics.push(document.problem);
      return undefined;
    }
    const { root } = document;
    if (root.name === 'service') return [serviceOf(root, [], name)];
    return root.name === 'serviceGroup'
      ? childrenOf(root, 'service').map((element) => serviceOf(element, parametersOf(root), name))
      : undefined;
  });
  return found === undefined || found.length === 0 ? undefined : found;
}

function serviceOf(element: Element, ofGroup: readonly Parameter[], artifact: string): Axis2Service {
  const transports = childrenOf(element, 'transports')
    .flatMap((list) => childrenOf(list, 'transport').map(({ text }) => text))
    .filter((text) => text !== '');
  const [lifeCycle, scope] = [element.attributes.get('class'), element.attributes.get('scope')];
  return {
    name: element.attributes.get('name') ?? childText(element, 'name') ?? artifact,
    ...(transports.length === 0 ? {} : { transports }),
    ...(lifeCycle === undefined ? {} : { lifeCycle }),
    ...(scope === undefined ? {} : { scope }),
    parameters: [...ofGroup, ...parametersOf(element)],
    source: element.source,
  };
}

function parametersOf(element: Element): Parameter[] {
  return childrenOf(element, 'parameter').flatMap(({ attributes, text, source }) => {
    const name = attributes.get('name');
    return name === undefined ? [] : [{ name, value: text, source }];
  });
}
