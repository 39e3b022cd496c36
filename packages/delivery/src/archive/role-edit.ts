import { attribute, attributeValue, childrenNamed, decodeXml, readXmlTree, type XmlNode } from '@mi-patterns/inventory';
import { escapeAttribute } from './markup-text.ts';

/** An artifact as a list or an artifact.xml names it. */
export interface NamedArtifact {
  readonly name: string;
  readonly version: string;
  /** Undefined when there is no such attribute. */
  readonly serverRole: string | undefined;
}

/** The role an artifact is to have; undefined leaves it as it is. */
export type RoleOf = (artifact: NamedArtifact) => string | undefined;

/**
 * Sets `serverRole` of the dependencies of the application in an artifacts.xml or metadata.xml, in place: every other
 * byte of the file stays. Returns the same bytes when nothing changes, and undefined when the file is no such list.
 */
export function setListedRoles(bytes: Buffer, roleOf: RoleOf): Buffer | undefined {
  return edit(
    bytes,
    (root) => {
      const application = childrenNamed(root, 'artifact').find(
        (node) => attributeValue(node, 'type') === 'carbon/application',
      );
      return application === undefined
        ? undefined
        : childrenNamed(application, 'dependency').map((node) => ({
            node,
            named: namedBy(node, 'artifact'),
            add: true,
          }));
    },
    roleOf,
  );
}

/** Sets `serverRole` of an artifact.xml that has one; MI does not read it, people do. */
export function setOwnRole(bytes: Buffer, roleOf: RoleOf): Buffer | undefined {
  return edit(
    bytes,
    (root) => (root.local === 'artifact' ? [{ node: root, named: namedBy(root, 'name'), add: false }] : undefined),
    roleOf,
  );
}

/** Name and version that an artifact.xml gives; undefined when it is none. */
export function readOwnName(
  bytes: Buffer,
): { readonly name: string; readonly version: string; readonly type: string } | undefined {
  const root = treeOf(bytes)?.root;
  const name = root?.local === 'artifact' ? attributeValue(root, 'name') : undefined;
  return root === undefined || !name
    ? undefined
    : { name, version: attributeValue(root, 'version') ?? '', type: attributeValue(root, 'type') ?? '' };
}

interface Target {
  readonly node: XmlNode;
  readonly named: NamedArtifact;
  /** Whether a missing attribute is added. */
  readonly add: boolean;
}

function namedBy(node: XmlNode, key: 'artifact' | 'name'): NamedArtifact {
  return {
    name: attributeValue(node, key) ?? '',
    version: attributeValue(node, 'version') ?? '',
    serverRole: attributeValue(node, 'serverRole'),
  };
}

function edit(
  bytes: Buffer,
  targetsIn: (root: XmlNode) => readonly Target[] | undefined,
  roleOf: RoleOf,
): Buffer | undefined {
  const tree = treeOf(bytes);
  const targets = tree && targetsIn(tree.root);
  if (tree === undefined || targets === undefined) return undefined;
  const changes = targets.flatMap(({ node, named, add }) => {
    const role = roleOf(named);
    if (role === undefined || role === named.serverRole || (named.serverRole === undefined && !add)) return [];
    return [changeOf(tree.text, node, role)];
  });
  if (changes.length === 0) return bytes;
  let text = '';
  let at = 0;
  for (const { start, end, by } of changes.toSorted((a, b) => a.start - b.start)) {
    text += tree.text.slice(at, start) + by;
    at = end;
  }
  return encode(text + tree.text.slice(at), bytes);
}

function changeOf(
  text: string,
  node: XmlNode,
  role: string,
): { readonly start: number; readonly end: number; readonly by: string } {
  const present = attribute(node, 'serverRole');
  if (present === undefined) {
    const end = node.offset + 1 + node.name.length;
    return { start: end, end, by: ` serverRole="${escapeAttribute(role)}"` };
  }
  const assignment = /^[^=]*=\s*/.exec(text.slice(present.offset, present.offset + 4096))?.[0].length ?? 0;
  const quote = present.offset + assignment;
  const end = text.indexOf(text.charAt(quote), quote + 1);
  return { start: quote, end: end + 1, by: `"${escapeAttribute(role)}"` };
}

function treeOf(bytes: Buffer): { readonly root: XmlNode; readonly text: string } | undefined {
  const decoded = decodeXml(bytes, '');
  if (!('text' in decoded)) return undefined;
  const { root, diagnostic } = readXmlTree(decoded.text, '');
  return root === undefined || diagnostic !== undefined ? undefined : { root, text: decoded.text };
}

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** UTF-8 stays UTF-8, with or without its mark; any other encoding becomes UTF-8, and the declaration says so. */
function encode(text: string, before: Buffer): Buffer {
  if (before.subarray(0, 3).equals(mark)) return Buffer.concat([mark, Buffer.from(text, 'utf8')]);
  return Buffer.from(text.replace(/^(<\?xml[^>]*?encoding\s*=\s*)(["'])(?!utf-8\2)[^"']*\2/i, '$1$2UTF-8$2'), 'utf8');
}
