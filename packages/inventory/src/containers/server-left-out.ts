import { basename, join } from 'node:path';
import { counted } from '../text/counted.ts';
import { filesBelow } from './disk.ts';
import { type Context, report, startOf } from './draft.ts';

/** What users put into a server's home, and a package does not carry: it stays behind on the old server. */
const places = [
  { folder: 'patches', file: /\.jar$/ },
  { folder: 'wso2/components/patches', file: /\.jar$/ },
  { folder: 'wso2/components/dropins', file: /\.jar$/ },
  { folder: 'repository/resources/security', file: /\.(?:jks|p12|pfx|jceks)$/i },
] as const;

/** Key stores that every server brings. */
const stock: ReadonlySet<string> = new Set(['wso2carbon.jks', 'client-truststore.jks']);

/** Tells which files of a server's home nothing delivers, though the server reads them. */
export function tellLeftOut(context: Context, home: string): void {
  const files = places.flatMap(({ folder, file }) =>
    filesBelow(context, join(home, folder)).filter((path) => file.test(path) && !stock.has(basename(path))),
  );
  const [first] = files;
  if (first === undefined) return;
  const named = files.slice(0, 3).map((file) => file.slice(home.length + 1));
  const rest = files.length > named.length ? ` and ${counted(files.length - named.length, 'more file')}` : '';
  report(context, startOf(context.display(first)), {
    code: 'MI-SERVER-NOT-DELIVERED',
    message: `The server of ${context.display(home)} reads ${named.join(', ')}${rest}, which no package includes.`,
    hint: 'Put patches into a base image of your own (BASE_IMAGE), and keystores into a Secret that keystores names.',
  });
}
