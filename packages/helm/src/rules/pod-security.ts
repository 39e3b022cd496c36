import {
  at,
  containers,
  displayName,
  listAt,
  objectAt,
  podTemplate,
  type Container,
  type JsonObject,
} from '../objects/kubernetes-object.ts';
import type { Rule } from './rule.ts';

/**
 * The Pod Security Standard "restricted" (kubernetes.io/docs/concepts/security/pod-security-standards), for Linux pods.
 */
export const podSecurity: Rule = {
  code: 'MI-RULE-POD-SECURITY',
  check: (objects) =>
    objects.flatMap((object) => {
      const template = podTemplate(object);
      if (template === undefined) return [];
      const found = [
        ...podFaults(template),
        ...containers(template).flatMap((container) =>
          containerFaults(container, objectAt(template, 'spec', 'securityContext')),
        ),
      ];
      return found.map((message) => ({
        object,
        message: `${message}.`,
        hint: `A namespace that enforces the restricted standard refuses the pods of ${displayName(object)}; correct podSecurityContext, containerSecurityContext or the extra volumes.`,
      }));
    }),
};

const volumeTypes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const safeLinuxTypes = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

function podFaults(template: JsonObject): string[] {
  const spec = objectAt(template, 'spec');
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true).map((field) => `${field} is true`),
    ...listAt(spec, 'volumes').flatMap((volume) =>
      Object.keys(volume)
        .filter((key) => key !== 'name' && !volumeTypes.has(key))
        .map((key) => `the volume ${String(volume.name)} is of the type ${key}`),
    ),
    ...listAt(spec, 'securityContext', 'sysctls')
      .filter((sysctl) => !safeSysctls.has(String(sysctl.name)))
      .map((sysctl) => `the sysctl ${String(sysctl.name)} is set`),
    ...(at(spec, 'securityContext', 'runAsUser') === 0 ? ['the pod runs as user 0'] : []),
    ...linuxFaults(objectAt(spec, 'securityContext'), 'the pod'),
  ];
}

function containerFaults(container: Container, pod: JsonObject): string[] {
  const own = objectAt(container.spec, 'securityContext');
  const who = `the container ${container.name}`;
  const inherited = (field: string): unknown => own[field] ?? pod[field];
  const seccomp = at(own, 'seccompProfile', 'type') ?? at(pod, 'seccompProfile', 'type');
  const dropped = at(own, 'capabilities', 'drop');
  const added = at(own, 'capabilities', 'add');
  return [
    ...(own.privileged === true ? [`${who} is privileged`] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : [`${who} does not set allowPrivilegeEscalation: false`]),
    ...(inherited('runAsNonRoot') === true ? [] : [`${who} does not set runAsNonRoot: true`]),
    ...(own.runAsUser === 0 ? [`${who} runs as user 0`] : []),
    ...(seccomp === 'RuntimeDefault' || seccomp === 'Localhost'
      ? []
      : [`${who} has no seccomp profile RuntimeDefault or Localhost`]),
    ...(Array.isArray(dropped) && dropped.includes('ALL') ? [] : [`${who} does not drop all capabilities`]),
    ...(Array.isArray(added)
      ? added.filter((name) => name !== 'NET_BIND_SERVICE').map((name) => `${who} adds the capability ${String(name)}`)
      : []),
    ...(own.procMount === undefined || own.procMount === 'Default'
      ? []
      : [`${who} sets procMount ${String(own.procMount)}`]),
    ...listAt(container.spec, 'ports')
      .filter((port) => Number(port.hostPort ?? 0) !== 0)
      .map((port) => `${who} uses the host port ${String(port.hostPort)}`),
    ...linuxFaults(own, who),
  ];
}

function linuxFaults(context: JsonObject, who: string): string[] {
  const linux = objectAt(context, 'seLinuxOptions');
  return [
    ...(safeLinuxTypes.has(String(linux.type ?? '')) ? [] : [`${who} sets the SELinux type ${String(linux.type)}`]),
    ...['user', 'role']
      .filter((field) => (linux[field] ?? '') !== '')
      .map((field) => `${who} sets the SELinux ${field}`),
    ...(at(context, 'appArmorProfile', 'type') === 'Unconfined' ? [`${who} is unconfined for AppArmor`] : []),
    ...(at(context, 'seccompProfile', 'type') === 'Unconfined' ? [`${who} is unconfined for seccomp`] : []),
    ...(at(context, 'windowsOptions', 'hostProcess') === true ? [`${who} is a Windows host process`] : []),
  ];
}
