/**
 * True when only the server can tell the value: an expression, a configurable, a system property or a resolver of the
 * user's own. Sources: `ValueFactory` (`{…}`) and `ResolverFactory` (`$SYSTEM:`, `$FILE:`, `$CUSTOM_x:`,
 * `${configs.…}`) of wso2/wso2-synapse; `${…}` is also how Synapse expressions are written since 4.4.
 */
export function isDynamic(value: string): boolean {
  return (
    value.startsWith('{') ||
    value.includes('${') ||
    value.includes('$SYSTEM:') ||
    value.includes('$FILE:') ||
    /\$CUSTOM_\w*:/.test(value)
  );
}

/** The text of an expression that is nothing but a text: `{'Orders'}`. */
export function literalIn(expression: string): string | undefined {
  return /^\{\s*(["'])([^"'{}]*)\1\s*\}$/.exec(expression)?.[2];
}

const functionParameter = /^\{?\s*\$func:([^\s"'()[\]{}$:,|+*/=<>!]+)\s*\}?$/;
const parameterProperty = /^\{?\s*(?:[\w-]+:)?get-property\(\s*(["'])func\1\s*,\s*(["'])([^"']*)\2\s*\)\s*\}?$/;
const parameterPath = /^\{?\$\{\s*params\.functionParams\.([\w-]+)\s*\}\}?$/;

/**
 * The parameter of a sequence template that an expression is, and nothing else: `{$func:x}`, `get-property('func',
 * 'x')` (`SynapseXPathVariableContext` and `GetPropertyFunction` of wso2/wso2-synapse) and `${params.functionParams.x}`
 * (`EvaluationContext` there, since MI 4.4).
 */
export function parameterIn(expression: string): string | undefined {
  const match = functionParameter.exec(expression) ?? parameterPath.exec(expression);
  return match === null ? parameterProperty.exec(expression)?.[3] : match[1];
}

const messageVariable = /^\{?\s*\$(ctx|var):([^\s"'()[\]{}$:,|+*/=<>!]+)\s*\}?$/;
const messageProperty = /^\{?\s*(?:[\w-]+:)?get-property\(\s*(?:(["'])default\1\s*,\s*)?(["'])([^"']*)\2\s*\)\s*\}?$/;
const messagePath = /^\{?\$\{\s*(?:(vars)|props\.synapse|properties\.synapse)\.([\w-]+)\s*\}\}?$/;

/**
 * The property or variable of a message that an expression is, and nothing else, as `ctx:name` or `var:name`, which no
 * parameter is called (`SynapseXPathVariableContext`, `GetPropertyFunction` and `EvaluationContext` of
 * wso2/wso2-synapse).
 */
export function messageValueIn(expression: string): string | undefined {
  const variable = messageVariable.exec(expression);
  if (variable !== null) return `${variable[1] ?? ''}:${variable[2] ?? ''}`;
  const path = messagePath.exec(expression);
  if (path !== null) return `${path[1] === undefined ? 'ctx' : 'var'}:${path[2] ?? ''}`;
  const name = messageProperty.exec(expression)?.[3];
  return name === undefined ? undefined : `ctx:${name}`;
}

/** True for a key that can only be a registry path: with a prefix, or absolute. Source: `MicroIntegratorRegistry`. */
export function isRegistryKey(value: string): boolean {
  return /^(?:gov|conf|local|resources):|^\//.test(value);
}

/**
 * Says whether an address names its host in the file, leaves it to the server, or is nothing that reaches an API or
 * proxy.
 */
export function literalAuthority(uri: string): 'literal' | 'dynamic' | 'none' {
  if (/^local:/i.test(uri)) return 'literal';
  const scheme = /^https?:\/\//i.exec(uri);
  if (scheme === null) return 'none';
  const authority = /^[^/?#]*/.exec(uri.slice(scheme[0].length))?.[0] ?? '';
  return authority === '' || /[{}$]/.test(authority) || uri.slice(scheme[0].length).startsWith('{')
    ? 'dynamic'
    : 'literal';
}

/** True for a literal address on the machine itself, whatever its port. */
export function isLocalAddress(uri: string): boolean {
  return /^(?:https?:\/\/(?:[^@/?#]*@)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?=[:/?#]|$)|local:)/i.test(uri);
}

/** Databases that run inside of the JVM, by how their URL starts; the names after a colon are those of a server. */
const embedded: readonly (readonly [name: string, url: RegExp])[] = [
  ['H2', /^\s*jdbc:h2:(?!tcp:|ssl:)/i],
  ['Derby', /^\s*jdbc:derby:(?!\/\/)/i],
  ['HSQLDB', /^\s*jdbc:hsqldb:(?!hsqls?:|https?:)/i],
  ['SQLite', /^\s*jdbc:sqlite:/i],
];

/**
 * A database that lives in the memory or the files of each server by itself, in words; undefined for one that is a
 * server (URL formats of H2's `features.html`, Derby's and HSQLDB's guides, and sqlite-jdbc).
 */
export function embeddedDatabase(url: string): string | undefined {
  const found = embedded.find(([, start]) => start.test(url));
  if (found === undefined) return undefined;
  return `${/^[HS]/.test(found[0]) ? 'an' : 'a'} ${found[0]} database in the ${/^\s*jdbc:\w+:(?:mem(?:ory)?:|:memory:)/i.test(url) ? 'memory' : 'files'} of each pod`;
}

/**
 * A use of the registry, or of the system properties, in an expression: the key when it is written out, else the
 * expression for it.
 */
export interface RegistryUse {
  readonly scope: 'registry' | 'system';
  readonly key: string;
  readonly dynamic: boolean;
  /** How the use starts in the file, up to where an entity may stand for a quote. */
  readonly head: 'get-property(' | 'registry(';
}

// Bounded, so that a hostile file cannot make the search quadratic.
const getProperty = /get-property\(\s*(["'])(registry|system)\1\s*,\s*(?:(["'])(.{0,500}?)\3\s*\)|([^)]{0,500}))/g;
const registryFunction = /\bregistry\(\s*(?:(["'])(.{0,500}?)\1\s*\)|([^)]{0,500}))/g;

// A quote may be an entity in the file, and any character a reference.
const maybeRegistry = /registry|get-property\(\s*(?:["']|&quot;|&apos;)system|&#/;

/** True for the text of a file in whose expressions {@link registryUses} may find something. */
export function mayUseRegistry(text: string): boolean {
  return maybeRegistry.test(text);
}

/** Finds `get-property('registry', …)` and `('system', …)` of XPath, and `${registry(…)}` of Synapse expressions. */
export function registryUses(value: string): RegistryUse[] {
  const uses: RegistryUse[] = [];
  for (const match of value.matchAll(getProperty)) {
    uses.push({
      scope: match[2] === 'system' ? 'system' : 'registry',
      key: match[4] ?? match[5]?.trim() ?? '',
      dynamic: match[4] === undefined,
      head: 'get-property(',
    });
  }
  if (value.includes('${')) {
    for (const match of value.matchAll(registryFunction)) {
      uses.push({
        scope: 'registry',
        key: match[2] ?? match[3]?.trim() ?? '',
        dynamic: match[2] === undefined,
        head: 'registry(',
      });
    }
  }
  return uses;
}

/** Characters that cannot stand in a URI. */
const noUri = /[\s"<>[\\\]^`{|}]|%(?![0-9a-fA-F]{2})/;

/** True for a name that cannot be a part of a URI, as those of the registry's paths are made into one. */
export function isNoUri(name: string): boolean {
  return noUri.test(name);
}
