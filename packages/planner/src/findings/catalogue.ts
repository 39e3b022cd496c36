import { type CodeEntry, describedCode as entry } from '@mi-patterns/inventory';
import { databaseCatalogue } from './catalogue-database.ts';
import { isolationCatalogue } from './catalogue-isolation.ts';

/** Every code the planner reports. Codes are permanent: never reuse one, never change what one means. */
export const plannerCatalogue = {
  'MI-PLAN-STATEFUL': entry(
    'error',
    'Stateful artifact in several replicas',
    'The pattern runs every artifact in several pods, but this one does its work in each pod: tasks fire several times, files and messages are processed twice.',
    'Use the pattern coordinated, or override the verdict with a reason if the pods can share the work safely (for example through a broker queue).',
  ),
  'MI-PLAN-COORDINATED': entry(
    'info',
    'Nothing to coordinate',
    'You chose the pattern coordinated, but no artifact is stateful, so it is the same as multiple-replicas.',
    'Use multiple-replicas.',
  ),
  'MI-PLAN-SINGLE': entry(
    'info',
    'One pod runs everything',
    'When the pod or its node is lost, every API, proxy and task is down until a new server has started.',
    'Use coordinated or multiple-replicas if that is too long.',
  ),
  'MI-PLAN-REPLICAS': entry(
    'error',
    'Not enough replicas',
    'The pattern needs at least two replicas of the stateless workload (a whole number).',
    'Set two or more, or use single-replica.',
  ),
  'MI-PLAN-DATABASE': entry(
    'info',
    'Database coordination has no effect',
    'You chose database coordination, but one pod runs everything or no artifact is stateful.',
    'Leave the coordination at isolate.',
  ),
  'MI-PLAN-EMPTY': entry(
    'error',
    'Nothing to run',
    'No deployed artifact starts work, so there is no workload.',
    'Check the given paths: `mi-patterns scan` lists what was read.',
  ),
  'MI-PLAN-NOT-DEPLOYED': entry(
    'info',
    'Entry point is not deployed',
    'No application contains the entry point, so it is in no workload.',
    'Add it to a composite exporter or project if it should run.',
  ),
  'MI-PLAN-MANY-WORKLOADS': entry(
    'warning',
    'Too many servers',
    'Each stateful artifact gets its own server, which adds up to more servers than is practical to run and pay for.',
    'Group artifacts that may share a pod and its restarts: `--isolate one`, or your own groups with `--isolate FILE`.',
  ),
  'MI-PLAN-GROUP-EMPTY': entry(
    'error',
    'Group without artifacts',
    'A named group, or a glob in it, matches no stateful entry point.',
    'Correct its globs or remove the group.',
  ),
  'MI-PLAN-GROUP-OVERLAP': entry(
    'error',
    'Groups overlap',
    'A stateful artifact is in two groups, or two groups split artifacts that must share a pod.',
    'Narrow the globs, or put the artifacts into one group.',
  ),
  'MI-PLAN-GROUP-NAME': entry(
    'error',
    'Unusable group name',
    'A group becomes a workload, so its name must be a short, unique, lower-case label.',
    'Rename the group.',
  ),
  'MI-PLAN-NAME-CLASH': entry(
    'error',
    'Workload name clash',
    'The names of two stateful artifacts differ only in case, separators or kind, so their workloads would have the same name.',
    'Put one of them into a named group, or rename it.',
  ),
  'MI-PLAN-INPUT': entry(
    'error',
    'Error in the input of the plan',
    'A file or archive cannot be read, or MI refuses it. Its content is in no workload, or will be missing from the servers. As a warning: a file among the artifacts is not one, something was not read, or the servers deploy an artifact that does not do its work. As information: no application delivers the artifact, so it stops no plan.',
    'Correct the problem that the message names; `mi-patterns scan` shows it as well.',
  ),
  'MI-PLAN-DUPLICATE': entry(
    'error',
    'Artifact in two applications of one server',
    'Two applications deliver an artifact of the same kind and name to the same servers. MI rejects the later archive, and everything in it is missing. Versioned deployment keeps APIs, proxy services and data services apart only if deployment.toml exposes versions, and inbound endpoints never.',
    'Keep the artifact in one application, rename it, or plan the applications separately.',
  ),
  'MI-PLAN-OWN-SEQUENCE': entry(
    'warning',
    'main or fault sequence in an archive',
    'Each server has a main and a fault sequence already. With hot deployment off, as the chart sets it, Micro Integrator never uses one of an archive: depending on the path of its home, it keeps its own, and what the other should handle is lost, or it rejects the whole archive, and no pod becomes ready.',
    "Give the sequence another name and call that, or put it into the image as a file of the server's home.",
  ),
  'MI-PLAN-REPLACED': entry(
    'warning',
    'Two definitions of an endpoint or template',
    'Two applications define an endpoint or template of one name differently, for the same servers. MI deploys both archives and keeps the definition that comes last, so flows of the other application use it too.',
    'Make the definitions the same, rename one, or plan the applications separately.',
  ),
  'MI-PLAN-FILE-AGAIN': entry(
    'warning',
    'File handled again at every poll',
    'A file inbound endpoint or a proxy service on files moves what it has handled into the directory that it takes files from, or leaves it there. The file is still there at the next poll, so what its flow does is done again and again.',
    'Move files into another directory, or delete them.',
  ),
  'MI-PLAN-FILE-DELETED': entry(
    'warning',
    'Files deleted instead of moved',
    'The parameters of a file inbound endpoint or a proxy service on files seem to move files, but they do not. Micro Integrator moves a file only if the action is `MOVE`, in capitals, and a directory is named. Otherwise it deletes the file, and with one that failed its content is lost.',
    'Set the action to `MOVE` and name a directory, or set it to `DELETE`.',
  ),
  'MI-PLAN-NEWER': entry(
    'error',
    'Later Micro Integrator needed',
    "An artifact uses an expression `${…}`, the mediator `variable`, `scatter-gather` or `throwError`, or something else that Micro Integrator has since 4.4.0, but `runtime.version` is an earlier one or, where no version is named, its project is for one. That version refuses most of it, and undeploys the whole archive; of a server's own files it leaves that one out. An expression where it expects a text is sent as it is written; one that is only logged is a warning.",
    'Set `runtime.version`, or the version of the project, and that of its image to 4.4.0 or later, or write it in the way of the earlier versions.',
  ),
  'MI-PLAN-CONTEXT': entry(
    'error',
    'Two APIs with the same context',
    "Two APIs on the same servers have the same context and the same version. MI rejects the second and undeploys its whole archive, so no pod becomes ready; of a server's own files it leaves that one out.",
    'Give one of them another context or version, or plan the applications separately.',
  ),
  'MI-PLAN-SAME-KEY': entry(
    'error',
    'Artifacts with one name',
    "A server keeps local entries, endpoints, sequences and templates in one list. Of two with one name, the later replaces the earlier, and flows that use the earlier fail although the server is ready. It does not replace a local entry but rejects the archive. With versioned deployment, each application has names of its own. Of data sources with one JNDI name, the later replaces the earlier too. Proxy, data and Axis2 services are one list as well: MI rejects the archive with the second service of a name. Of a server's own files it leaves out what it rejects.",
    'Rename all but one, and what refers to them.',
  ),
  'MI-PLAN-OVERRIDE': entry(
    'error',
    'Override that cannot be applied',
    'An entry under verdicts: does not name an entry point or lacks a reason.',
    'Correct or remove it.',
  ),
  'MI-PLAN-OVERRIDDEN': entry(
    'info',
    'Verdict overridden',
    'A verdict comes from mi-patterns.yaml, not from the artifacts.',
    'Check from time to time that the reason is still valid.',
  ),
  'MI-PLAN-PORT': entry(
    'warning',
    'Unknown listener port',
    'A listening inbound endpoint or proxy has no port in its file, or one that only the server can resolve, so no Service can expose it.',
    'Write the port in the values (ports: of the workload).',
  ),
  'MI-PLAN-PORT-CLASH': entry(
    'error',
    'Two listeners on one port',
    "Two listeners of a pod, or a listener and one of MI's own ports, use the same number. The second cannot start, and MI undeploys its whole archive; of a server's own files it leaves that one out.",
    'Give one of them a different port, or isolate one.',
  ),
  'MI-PLAN-AFFINITY': entry(
    'info',
    'Clients must return to the same pod',
    'The entry point keeps sessions in the memory of a pod, and the workload has several.',
    'Enable session affinity on its Service or route, or run one replica.',
  ),
  'MI-PLAN-PINNED': entry(
    'warning',
    'Pinned to a server that does not exist',
    'pinnedServers names servers, and MI compares them with the name of the server, which is localhost unless deployment.toml says otherwise. The artifact starts in no pod.',
    'Remove pinnedServers, or set [server] synapse_config_server_name.',
  ),
  'MI-PLAN-LISTENER': entry(
    'warning',
    'Transport without a listener in the values',
    "A service uses a transport whose listener is off in the deployment.toml that the chart writes. The project's own file does not reach the pods, so the service never receives a message although every pod is ready.",
    'Add the listener to deploymentToml in the values, or set runtime.deploymentTomlFrom: image if the image contains the file.',
  ),
  'MI-PLAN-NOT-SERVED': entry(
    'warning',
    'Service ignored by its listener',
    'A service uses a transport whose listener ignores it: the service names a connection factory that the listener does not have, or lacks a required parameter. MI only logs a warning, and the service receives no messages although every pod is ready.',
    'Name a connection factory from deployment.toml or add the parameter. If the service should not use the transport, remove it.',
  ),
  'MI-PLAN-SUSPENDED': entry(
    'warning',
    'suspend or startOnLoad has an unexpected effect',
    'Suspended jms, kafka, mqtt, grpc and hl7 inbound endpoints do not start and cannot be activated later. Event-based ones start anyway. A listener does not open the port that its Service exposes until it is activated in each pod. Before MI 4.4, the attribute is ignored. startOnLoad="false" of a task is read from MI 4.7 on, and by late updates of MI 4.1; any other MI runs the task.',
    'Remove the attribute, or leave the artifact out of the archive.',
  ),
  'MI-PLAN-STOPPED': entry(
    'warning',
    'Proxy service that each pod stops',
    'With startOnLoad="false", or anything but "true", MI deploys the proxy service and stops it. It takes no messages and answers HTTP with status 500, although every pod is ready. If you start it by hand, it stays started only as long as its pod lives.',
    'Remove startOnLoad, or leave the proxy service out of the archive.',
  ),
  'MI-PLAN-PROCESSOR-STOPS': entry(
    'info',
    'Message processor deactivates itself',
    'After the configured number of failed deliveries, the processor stops and all later messages wait. The state is a file in the pod: a new pod starts the processor again and retries the message.',
    'Set max.delivery.drop to Enabled or name a fail store to keep the processor running. Put the registry on a volume only if the processor should stay off after a restart.',
  ),
  'MI-PLAN-PROCESSOR-TARGET': entry(
    'error',
    'Message processor without a target',
    'A sampling processor without a sequence, or a failover processor without a target store, takes each message from its store and loses it. A forwarding processor without an endpoint deactivates itself at its first message (a warning), unless each message names one in its property target.endpoint.',
    'Set targetEndpoint, or the parameter sequence or message.target.store.name.',
  ),
  'MI-PLAN-ON-ERROR': entry(
    'warning',
    'Fault handler that never runs',
    'An inbound endpoint gives its onError to the sequence that it runs, in place of the onError of the sequence. Without one, the sequence has none either, and MI drops a message that fails.',
    'Write the onError of the sequence at the inbound endpoint.',
  ),
  'MI-PLAN-SAME-CLIENT': entry(
    'warning',
    'Two consumers with one client id',
    'A broker lets one client of an id connect at a time. Two MQTT consumers with one id throw each other out; of two durable JMS subscriptions, the second gets nothing. Proxy services have the id of their connection factory in deployment.toml unless they say one themselves. A database likewise gives a server id or slot to one change data capture at a time.',
    'Give each a client id of its own.',
  ),
  'MI-PLAN-SHARED-QUEUE': entry(
    'warning',
    'Different consumers of one queue',
    'Several inbound endpoints, proxy services or message processors take from one queue, subscription, mailbox or directory and do different things with what they take. Each message comes to one of them only.',
    'Give each a queue, subscription or directory of its own, or let one of them do it all.',
  ),
  'MI-PLAN-ONE-SHOT': entry(
    'info',
    'One-shot task',
    'The task runs once, or a fixed number of times, whenever a pod starts: a restart, an update or a lost node runs it again.',
    'Make its work safe to repeat, or run it as a Kubernetes Job (MI automation mode).',
  ),
  'MI-PLAN-NEVER-RUNS': entry(
    'info',
    'Task never runs',
    'With count="0" and an interval or cron expression, the task never runs, yet it gets its own pod.',
    'Remove the task, or group it with another one.',
  ),
  'MI-INBOUND-UNSUPPORTED': entry(
    'error',
    'MI cannot start the inbound endpoint',
    "The protocol or class does not exist in MI, so the deployment of the archive fails; of a server's own files, MI leaves that one out.",
    'Use a protocol of MI, or the connector that replaces it.',
  ),
  'MI-REF-MISSING': entry(
    'warning',
    'Unresolved reference',
    'An artifact refers to one that none of the given paths contains, or that no application delivers. Mediation fails when it reaches the reference. A `get-property` of the registry returns an empty text instead.',
    'Pass the path that contains it as well, deliver it, or correct the name.',
  ),
  'MI-REF-KEY': entry(
    'error',
    'Parameter from a local entry',
    "A parameter of an inbound endpoint or message store has a `key` that is a local entry. MI reads such values only from the registry, so it refuses the artifact and undeploys its whole archive; of a server's own files it leaves that one out.",
    'Write the value into the parameter, or put it into the registry as text.',
  ),
  'MI-REF-CIRCLE': entry(
    'warning',
    'Flow that leads back to itself',
    'Sequences, templates, calls to its own server or message stores form a circle, and no condition on the way ends it. A message that enters it never leaves: the client gets no answer, no fault sequence runs, and the server fills its stack or memory. In a circle of stores and message processors, each new message adds one that circulates forever.',
    'Remove one of the references, or put a condition before it that ends the circle.',
  ),
  'MI-REF-DYNAMIC': entry(
    'info',
    'Target known only at run time',
    'The name of a target is an expression, a key or a configurable, so the reference cannot be followed. The parameter of a template is followed to the calls that give it a value, and a property of a message to the constants that flows before it set; what those name counts as needed too. `scan` lists it; the plan reports where it matters as MI-ISO-DYNAMIC.',
    'Nothing to do, unless the plan reports it.',
  ),
  'MI-READY-SETTING': entry(
    'error',
    'Setting without a value',
    "An artifact reads an environment variable (`$SYSTEM:`) or a line of file.properties (`$FILE:`), or deployment.toml an `$env{}`, that the values of an environment do not set. MI undeploys the whole archive or does not start, so no pod becomes ready; of a server's own files it leaves that one out. It is a warning as long as there is no mi-patterns.yaml to set it in.",
    'Set it under `env` or `properties` in the values of the environment; use `secretKeyRef` for a password. `generate` writes the missing entries as comments.',
  ),
  'MI-READY-CONFIGURABLE': entry(
    'warning',
    'Configurable without a value',
    'The project declares or uses a configurable (`${configs.}`) that neither an environment variable nor a line of file.properties sets, or uses one that no config.properties declares. A flow that uses it fails. Where MI needs it while it deploys an artifact, as in an endpoint, a trigger or a parameter, it undeploys the whole archive, so no pod becomes ready.',
    'Declare it in config.properties, and set it under `properties` or `env` in the values of the environment.',
  ),
  'MI-READY-ORDER': entry(
    'warning',
    'Wrong deployment order of archives',
    'MI deploys archives in the order of their file names. An archive that needs a class, connector, data source, local entry or resource from an archive that sorts later fails as a whole, so no pod becomes ready. It is an error if archives need each other.',
    'Deploy the archives that `package` and `generate` write, whose names sort correctly, or rename them.',
  ),
  'MI-READY-LOCK': entry(
    'warning',
    'Lock files of a dead pod',
    'A consumer of files writes FILE.lock while it works. A killed pod leaves it behind, and by default MI never releases the lock of another host. Each pod counts as another host, so the file is never processed.',
    'Set transport.vfs.AutoLockRelease to true, transport.vfs.LockReleaseSameNode to false and an interval above the longest processing time.',
  ),
  'MI-READY-LOCATION': entry(
    'warning',
    'Artifact that needs an address while it is deployed',
    "A local entry has a `src`, a proxy service or an endpoint a WSDL at an address, a message store is in RabbitMQ, or a data service has a database. MI asks for it while it deploys the artifact, and undeploys the whole archive if that fails, so the pod does not become ready; of a server's own files it leaves that one out.",
    'Put the content into the archive, or make sure that every pod reaches the address or has the file.',
  ),
  'MI-READY-WSDL': entry(
    'warning',
    'WSDL with the address of a pod',
    'A proxy service publishes a WSDL. MI writes the host name of the server into it, which is the name of the pod: unreachable from outside the cluster, and gone with the pod. `hostname` in the table `server` has no effect on it.',
    'Set `transport.http.listener.wsdl_epr_prefix` and, for https, `secured_wsdl_epr_prefix` under `deploymentToml` to the public address of each environment.',
  ),
  'MI-READY-VAULT': entry(
    'warning',
    'Vault is not configured',
    'An artifact looks up a secret in HashiCorp Vault, but the values of an environment do not configure one.',
    'Set `hashicorpVault` in the values of the environment.',
  ),
  ...isolationCatalogue,
  ...databaseCatalogue,
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type PlannerCode = keyof typeof plannerCatalogue;

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<PlannerCode, true>> {}
}
