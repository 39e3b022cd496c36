{{/*
mi.extraObjects.read: the objects of extraObjects, as a JSON list of (key, path, object), templates in them filled in.
Takes the root.
*/}}
{{- define "mi.extraObjects.read" -}}
{{- $root := . -}}
{{- $extra := .Values.extraObjects | default dict -}}
{{- $entries := dict -}}
{{- if kindIs "slice" $extra -}}
{{- range $index, $entry := $extra }}{{ $_ := set $entries (printf "%04d" $index) $entry }}{{ end -}}
{{- else -}}
{{- $entries = $extra -}}
{{- end -}}
{{- $found := list -}}
{{- range $key, $entry := $entries -}}
{{- if $entry -}}
{{- $path := ternary (printf "extraObjects[%d]" (atoi $key)) (include "mi.path" (list "extraObjects" $key)) (kindIs "slice" $extra) -}}
{{- range $document := regexSplit "(?m)^---\\s*$" (tpl (ternary $entry (toYaml $entry) (kindIs "string" $entry)) $root) -1 -}}
{{- with fromYaml $document }}{{ $found = append $found (dict "key" $key "path" $path "object" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}
