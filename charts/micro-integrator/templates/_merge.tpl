{{/*
mi.merge: a value of a workload merged over what it inherits: maps are merged, the rest is replaced. Of alternatives,
such as a tag and a digest, those go that the workload does not name: merged, both would be there, and the inherited one
might count. Takes a dict: into (the map that gets the result), name, inherited, own (both maps).
*/}}
{{- define "mi.merge" -}}
{{- $inherited := deepCopy .inherited -}}
{{- $own := .own -}}
{{- /* Entries of which each is one of several kinds. */ -}}
{{- if has .name (list "env" "files" "extraVolumes" "lifecycle") -}}
{{- range $key, $entry := $own -}}
{{- $before := get $inherited $key -}}
{{- if and (kindIs "map" $entry) (kindIs "map" $before) -}}
{{- $alike := false -}}
{{- range $kind, $_ := $entry }}{{ if hasKey $before $kind }}{{ $alike = true }}{{ end }}{{ end -}}
{{- if not $alike }}{{ $_ := unset $inherited $key }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $groups := dict
  "image" (list (list "tag") (list "digest"))
  "disruptionBudget" (list (list "minAvailable") (list "maxUnavailable"))
  "topologySpread" (list (list "constraints") (list "nodes" "zones"))
  "database" (list (list "username") (list "usernameSecret")) -}}
{{- with get $groups .name -}}
{{- $left := list -}}
{{- range $group := . -}}
{{- $named := false -}}
{{- range $group }}{{ if not (has (get $own .) (list nil "" list dict)) }}{{ $named = true }}{{ end }}{{ end -}}
{{- if not $named }}{{ $left = concat $left $group }}{{ end -}}
{{- end -}}
{{- $all := list -}}
{{- range . }}{{ $all = concat $all . }}{{ end -}}
{{- if lt (len $left) (len $all) }}{{ range $left }}{{ $_ := unset $inherited . }}{{ end }}{{ end -}}
{{- end -}}
{{- if and (eq .name "coordination") (kindIs "map" $inherited.database) (kindIs "map" $own.database) -}}
{{- include "mi.merge" (dict "into" $inherited "name" "database" "inherited" $inherited.database "own" $own.database) -}}
{{- end -}}
{{- $_ := set .into .name (mustMergeOverwrite $inherited $own) -}}
{{- end -}}

{{/*
mi.nulls: takes keys that are null out of the values, in place, as Helm does with those of which the chart has a
default. What inherits from other values stays, since null is there what ends it; so do extraObjects, which are somebody
else's, and routes, of which one that is left without an entry is refused instead of leading everywhere. Takes the root.
*/}}
{{- define "mi.nulls" -}}
{{- $values := .Values -}}
{{- range $name, $value := omit $values "workloads" "workloadDefaults" "deploymentToml" "extraObjects" "ingress" "gateway" "global" -}}
{{- if kindIs "invalid" $value }}{{ $_ := unset $values $name }}{{ else if kindIs "map" $value }}{{ include "mi.nulls.in" $value }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.nulls.in: takes keys that are null out of a map of settings and of the maps in it, in place; of resources they stay,
where a limit that is null is one that the chart is not to derive. Takes the map.
*/}}
{{- define "mi.nulls.in" -}}
{{- $map := . -}}
{{- range $key, $value := $map -}}
{{- if kindIs "invalid" $value }}{{ $_ := unset $map $key }}{{ else if and (kindIs "map" $value) (ne $key "resources") }}{{ include "mi.nulls.in" $value }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.nulls.workload: takes keys that are null out of a workload, in place, apart from what is still to be merged over the
release. Takes the workload merged over workloadDefaults, whose maps it may share.
*/}}
{{- define "mi.nulls.workload" -}}
{{- $workload := . -}}
{{- range $name, $value := $workload -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $workload $name -}}
{{- else if and (kindIs "map" $value) (not (has $name (list "deploymentToml" "env" "properties" "files" "service" "artifacts" "coordination" "resources"))) -}}
{{- $_ := set $workload $name (deepCopy $value) -}}
{{- include "mi.nulls.in" (get $workload $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
