{{/*
mi.container: the container that runs MI. Takes (root, workload).
*/}}
{{- define "mi.container" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $probes := include "mi.once" (list $root (ternary "mi.fencing.probes" "mi.probes" $workload.fenced) $workload $values.probes) -}}
{{- $environment := include "mi.once" (list $root "mi.environment" . (list $values.env $values.heap $values.jvm $workload.database $workload.secretEnv (not (empty $values.envFrom)) $workload.artifacts.source)) -}}
{{- $resources := include "mi.once" (list $root "mi.resources" $workload (list $values.resources $workload.memory)) -}}
{{- $stop := include "mi.stop" (list $root $workload) -}}
{{- $preStop := ($values.lifecycle | default dict).preStop -}}
{{- $postStart := ($values.lifecycle | default dict).postStart -}}
{{- $context := include "mi.once" (list $root "mi.containerSecurityContext" $workload (list $workload.readOnly $values.containerSecurityContext)) -}}
- name: micro-integrator
  image: {{ include "mi.workloadImage" . | quote }}
  imagePullPolicy: {{ include "mi.pullPolicy" . }}
  {{- /* The last words before it was killed are told with the pod. When MI ends by itself its start script returns 0,
         and the log has them. */}}
  terminationMessagePolicy: FallbackToLogsOnError
  {{- if $workload.fenced }}
  command:
    {{- include "mi.fencing.command" (list $root $workload) | nindent 4 }}
  {{- else if $values.command }}
  command:
    {{- toYaml $values.command | nindent 4 }}
  {{- end }}
  args:
    - {{ printf "-DserverRoles=%s" (join "," $workload.roles) | quote }}
    {{- range concat $root.Values.resolved.arguments (include "mi.unitTest.arguments" $values | fromJsonArray) (($values.jvm).arguments | default list) }}
    - {{ . | quote }}
    {{- end }}
  env:
    {{- $environment | trim | nindent 4 }}
  {{- with $values.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    {{- include "mi.containerPorts" $workload | trim | nindent 4 }}
  {{- $probes | nindent 2 }}
  {{- if or $preStop $postStart $stop }}
  lifecycle:
    {{- with $postStart }}
    postStart:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- if or $preStop $stop }}
    preStop:
      {{- with $preStop }}
      {{- toYaml . | nindent 6 }}
      {{- else }}
      exec:
        command:
          - /bin/sh
          - -c
          - |
            {{- $stop | trim | nindent 12 }}
      {{- end }}
    {{- end }}
  {{- end }}
  resources:
    {{- $resources | trim | nindent 4 }}
  securityContext:
    {{- $context | nindent 4 }}
  {{- with include "mi.volumeMounts" (list $root $workload) | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
mi.containerPorts: MI's listeners and those of the workload. Where a guard passes connections on, its port has the name,
so that Services lead there. Takes a workload.
*/}}
{{- define "mi.containerPorts" -}}
{{- $forwards := include "mi.fencing.forwards" . | fromJson -}}
{{- $ports := .ports -}}
{{- range $name := list "http" "https" "internal" "management" }}
- name: {{ $name }}
  containerPort: {{ if hasKey $forwards $name }}{{ include "mi.fencing.front" (get $ports $name) }}{{ else }}{{ get $ports $name }}{{ end }}
{{- end }}
{{- if .fenced }}
- name: guard
  containerPort: {{ .guardPort }}
{{- end }}
{{- if (.values.unitTest).enabled }}
- name: unit-test
  containerPort: {{ include "mi.int" (list .values.unitTest.port 9008) }}
{{- end }}
{{- range $name, $port := .values.ports | default dict }}
{{- if $port }}
- name: {{ $name | quote }}
  containerPort: {{ if hasKey $forwards $name }}{{ include "mi.fencing.front" $port.port }}{{ else }}{{ $port.port | int64 }}{{ end }}
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
  {{- $often := include "mi.startup.often" $startup | fromJson }}
  {{- include "mi.probe" (list $startup $often.delay $often.period 3 $often.failures) | nindent 2 }}
readinessProbe:
  httpGet:
    path: /healthz
    port: internal
  {{- include "mi.probe" (list ($probes.readiness | default dict) 0 5 5 3) | nindent 2 }}
livenessProbe:
  httpGet:
    path: /{{ ($probes.liveness | default dict).check | default "liveness" }}
    port: internal
  {{- include "mi.probe" (list ($probes.liveness | default dict) 0 10 5 6) | nindent 2 }}
{{- end -}}

{{/*
mi.startup.often: when the startup check begins, how often it runs, and how many times, where the values do not say.
Connecting costs nothing, so the check of the port begins at once and comes every second: a delay of 5 s was longer than
the start of a small MI. Each HTTP check in MI's first seconds may hold up a later stop. Takes the values of the check;
prints JSON.
*/}}
{{- define "mi.startup.often" -}}
{{- $isPort := eq "port" (.check | default "port") -}}
{{- dict "delay" (ternary 0 5 $isPort) "period" (ternary 1 3 $isPort) "failures" (ternary 600 200 $isPort) | toJson -}}
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
mi.resources: requests and limits; memory comes from the heap where it is not given, and null leaves it out. Takes a
workload.
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
{{ if has $name (list "cpu" "memory" "ephemeral-storage") }}{{ $name }}{{ else }}{{ $name | quote }}{{ end }}: {{ include "mi.plain" $quantity | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.unitTest.arguments: arguments that start MI's unit test server, as JSON. Takes the values of a workload.
*/}}
{{- define "mi.unitTest.arguments" -}}
{{- if (.unitTest).enabled -}}
{{- list "-DsynapseTest=true" (printf "-DsynapseTestPort=%s" (include "mi.int" (list .unitTest.port 9008))) | toJson -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}
