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
mi.isOwnAnnotation: "true" for the name of an annotation of pods that the chart writes itself: one restarts pods when
their files change, the others tell a later upgrade what runs. Takes the name.
*/}}
{{- define "mi.isOwnAnnotation" -}}
{{- if or (eq . "checksum/config") (hasPrefix "mi-patterns.io/" .) }}true{{ end -}}
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

{{/*
mi.minReadySeconds: how long a new pod of a Deployment stays ready before it counts. Takes a workload.
*/}}
{{- define "mi.minReadySeconds" -}}
{{- include "mi.int" (list .values.minReadySeconds (ternary 20 (ternary 2 0 .overlap) .standby)) -}}
{{- end -}}

{{/*
mi.quantities: amounts by resource; those that are null are left out. Takes a map.
*/}}
{{- define "mi.quantities" -}}
{{- range $name, $quantity := . }}
{{- if not (kindIs "invalid" $quantity) }}
{{ if has $name (list "cpu" "memory" "ephemeral-storage") }}{{ $name }}{{ else }}{{ $name | quote }}{{ end }}: {{ include "mi.plain" $quantity | quote }}
{{- end }}
{{- end }}
{{- end -}}
