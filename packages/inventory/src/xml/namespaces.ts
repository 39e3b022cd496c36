import { nameEnd } from './characters.ts';
import { malformed } from './fault.ts';
import { asLiteral } from './names.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** The prefixes in scope while a document is read. Constant time for each declaration, look-up and end tag. */
export interface NamespaceScope {
  /** Namespace of unprefixed elements; `''` for none. */
  readonly defaultNamespace: () => string;
  /** Namespace of a prefix; undefined when it is not declared. */
  readonly lookup: (prefix: string) => string | undefined;
  /**
   * Declares a prefix (`''` for the default namespace) for the element at this depth. White space counts, as in
   * woodstox: MI does not take " http://ws.apache.org/ns/synapse" for Synapse's namespace. Throws XmlFault for reserved
   * names.
   */
  readonly declare: (prefix: string, value: string, depth: number, offset: number) => void;
  /** Forgets what the element at this depth declared. */
  readonly leave: (depth: number) => void;
}

/** The namespace that was declared last: nearly always it is the next one, too. */
let latest = '';

/** The same text, one for all files that declare it. */
function sharedNamespace(value: string): string {
  if (value !== latest) latest = asLiteral(value);
  return latest;
}

/** A scope that knows the prefix `xml` and nothing else yet. */
export function createNamespaceScope(): NamespaceScope {
  // Most files declare a default namespace only.
  let bindings: Map<string, string> | undefined;
  const undo: { readonly depth: number; readonly prefix: string; readonly before: string | undefined }[] = [];
  let byDefault = '';
  /** Depth of the innermost open element with a declaration; 0 without one. */
  let declared = 0;

  const bind = (prefix: string, namespace: string | undefined): void => {
    if (prefix === '') byDefault = namespace ?? '';
    else if (namespace === undefined) bindings?.delete(prefix);
    else (bindings ??= new Map()).set(prefix, namespace);
  };
  const lookup = (prefix: string): string | undefined => (prefix === 'xml' ? XML : bindings?.get(prefix));

  return {
    defaultNamespace: () => byDefault,
    lookup,
    declare(prefix, value, depth, offset) {
      if (prefix === 'xmlns') malformed('The prefix "xmlns" cannot be declared', offset);
      if ((prefix === 'xml') !== (value === XML))
        malformed(`The prefix "${prefix}" cannot be bound to "${value}"`, offset);
      if (value === XMLNS) malformed(`Nothing can be bound to the namespace "${XMLNS}"`, offset);
      if (prefix !== '' && value === '') malformed(`The namespace of the prefix "${prefix}" is empty`, offset);
      undo.push({ depth, prefix, before: prefix === '' ? byDefault : lookup(prefix) });
      declared = depth;
      bind(prefix, sharedNamespace(value));
    },
    leave(depth) {
      // Hardly an element declares any, and this is asked for each.
      if (declared !== depth) return;
      for (let last = undo.at(-1); last !== undefined && last.depth === depth; last = undo.at(-1)) {
        undo.pop();
        bind(last.prefix, last.before);
      }
      declared = undo.at(-1)?.depth ?? 0;
    },
  };
}

/**
 * Returns the namespace of a name whose first colon stands at `colon`. Throws XmlFault when it is no `prefix:name` or
 * not declared.
 */
export function prefixNamespace(scope: NamespaceScope, name: string, colon: number, offset: number): string {
  const localEnd = nameEnd(name, colon + 1);
  if (colon === 0 || localEnd !== name.length || localEnd === colon + 1 || name.includes(':', colon + 1))
    malformed(`"${name}" is not a valid prefixed name`, offset);
  const prefix = name.slice(0, colon);
  if (prefix === 'xmlns') malformed(`The prefix "xmlns" of "${name}" is reserved`, offset);
  return scope.lookup(prefix) ?? malformed(`The prefix "${prefix}" of "${name}" is not declared`, offset);
}
