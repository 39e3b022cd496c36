import { ownValue } from '../text/own-value.ts';
import type { XmlNode } from '../xml/tree.ts';
import { type FindParameter, isKept, missing } from './parameter-checks.ts';
import { type Reading, report } from './reading.ts';
import { checkAll } from './refused.ts';
import { isDynamic } from './values.ts';

/** What each store of an HTTPS listener has in no namespace, where MI looks for it (`ServerConnFactoryBuilder`). */
const passwords: Readonly<Record<string, readonly string[]>> = {
  keystore: ['Password', 'KeyPassword'],
  truststore: ['Password'],
};

/**
 * Seen on MI 4.3.0: without its passwords the endpoint is deployed and the server is ready, but nothing listens. A
 * `<KeyStore>` without `xmlns=""` is in the namespace of MI, and so are they.
 */
export function checkStores(reading: Reading, find: FindParameter, subject: string): void {
  for (const name of Object.keys(passwords)) checkStore(reading, find, subject, name);
}

function checkStore(reading: Reading, find: FindParameter, subject: string, name: string): void {
  const store = find(name);
  const [element] = store?.children ?? [];
  if (store === undefined || isKept(store) || isDynamic(store.text.trim()) || /^\s*</.test(store.text)) return;
  const missingOne = ownValue(passwords, name)?.find(
    (wanted) => element?.children.some(({ local, namespace }) => local === wanted && namespace === '') !== true,
  );
  if (missingOne === undefined) return;
  const isElsewhere = element?.children.some(({ local }) => local === missingOne) === true;
  report(reading, store.offset, {
    code: 'MI-ARTIFACT-INCOMPLETE',
    severity: 'warning',
    message: `${subject} has a ${name} without the element "${missingOne}"${isElsewhere ? ' in no namespace' : ''}; Micro Integrator deploys it, but it opens no port.`,
    hint: isElsewhere ? `Write xmlns="" at the element in the ${name}.` : `Add the element "${missingOne}".`,
  });
}

const storesOfMqtt = [
  'mqtt.ssl.keystore.location',
  'mqtt.ssl.keystore.type',
  'mqtt.ssl.keystore.password',
  'mqtt.ssl.truststore.location',
  'mqtt.ssl.truststore.type',
  'mqtt.ssl.truststore.password',
  'mqtt.ssl.version',
];

/** `MqttConnectionFactory` refuses what has not all of them. */
export function checkStoresOfMqtt(reading: Reading, find: FindParameter, subject: string, group: XmlNode): void {
  if (find('mqtt.ssl.enable')?.text.toLowerCase() !== 'true') return;
  const lacking = storesOfMqtt.find((name) => {
    const node = find(name);
    return node === undefined || (node.text === '' && !isKept(node));
  });
  if (lacking !== undefined) checkAll(reading, group, subject, [missing(lacking)]);
}
