import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';

/** The same numbers for the same seed on every machine (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Writes MI projects with `count` artifacts in all, in the proportions and sizes of real ones: mostly APIs, sequences
 * and endpoints of one to three kilobytes, a few stateful ones, each referring to a handful of others.
 * Returns the paths of the artifact files.
 */
export function writeProjects(folder: string, count: number, seed = 1, perProject = 500): string[] {
  const random = createRandom(seed);
  const files: string[] = [];
  for (let start = 0, project = 0; start < count; start += perProject, project += 1) {
    const size = Math.min(perProject, count - start);
    const root = join(folder, `project-${project}`);
    const artifacts = join(root, 'src/main/wso2mi/artifacts');
    for (const kind of [
      'apis',
      'sequences',
      'endpoints',
      'tasks',
      'inbound-endpoints',
      'proxy-services',
      'message-stores',
      'message-processors',
    ])
      mkdirSync(join(artifacts, kind), { recursive: true });
    writeFileSync(join(root, 'pom.xml'), pom(project));
    const write = (kind: string, name: string, text: string): void => {
      const file = join(artifacts, kind, `${name}.xml`);
      writeFileSync(file, text);
      files.push(file);
    };
    const name = (kind: string, index: number): string => `${kind}_${project}_${index}`;
    for (let index = 0; index < size; index += 1) {
      const other = (kind: string): string =>
        name(kind, Math.floor(random() * Math.max(1, size / 100)) * 100 + offsetOf[kind]!);
      const slot = index % 100;
      if (slot < 20)
        write('apis', name('api', index), api(name('api', index), [other('sequence'), other('endpoint')], random));
      else if (slot < 60)
        write(
          'sequences',
          name('sequence', index),
          sequence(name('sequence', index), [other('sequence'), other('endpoint')], random),
        );
      else if (slot < 88) write('endpoints', name('endpoint', index), endpoint(name('endpoint', index), random));
      else if (slot < 93)
        write('proxy-services', name('proxy', index), proxy(name('proxy', index), other('sequence'), random));
      else if (slot < 95) write('tasks', name('task', index), task(name('task', index), other('sequence')));
      else if (slot < 97)
        write('inbound-endpoints', name('inbound', index), inbound(name('inbound', index), other('sequence')));
      else if (slot < 99) write('message-stores', name('store', index), store(name('store', index)));
      else
        write(
          'message-processors',
          name('processor', index),
          processor(name('processor', index), name('store', index - 1), other('endpoint')),
        );
    }
  }
  return files;
}

const offsetOf: Readonly<Record<string, number>> = { sequence: 20, endpoint: 60 };

function pom(project: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>bench</groupId>\n  <artifactId>project-${project}</artifactId>\n  <version>1.0.0</version>\n  <packaging>pom</packaging>\n  <properties>\n    <projectType>integration-project</projectType>\n    <project.runtime.version>4.4.0</project.runtime.version>\n  </properties>\n</project>\n`;
}

/** A few mediators without references, so that files have the size of real ones. */
function mediators(random: () => number): string {
  return Array.from({ length: 2 + Math.floor(random() * 6) }, (_, index) =>
    random() < 0.5
      ? `    <log category="INFO"><message>Step ${index}: the message has arrived</message><property name="step" value="${index}"/></log>\n    <property name="value_${index}" expression="json-eval($.order.lines[${index}].price)" scope="default" type="STRING"/>\n`
      : `    <payloadFactory media-type="json"><format>{"order": {"id": "$1", "lines": [{"article": "$2", "count": ${index}}]}}</format><args><arg evaluator="xml" expression="$ctx:id"/><arg evaluator="json" expression="$.article"/></args></payloadFactory>\n`,
  ).join('');
}

function api(name: string, [first, second]: readonly string[], random: () => number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<api ${synapse} name="${name}" context="/${name}">\n  <resource methods="POST" uri-template="/{id}">\n    <inSequence>\n${mediators(random)}    <sequence key="${first}"/>\n    <call><endpoint key="${second}"/></call>\n    <respond/>\n    </inSequence>\n    <faultSequence>\n${mediators(random)}    </faultSequence>\n  </resource>\n</api>\n`;
}

function sequence(name: string, [first, second]: readonly string[], random: () => number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<sequence ${synapse} name="${name}">\n${mediators(random)}  <filter source="$ctx:value_0" regex=".+"><then><sequence key="${first}"/></then><else><call><endpoint key="${second}"/></call></else></filter>\n</sequence>\n`;
}

function endpoint(name: string, random: () => number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<endpoint ${synapse} name="${name}">\n  <http method="post" uri-template="http://backend-${Math.floor(random() * 50)}:8080/orders/{uri.var.id}">\n    <timeout><duration>10000</duration><responseAction>fault</responseAction></timeout>\n    <suspendOnFailure><initialDuration>-1</initialDuration><progressionFactor>1.0</progressionFactor></suspendOnFailure>\n  </http>\n</endpoint>\n`;
}

function proxy(name: string, target: string, random: () => number): string {
  const transports = random() < 0.2 ? 'vfs' : 'http https';
  const poll =
    transports === 'vfs'
      ? '  <parameter name="transport.vfs.FileURI">file:///data/in</parameter>\n  <parameter name="transport.PollInterval">15</parameter>\n'
      : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<proxy ${synapse} name="${name}" transports="${transports}" startOnLoad="true">\n  <target inSequence="${target}"><faultSequence>\n${mediators(random)}  </faultSequence></target>\n${poll}</proxy>\n`;
}

function task(name: string, target: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<task ${synapse} name="${name}" class="org.apache.synapse.startup.tasks.MessageInjector" group="synapse.simple.quartz">\n  <trigger interval="60"/>\n  <property name="injectTo" value="sequence"/>\n  <property name="sequenceName" value="${target}"/>\n  <property name="message"><tick xmlns=""/></property>\n</task>\n`;
}

function inbound(name: string, target: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<inboundEndpoint ${synapse} name="${name}" protocol="file" sequence="${target}" onError="${target}" suspend="false">\n  <parameters>\n    <parameter name="interval">10000</parameter>\n    <parameter name="transport.vfs.FileURI">file:///data/${name}</parameter>\n  </parameters>\n</inboundEndpoint>\n`;
}

function store(name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<messageStore ${synapse} class="org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore" name="${name}">\n  <parameter name="store.rabbitmq.host.name">rabbitmq</parameter>\n  <parameter name="store.rabbitmq.queue.name">${name}</parameter>\n  <parameter name="store.rabbitmq.username">guest</parameter>\n  <parameter name="store.rabbitmq.password">guest</parameter>\n</messageStore>\n`;
}

function processor(name: string, from: string, target: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<messageProcessor ${synapse} class="org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor" name="${name}" messageStore="${from}" targetEndpoint="${target}">\n  <parameter name="interval">1000</parameter>\n  <parameter name="max.delivery.attempts">4</parameter>\n</messageProcessor>\n`;
}
