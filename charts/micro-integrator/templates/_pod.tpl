{{/*
mi.pod: the pod template of a workload, for Deployment and StatefulSet. Takes (root, workload).
*/}}
{{- define "mi.pod" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $memo := $root.Values.resolved.memo -}}
{{- $context := printf "pod %s" (toJson $values.podSecurityContext) -}}
{{- if not (hasKey $memo $context) }}{{ $_ := set $memo $context (include "mi.podSecurityContext" (list $root $values)) }}{{ end -}}
metadata:
  labels:
    {{- include "mi.podLabels" (list $root $workload.key $values.podLabels) | nindent 4 }}
  annotations:
    checksum/config: {{ printf "%s\n%s\n%s" $workload.toml $workload.properties $workload.log4j2 | sha256sum }}
    {{- with include "mi.stringMap" ($values.podAnnotations | default dict) }}
    {{- . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $root.Values.resolved.serviceAccount }}
  automountServiceAccountToken: {{ dig "automountToken" false ($root.Values.serviceAccount | default dict) }}
  enableServiceLinks: false
  {{- with $root.Values.resolved.pullSecrets }}
  imagePullSecrets:
    {{- . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- get $memo $context | nindent 4 }}
  terminationGracePeriodSeconds: {{ $workload.grace }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  {{- with $values.schedulerName }}
  schedulerName: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- include "mi.stringMap" . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "mi.tolerations" $workload | trim }}
  tolerations:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with include "mi.topologySpread" (list $root $workload) }}
  topologySpreadConstraints:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with $values.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with $values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "mi.initContainers" (list $root $workload) | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    {{- include "mi.container" (list $root $workload) | nindent 4 }}
    {{- with include "mi.extraContainers" $values.extraContainers | trim }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- with include "mi.volumes" (list $root $workload) | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
mi.container: the container that runs MI. Takes (root, workload).
*/}}
{{- define "mi.container" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $memo := $root.Values.resolved.memo -}}
{{- $probes := printf "probes %s" (toJson $values.probes) -}}
{{- if not (hasKey $memo $probes) }}{{ $_ := set $memo $probes (include "mi.probes" $workload) }}{{ end -}}
{{- $context := printf "container %s" (toJson $values.containerSecurityContext) -}}
{{- if not (hasKey $memo $context) }}{{ $_ := set $memo $context (include "mi.containerSecurityContext" $values) }}{{ end -}}
- name: micro-integrator
  image: {{ $root.Values.resolved.image | quote }}
  imagePullPolicy: {{ ($root.Values.image).pullPolicy | default "IfNotPresent" }}
  args:
    - {{ printf "-DserverRoles=%s" (join "," $workload.roles) | quote }}
    {{- range ($values.jvm).arguments }}
    - {{ . | quote }}
    {{- end }}
  env:
    {{- include "mi.environment" (list $root $workload) | trim | nindent 4 }}
  {{- with $values.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    {{- include "mi.containerPorts" $workload | nindent 4 }}
  {{- get $memo $probes | nindent 2 }}
  lifecycle:
    preStop:
      exec:
        command:
          - /bin/sh
          - -c
          - |
            {{- include "mi.stop" (list $root $workload) | nindent 12 }}
  resources:
    {{- include "mi.resources" $workload | trim | nindent 4 }}
  securityContext:
    {{- get $memo $context | nindent 4 }}
  {{- with include "mi.volumeMounts" (list $root $workload) | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
mi.containerPorts: MI's listeners and those of the workload. Takes a workload.
*/}}
{{- define "mi.containerPorts" -}}
- name: http
  containerPort: {{ .ports.http }}
- name: https
  containerPort: {{ .ports.https }}
- name: internal
  containerPort: {{ .ports.internal }}
- name: management
  containerPort: {{ .ports.management }}
{{- range $name, $port := .values.ports | default dict }}
{{- if $port }}
- name: {{ $name }}
  containerPort: {{ $port.port | int64 }}
  {{- if eq "udp" ($port.protocol | default "tcp") }}
  protocol: UDP
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.probes: startup, readiness and liveness. MI's internal listener answers before its transports are up; a check in
between ends in an error inside MI, counts as a request without an answer, and holds up a later stop. The startup check
therefore only connects to the HTTP listener, which MI opens last, after every archive is deployed. Takes a workload.
*/}}
{{- define "mi.probes" -}}
{{- $probes := .values.probes | default dict -}}
{{- $startup := $probes.startup | default dict -}}
{{- $check := $startup.check | default "port" -}}
startupProbe:
  {{- if eq $check "port" }}
  tcpSocket:
    port: http
  {{- else }}
  httpGet:
    path: /{{ $check }}
    port: internal
  {{- end }}
  {{- include "mi.probe" (list $startup 5 3 3 200) | nindent 2 }}
readinessProbe:
  httpGet:
    path: /healthz
    port: internal
  {{- include "mi.probe" (list ($probes.readiness | default dict) 0 5 5 3) | nindent 2 }}
livenessProbe:
  httpGet:
    path: /liveness
    port: internal
  {{- include "mi.probe" (list ($probes.liveness | default dict) 0 10 5 6) | nindent 2 }}
{{- end -}}

{{/*
mi.probe: times of a probe. Takes (values, initial delay, period, timeout, failures).
*/}}
{{- define "mi.probe" -}}
{{- $probe := index . 0 -}}
initialDelaySeconds: {{ include "mi.int" (list $probe.initialDelaySeconds (index . 1)) }}
periodSeconds: {{ include "mi.int" (list $probe.periodSeconds (index . 2)) }}
timeoutSeconds: {{ include "mi.int" (list $probe.timeoutSeconds (index . 3)) }}
failureThreshold: {{ include "mi.int" (list $probe.failureThreshold (index . 4)) }}
{{- end -}}

{{/*
mi.stop: what the pod runs before it ends. The image starts MI by a shell that passes no signal on (docker-entrypoint.sh
and micro-integrator.sh run their child without exec and trap no TERM), so Kubernetes' own signal would reach no one.
First wait until endpoints and proxies have forgotten the pod, if another one takes over; then MI's own stop, the signal to
the process in wso2carbon.pid; then wait for it to end. Takes (root, workload).
*/}}
{{- define "mi.stop" -}}
{{- $workload := index . 1 -}}
{{- if gt (int64 $workload.drain) 0 -}}
sleep {{ $workload.drain }}
{{ end -}}
home="${WSO2_SERVER_HOME:-{{ (index . 0).Values.resolved.home }}}"
pid=$(cat "$home/wso2carbon.pid" 2>/dev/null)
if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then
  # no pid file yet: the JVM whose command line names MI's home, not that of the diagnostics tool
  pid=
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' < "$process/cmdline" 2>/dev/null | grep -q -- '-Dcarbon\.home='; then pid=${process#/proc/}; break; fi
  done
fi
[ -n "$pid" ] || exit 0
kill -TERM "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 1; done
{{- end -}}

{{/*
mi.resources: requests and limits; memory comes from the heap where it is not given, and null leaves it out. Takes a workload.
*/}}
{{- define "mi.resources" -}}
{{- $resources := deepCopy (.values.resources | default dict) -}}
{{- $requests := $resources.requests | default dict -}}
{{- $limits := $resources.limits | default dict -}}
{{- if not (hasKey $limits "memory") }}{{ $_ := set $limits "memory" (printf "%dMi" .memory) }}{{ end -}}
{{- if not (hasKey $requests "memory") }}{{ $_ := set $requests "memory" ($limits.memory | default (printf "%dMi" .memory)) }}{{ end -}}
{{- with include "mi.quantities" $requests | trim }}
requests:
  {{- . | nindent 2 }}
{{- end }}
{{- with include "mi.quantities" $limits | trim }}
limits:
  {{- . | nindent 2 }}
{{- end }}
{{- with $resources.claims }}
claims:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mi.quantities" -}}
{{- range $name, $quantity := . }}
{{- if not (kindIs "invalid" $quantity) }}
{{ $name }}: {{ include "mi.plain" $quantity | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.podSecurityContext: restricted Pod Security; ids as in WSO2's images, or left to OpenShift. Takes (root, values).
*/}}
{{- define "mi.podSecurityContext" -}}
{{- $root := index . 0 -}}
{{- $runtime := $root.Values.runtime | default dict -}}
{{- $context := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") "fsGroupChangePolicy" "OnRootMismatch" -}}
{{- $assign := $runtime.assignUser | default "auto" -}}
{{- if or (eq $assign "always") (and (eq $assign "auto") (not ($root.Capabilities.APIVersions.Has "security.openshift.io/v1"))) -}}
{{- $id := include "mi.userId" $root -}}
{{- $user := include "mi.int" (list $runtime.uid $id) | int64 -}}
{{- $group := include "mi.int" (list $runtime.gid $id) | int64 -}}
{{- $context = merge $context (dict "runAsUser" $user "runAsGroup" $group "fsGroup" $group) -}}
{{- end -}}
{{- toYaml (mustMergeOverwrite $context ((index . 1).podSecurityContext | default dict)) -}}
{{- end -}}

{{/*
mi.containerSecurityContext: restricted Pod Security. The root file system stays writable: MI writes configuration, logs,
its pid and unpacked archives into its home. Takes the values of a workload.
*/}}
{{- define "mi.containerSecurityContext" -}}
{{- $context := dict "runAsNonRoot" true "allowPrivilegeEscalation" false "readOnlyRootFilesystem" false "capabilities" (dict "drop" (list "ALL")) -}}
{{- toYaml (mustMergeOverwrite $context (.containerSecurityContext | default dict)) -}}
{{- end -}}

{{/*
mi.extraContainers: containers of the user, sorted by name. Takes a map.
*/}}
{{- define "mi.extraContainers" -}}
{{- range $name, $container := . }}
{{- if $container }}
- name: {{ $name }}
  {{- toYaml (omit $container "name") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
