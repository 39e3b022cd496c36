{{/*
mi.templates: expands the templates in the values, for example `{{ .Release.Name }}-db`, in place and once for a render.
Every text is one, and every key, but for those that belong to something else: what MI reads (deploymentToml,
properties, log4j2, logging, the text of files), what a container runs (command, args, arguments), podAnnotations, where
Vault Agent has templates of its own, and `global`, which belongs to the parent chart too. extraObjects expand their
own. Takes the root.
*/}}
{{- define "mi.templates" -}}
{{- range $key := keys (omit .Values "global" "extraObjects") | sortAlpha -}}
{{- $holder := dict "value" (get $.Values $key) -}}
{{- include "mi.templates.in" (list $ $key $holder) -}}
{{- $_ := set $.Values $key $holder.value -}}
{{- end -}}
{{- end -}}

{{/*
mi.templates.in: replaces holder.value by the same with its templates expanded. Takes (root, key of the value, holder).
*/}}
{{- define "mi.templates.in" -}}
{{- $root := index . 0 -}}
{{- $holder := index . 2 -}}
{{- $value := $holder.value -}}
{{- if not (has (index . 1) (list "deploymentToml" "properties" "log4j2" "logging" "text" "command" "args" "arguments" "podAnnotations")) -}}
{{- if kindIs "string" $value -}}
{{- if contains "{{" $value }}{{ $_ := set $holder "value" (tpl $value $root) }}{{ end -}}
{{- else if kindIs "map" $value -}}
{{- $expanded := dict -}}
{{- range $key, $inner := $value -}}
{{- $of := dict "value" $inner -}}
{{- include "mi.templates.in" (list $root $key $of) -}}
{{- $_ := set $expanded (ternary (tpl $key $root) $key (contains "{{" $key)) $of.value -}}
{{- end -}}
{{- $_ := set $holder "value" $expanded -}}
{{- else if kindIs "slice" $value -}}
{{- $expanded := list -}}
{{- range $inner := $value -}}
{{- $of := dict "value" $inner -}}
{{- include "mi.templates.in" (list $root "" $of) -}}
{{- $expanded = append $expanded $of.value -}}
{{- end -}}
{{- $_ := set $holder "value" $expanded -}}
{{- end -}}
{{- end -}}
{{- end -}}
