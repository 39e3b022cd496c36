{{/*
mi.templates: expands the templates in the values, for example `{{ .Release.Name }}-db`, in place and once for a render.
Every text is one, and every key, but for those that belong to something else: what MI reads (deploymentToml,
properties, log4j2, logging, the text of files), what a container runs (command, args, arguments), podAnnotations, where
Vault Agent has templates of its own, and `global`, which belongs to the parent chart too. extraObjects expand their
own. Takes (root, dict): to the dict it adds, by path, the names in templates that stand for nothing.
*/}}
{{- define "mi.templates" -}}
{{- $root := index . 0 -}}
{{- $unset := index . 1 -}}
{{- range $key := keys (omit $root.Values "global" "extraObjects") | sortAlpha -}}
{{- $holder := dict "value" (get $root.Values $key) -}}
{{- include "mi.templates.in" (list $root (list $key) $holder $unset) -}}
{{- $_ := set $root.Values $key $holder.value -}}
{{- end -}}
{{- range $key, $object := $root.Values.extraObjects | default dict -}}
{{- $text := ternary $object (toYaml $object) (kindIs "string" $object) -}}
{{- if contains "{{" $text }}{{ include "mi.templates.unset" (list $root (list "extraObjects" $key) $text $unset) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.templates.in: replaces holder.value by the same with its templates expanded. Takes (root, keys of the path, holder,
dict of mi.templates).
*/}}
{{- define "mi.templates.in" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $holder := index . 2 -}}
{{- $unset := index . 3 -}}
{{- $value := $holder.value -}}
{{- if not (has (last $keys) (list "deploymentToml" "properties" "log4j2" "logging" "text" "command" "args" "arguments" "podAnnotations")) -}}
{{- if kindIs "string" $value -}}
{{- if contains "{{" $value -}}
{{- $_ := set $holder "value" (tpl $value $root) -}}
{{- include "mi.templates.unset" (list $root $keys $value $unset) -}}
{{- end -}}
{{- else if kindIs "map" $value -}}
{{- $expanded := dict -}}
{{- range $key, $inner := $value -}}
{{- $of := dict "value" $inner -}}
{{- include "mi.templates.in" (list $root (append $keys $key) $of $unset) -}}
{{- if contains "{{" $key }}{{ include "mi.templates.unset" (list $root (append $keys $key) $key $unset) }}{{ end -}}
{{- $_ := set $expanded (ternary (tpl $key $root) $key (contains "{{" $key)) $of.value -}}
{{- end -}}
{{- $_ := set $holder "value" $expanded -}}
{{- else if kindIs "slice" $value -}}
{{- $expanded := list -}}
{{- range $index, $inner := $value -}}
{{- $of := dict "value" $inner -}}
{{- include "mi.templates.in" (list $root (append $keys $index) $of $unset) -}}
{{- $expanded = append $expanded $of.value -}}
{{- end -}}
{{- $_ := set $holder "value" $expanded -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.templates.unset: adds the names in a template that stand for nothing, which helm prints as no text at all
(helm/helm, pkg/engine/engine.go, "<no value>"), or as `%!s(<nil>)` in printf, with the names that are known there. A
value counts only where it is printed, since a condition or a default may ask for it. Takes (root, keys of the path,
text, dict of mi.templates).
*/}}
{{- define "mi.templates.unset" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 1 -}}
{{- /* Without literals, which may be templates of another program. */ -}}
{{- $text := regexReplaceAllLiteral "\\{\\{-?\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)\\s*-?\\}\\}" (index . 2) "" -}}
{{- $unset := index . 3 -}}
{{- $names := list -}}
{{- range regexFindAll "\\{\\{-?\\s*\\$?\\.(Release|Chart|Template)\\.\\w+" $text -1 }}{{ $names = append $names (regexFind "\\.\\w+\\.\\w+$" .) }}{{ end -}}
{{- if not (regexMatch "\\{\\{-?\\s*(if|with|range|define|block)\\b" $text) -}}
{{- $plain := regexReplaceAllLiteral "\"(?:[^\"\\\\{}]|\\\\.)*\"" $text "0" -}}
{{- range regexFindAll "\\{\\{-?(\\s*(\\$?\\.(Values|Release|Chart|Template)(\\.\\w+)+|[0-9]+|\\||s?quote|lower|upper|trim|toString|printf?|cat|trunc|replace|nospace|(trim(Pre|Suf)fix)|b64enc|sha256sum|title))+\\s*-?\\}\\}" $plain -1 }}{{ $names = concat $names (regexFindAll "\\.Values[.\\w]+" . -1) }}{{ end -}}
{{- end -}}
{{- range $name := $names -}}
{{- $at := $root -}}
{{- $known := list -}}
{{- $isUnset := false -}}
{{- range splitList "." (trimPrefix "." $name) -}}
{{- if kindIs "map" $at -}}
{{- $known = keys $at | sortAlpha -}}
{{- $at = ternary (get $at .) nil (hasKey $at .) -}}
{{- $isUnset = kindIs "invalid" $at -}}
{{- end -}}
{{- end -}}
{{- if $isUnset -}}
{{- $_ := set $unset (printf "%s %s" (include "mi.path" $keys) $name) (dict "keys" $keys "name" $name "known" $known) -}}
{{- end -}}
{{- end -}}
{{- end -}}
