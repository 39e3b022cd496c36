import { finding } from '../findings/catalogue.ts';
import { RegistryFailure } from './failure.ts';

/** A repository of an OCI registry, and the tag to set there. */
export interface Destination {
  /** As people name it, with a port if any: `registry.example.com:5000`. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** Start of every address of the registry, without a `/` at the end. */
  readonly base: string;
}

// Names and tags as the OCI distribution specification has them.
const namePart = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const hostForm = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i;

/**
 * Reads `REGISTRY/REPOSITORY[:TAG]`. Only a registry on this machine is spoken to without TLS, unless `plainHttp`
 * allows it. Throws {@link RegistryFailure} for anything else; the message never repeats what might be a password.
 */
export function parseDestination(text: string, plainHttp: boolean): Destination {
  const plain = text.replace(/^(?:oci|https):\/\//, '');
  const slash = plain.indexOf('/');
  const host = plain.slice(0, Math.max(slash, 0));
  if (plain.includes('@'))
    throw wrong(
      'The destination of --push holds an "@": a digest cannot be chosen, and a login does not belong there.',
    );
  if (plain.includes('://')) throw wrong('The destination of --push is no address with a scheme.');
  if (!hostForm.test(host) || !(host.includes('.') || host.includes(':') || host === 'localhost'))
    throw wrong(`"${text}" names no registry.`);
  const place = plain.slice(slash + 1);
  const colon = place.indexOf(':', place.lastIndexOf('/') + 1);
  const name = colon < 0 ? place : place.slice(0, colon);
  const tag = colon < 0 ? undefined : place.slice(colon + 1);
  if (name === '' || !name.split('/').every((part) => namePart.test(part)) || name.length > 255)
    throw wrong(
      `"${name}" is not the name of a repository: use lower-case letters and digits, single . _ - between them, and / between parts.`,
    );
  if (tag !== undefined && !tagForm.test(tag))
    throw wrong(`"${tag}" is not a tag: use up to 128 letters, digits and . _ -, and do not start with . or -.`);
  const isHub = host === 'docker.io' || host === 'index.docker.io';
  const repository = isHub && !name.includes('/') ? `library/${name}` : name;
  return {
    host: isHub ? 'docker.io' : host,
    repository,
    tag,
    base: `${plainHttp || isLoopback(host) ? 'http' : 'https'}://${isHub ? 'registry-1.docker.io' : host}`,
  };
}

/** An image in a registry, by tag or digest. */
export interface Reference extends Omit<Destination, 'tag'> {
  /** `1.2.0` or `sha256:…`. */
  readonly version: string;
}

/**
 * Reads `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`, as container engines do: without a registry it is Docker Hub's, without
 * a tag `latest`, and a digest counts more than a tag. Throws {@link RegistryFailure}.
 */
export function parseReference(text: string, plainHttp: boolean): Reference {
  const [, tagged = '', digest] = /^(.*?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const first = tagged.split('/')[0] ?? '';
  const isNamed = tagged.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const { tag, ...place } = parseDestination(isNamed ? tagged : `docker.io/${tagged}`, plainHttp);
  return { ...place, version: digest ?? tag ?? 'latest' };
}

/** Whether an address is on this machine, so that nothing travels over a network. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function wrong(message: string): RegistryFailure {
  const hint =
    'Give REGISTRY/REPOSITORY or REGISTRY/REPOSITORY:TAG, for example registry.example.com/team/orders-archives:1.2.0.';
  return new RegistryFailure([finding('MI-PUSH-DESTINATION', message, hint)], 'reference');
}
