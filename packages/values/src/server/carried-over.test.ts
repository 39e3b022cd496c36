import { readDeploymentToml, type ServerConfiguration } from '@mi-patterns/inventory';
import { expect, test } from 'vitest';
import type { Values } from '../mapping/merge.ts';
import { carriedOver } from './carried-over.ts';

const shipped = `[server]
hostname = "localhost"
[user_store]
type = "read_only_ldap"
[keystore.tls]
file_name = "wso2carbon.jks"
password = "wso2carbon"
[truststore]
file_name = "client-truststore.jks"
alias = "symmetric.key.value"
`;

/** What is said, and carried over, of the file of an image. */
function ofImage(text: string, given: Values = {}): readonly [readonly string[], Values] {
  const { configuration } = readDeploymentToml(text, 'orders.tar!/conf/deployment.toml');
  const inImage = { ...configuration, inImage: true } as ServerConfiguration;
  const { diagnostics, values } = carriedOver({ configurations: [inImage] }, { release: 'orders' }, given);
  return [diagnostics.map(({ code, message }) => `${code} ${message}`), values];
}

const lost = (tables: string): string =>
  `MI-TOML-IMAGE The chart replaces orders.tar!/conf/deployment.toml. The values lack what is in ${tables} there.`;
const own = `${shipped}[[datasource]]\nid = "SHOP"\nurl = "jdbc:x"\n`;

test.each<[string, string, Values, readonly string[]]>([
  ['the file that MI is shipped with', shipped, {}, []],
  ['a data source', own, {}, [lost('[datasource]')]],
  ['another host name', shipped.replace('localhost', 'mi'), {}, [lost('[server]')]],
  ['a host name that the values set too', shipped.replace('localhost', 'mi'), toml({ server: { hostname: 'a' } }), []],
  ['a data source in an image that keeps its file', own, { runtime: { deploymentTomlFrom: 'image' } }, []],
])('of an image, what the values lack is said and not carried over: %s', (_, text, given, said) => {
  expect(ofImage(text, given)).toEqual([said, {}]);
});

function toml(deploymentToml: Values): Values {
  return { deploymentToml };
}
