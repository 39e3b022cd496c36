{{/*
mi.pod: the pod template of a workload, for Deployment and StatefulSet. Takes (root, workload).
*/}}
{{- define "mi.pod" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $context := include "mi.once" (list $root "mi.podSecurityContext" (list $root $values) $values.podSecurityContext) -}}
{{- $files := printf "%s\n%s\n%s\n%s" $workload.toml $workload.properties $workload.log4j2 $workload.texts -}}
{{- $checksum := sha256sum $files -}}
metadata:
  labels:
    {{- include "mi.podLabels" (list $root $workload.key (merge (dict "mi-patterns.io/workload-type" $workload.type) ($values.podLabels | default dict))) | nindent 4 }}
  annotations:
    checksum/config: {{ $checksum }}
    {{- with include "mi.stringMap" (merge $workload.marks ($values.podAnnotations | default dict)) }}
    {{- . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "mi.workloadAccount" . | quote }}
  automountServiceAccountToken: {{ dig "automountToken" false ($root.Values.serviceAccount | default dict) }}
  enableServiceLinks: false
  {{- with $root.Values.resolved.pullSecrets }}
  imagePullSecrets:
    {{- . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- $context | nindent 4 }}
  terminationGracePeriodSeconds: {{ $workload.grace }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $values.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- with $values.schedulerName }}
  schedulerName: {{ . | quote }}
  {{- end }}
  {{- if kindIs "bool" $values.hostUsers }}
  hostUsers: {{ $values.hostUsers }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- include "mi.stringMap" . | nindent 4 }}
  {{- end }}
  {{- with include "mi.affinity" (list $root $workload) }}
  affinity:
    {{- . | nindent 4 }}
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
mi.extraContainers: containers of the user, sorted by name; keys that are null are left out, since Kubernetes reads a
limit that is null as 0. Takes a map.
*/}}
{{- define "mi.extraContainers" -}}
{{- range $name, $container := . }}
{{- if $container }}
{{- include "mi.dropNulls" $container }}
- name: {{ $name | quote }}
  {{- toYaml (omit $container "name") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
mi.dropNulls: takes the keys that are null out of a map and of the maps in it, in place. Takes the map; renders nothing.
*/}}
{{- define "mi.dropNulls" -}}
{{- $map := . -}}
{{- range $key, $value := $map -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $map $key -}}
{{- else if kindIs "map" $value -}}
{{- include "mi.dropNulls" $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
