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
mi.ownToleration: the user's toleration of a lost node, as JSON; empty without one. The first that tolerates the taint
counts, and one of a value does not, since the taint has none (k8s.io/component-helpers, scheduling/corev1/helpers.go,
GetMatchingTolerations). One of every taint follows the chart's own. Takes (workload, key of the taint).
*/}}
{{- define "mi.ownToleration" -}}
{{- $key := index . 1 -}}
{{- $found := dict -}}
{{- range (index . 0).values.tolerations | default list -}}
{{- $tolerates := or (eq "Exists" (.operator | default "Equal")) (and (eq "Equal" (.operator | default "Equal")) (not .value)) -}}
{{- if and $tolerates (not $found.it) (eq $key (.key | default "")) (eq "NoExecute" (.effect | default "NoExecute")) }}{{ $_ := set $found "it" . }}{{ end -}}
{{- end -}}
{{- with $found.it }}{{ toJson . }}{{ end -}}
{{- end -}}

{{/*
mi.stays: seconds that the pod of a stateful workload stays on a node that cannot be reached; empty where it stays for
ever. Takes a workload.
*/}}
{{- define "mi.stays" -}}
{{- $own := include "mi.ownToleration" (list . "node.kubernetes.io/unreachable") -}}
{{- if $own -}}
{{- with ($own | fromJson) }}{{ if not (kindIs "invalid" .tolerationSeconds) }}{{ max 0 (int64 .tolerationSeconds) }}{{ end }}{{ end -}}
{{- else -}}
{{- include "mi.int" (list .values.recoverySeconds 30) -}}
{{- end -}}
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
