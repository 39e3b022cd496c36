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
