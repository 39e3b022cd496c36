{{/*
mi.environment: environment of the MI container as a list, each name once: the chart's own, then the user's, release <
workloadDefaults < workload. Values that refer to others with $(NAME) come last, since Kubernetes expands only what
stands before. Takes (root, workload).
*/}}
{{- define "mi.environment" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $own := dict
  "JAVA_OPTS" (include "mi.javaOptions" $values)
  "POD_NAME" (dict "fieldRef" (dict "fieldPath" "metadata.name"))
  "POD_NAMESPACE" (dict "fieldRef" (dict "fieldPath" "metadata.namespace")) -}}
{{- /* Only MI's own command line has NODE_PARAMS: an agent or a debug port in JAVA_OPTS would be started twice. */ -}}
{{- with concat (ternary (list "-Djava.net.preferIPv4Stack=false") list (eq true ($root.Values.runtime).ipv6)) (($values.jvm).options | default list) }}{{ $_ := set $own "NODE_PARAMS" (join " " .) }}{{ end -}}
{{- /* What envFrom brings cannot be seen, but a name that is written here wins over it. */ -}}
{{- if $values.envFrom }}{{ range list "NODE_PARAMS" "_JAVA_OPTIONS" }}{{ if not (hasKey $own .) }}{{ $_ := set $own . "" }}{{ end }}{{ end }}{{ end -}}
{{- with ($root.Values.runtime).timezone }}{{ $_ := set $own "TZ" . }}{{ end -}}
{{- /* An image that mi-patterns made starts only when the release has a server for each role in it. */ -}}
{{- if eq "image" ($workload.artifacts.source | default "image") }}{{ $_ := set $own "MI_PATTERNS_RELEASE_ROLES" (dict "configMapKeyRef" (dict "name" (include "mi.statefulMap" $root) "key" "roles" "optional" true)) }}{{ end -}}
{{- with $workload.database -}}
{{- /* Without a node id each start of a server makes up its own. One that lasts keeps a container that is restarted
       within 15 s from starting: MI 4.3 finds its own last heartbeat, opens no port and does not try again
       (TasksDSComponent.activate). */ -}}
{{- if eq "task-nodes" (.resolver | default "") }}{{ $_ := set $own "nodeId" (dict "fieldRef" (dict "fieldPath" "metadata.name")) }}{{ end -}}
{{- with .usernameSecret }}{{ $_ := set $own "COORDINATION_DB_USERNAME" (dict "secretKeyRef" .) }}{{ end -}}
{{- with .passwordSecret }}{{ $_ := set $own "COORDINATION_DB_PASSWORD" (dict "secretKeyRef" .) }}{{ end -}}
{{- end -}}
{{- range $name, $value := merge (dict) $workload.secretEnv $root.Values.resolved.storeEnv }}{{ $_ := set $own $name $value }}{{ end -}}
{{- $given := mustMergeOverwrite (dict) (deepCopy ($root.Values.env | default dict)) -}}
{{- /* Whole entries replace each other: a literal and a reference must not be merged. */ -}}
{{- range $name, $value := $values.env | default dict }}{{ $_ := set $given $name $value }}{{ end -}}
{{- range $name, $value := $given }}{{ if hasKey $own $name }}{{ $_ := set $own $name $value }}{{ $_ := unset $given $name }}{{ end }}{{ end -}}
{{- $dependent := dict -}}
{{- range $entries := list $own $given -}}
{{- range $name, $value := $entries -}}
{{- if include "mi.environment.references" $value }}{{ $_ := set $dependent $name $value }}{{ else }}{{ include "mi.environment.entry" (list $name $value) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- /* Whatever one of them refers to stands before it, unless they refer to each other. */ -}}
{{- $written := dict -}}
{{- range $dependent -}}
{{- range $name, $value := $dependent -}}
{{- $waits := "" -}}
{{- range splitList " " (include "mi.environment.references" $value) }}{{ if and (hasKey $dependent .) (not (hasKey $written .)) }}{{ $waits = . }}{{ end }}{{ end -}}
{{- if not (or $waits (hasKey $written $name)) }}{{ include "mi.environment.entry" (list $name $value) }}{{ $_ := set $written $name true }}{{ end -}}
{{- end -}}
{{- if eq (len $written) (len $dependent) }}{{ break }}{{ end -}}
{{- end -}}
{{- range $name, $value := $dependent }}{{ if not (hasKey $written $name) }}{{ include "mi.environment.entry" (list $name $value) }}{{ end }}{{ end -}}
{{- end -}}

{{/*
mi.javaOptions: JAVA_OPTS, with the heap. MI's start script puts it behind its own -Xmx; the diagnostics tool, a second
JVM in the container, puts its own -Xmx128m behind it and keeps its size. JVM_MEM_OPTS would size both
(micro-integrator.sh and diagnostics.sh of wso2/product-integrator-mi, distribution/src/scripts). Takes the values of a
workload.
*/}}
{{- define "mi.javaOptions" -}}
{{- $heap := .heap | default dict -}}
{{- $max := $heap.max | default "512Mi" | trimSuffix "i" | lower -}}
{{- $initial := $heap.initial | default ($heap.max | default "512Mi") | trimSuffix "i" | lower -}}
{{- join " " (list (printf "-Xms%s" $initial) (printf "-Xmx%s" $max)) -}}
{{- end -}}

{{/*
mi.environment.entry: one EnvVar; nothing for null. Takes (name, value).
*/}}
{{- define "mi.environment.entry" -}}
{{- $value := index . 1 -}}
{{- if not (kindIs "invalid" $value) }}
- name: {{ index . 0 | quote }}
  {{- if kindIs "map" $value }}
  {{- include "mi.dropNulls" $value }}
  valueFrom:
    {{- toYaml $value | nindent 4 }}
  {{- else }}
  value: {{ if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ include "mi.plain" $value | quote }}{{ end }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/*
mi.environment.references: names in $(NAME) of a value, with blanks between; "$$(NAME)" stands for the text itself.
Takes the value.
*/}}
{{- define "mi.environment.references" -}}
{{- if and (kindIs "string" .) (contains "$(" .) -}}
{{- $names := list -}}
{{- range regexFindAll "\\$\\([-._A-Za-z][-._A-Za-z0-9]*\\)" (replace "$$" "" .) -1 }}{{ $names = append $names (. | trimPrefix "$(" | trimSuffix ")") }}{{ end -}}
{{- join " " $names -}}
{{- end -}}
{{- end -}}
