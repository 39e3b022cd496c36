/** What is read like a folder: an archive by its name, an image by how it is named, a file in a ConfigMap. */
const readLikeFolder = /\.(?:aar|car|jar|zip)$|^(?:docker-archive|oci|oci-archive|oci-layout):|\/ConfigMap\//i;

/**
 * The file that can be opened, and the path in it where the place is in an archive (`orders.car!/api.xml`). A folder
 * whose name ends in `!` is none.
 */
export function splitArchive(path: string): readonly [string, string | undefined] {
  for (let at = path.indexOf('!/'); at >= 0; at = path.indexOf('!/', at + 1))
    if (readLikeFolder.test(path.slice(0, at))) return [path.slice(0, at), path.slice(at + 2)];
  return [path, undefined];
}
