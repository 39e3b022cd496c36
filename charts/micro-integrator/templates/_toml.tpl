{{/*
A TOML encoder for MI's parser (cava-toml 0.5.0, TOML 0.5): exponents have no leading zero (1e-7). Helm's own toToml
writes integers as floats (10.0, 2.147483647e+09), which MI does not take. What the parser cannot read in any form is
refused by mi.toml.lists. The data is what YAML gives: maps, lists, strings, numbers, booleans; null leaves a key out.

mi.toml: a document from a map.
*/}}
{{- define "mi.toml" -}}
{{- $text := include "mi.toml.table" (dict "path" "" "data" .) | trim -}}
{{- /* JSON's escapes are TOML's; what JSON leaves bare in a text, but TOML or YAML refuse, is escaped here. */ -}}
{{- if regexMatch "[\\x{7f}-\\x{9f}\\x{feff}\\x{fffe}\\x{ffff}]" $text -}}
{{- range concat (untilStep 127 160 1) (list 65279 65534 65535) -}}
{{- $text = $text | replace (printf "%c" .) (printf "\\u%04x" .) -}}
{{- end -}}
{{- end -}}
{{- $text }}
{{ end -}}

{{/*
mi.toml.table: keys of a table, then its tables, then its arrays of tables, each sorted, so that no key lands in the
wrong table. Takes a dict: path (header of this table), data.
*/}}
{{- define "mi.toml.table" -}}
{{- $path := .path -}}
{{- $tables := list -}}
{{- range $key, $value := .data -}}
{{- if kindIs "map" $value -}}
{{- $tables = append $tables $key -}}
{{- else if include "mi.toml.isTables" $value -}}
{{- $tables = append $tables $key -}}
{{- else if not (kindIs "invalid" $value) }}
{{ include "mi.toml.key" $key }} = {{ include "mi.toml.value" $value }}
{{- end -}}
{{- end -}}
{{- range $key := $tables -}}
{{- $value := get $.data $key -}}
{{- $header := include "mi.toml.key" $key -}}
{{- if $path }}{{ $header = printf "%s.%s" $path $header }}{{ end -}}
{{- if kindIs "map" $value -}}
{{- $body := include "mi.toml.table" (dict "path" $header "data" $value) -}}
{{- if or (not (trim $body)) (not (hasPrefix "\n\n" $body)) }}

[{{ $header }}]
{{- end -}}
{{- $body -}}
{{- else -}}
{{- range $item := without $value nil }}

[[{{ $header }}]]
{{- include "mi.toml.element" (dict "path" $header "prefix" "" "data" $item) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.nest: turns keys with dots into nested maps, in place: MI's documentation writes `inbound.port_offset_enable =
true` under [mediation], which nests in TOML, while a key of that name in YAML would be quoted, and MI knows no such key
(its key-mappings.json has mediation.inbound.port_offset_enable). Below a table of free names (mi.toml.isFree) a dot
belongs to the name. Notes a fault for a key that would be a value and a table at once. Takes (faults, path, data: a
map).
*/}}
{{- define "mi.toml.nest" -}}
{{- $faults := index . 0 -}}
{{- $path := index . 1 -}}
{{- $data := index . 2 -}}
{{- range $key := keys $data | sortAlpha -}}
{{- $value := get $data $key -}}
{{- $segments := splitList "." $key -}}
{{- $free := false -}}
{{- $names := list -}}
{{- range $index, $segment := $segments -}}
{{- if $free }}{{ $names = append (initial $names) (printf "%s.%s" (last $names) $segment) }}{{ else }}{{ $names = append $names $segment }}{{ end -}}
{{- if and (not $free) (gt $index 0) (include "mi.toml.isFree" (index $segments (sub $index 1 | int))) }}{{ $free = true }}{{ end -}}
{{- end -}}
{{- if not (include "mi.toml.isFree" (first $names)) -}}
{{- if and (kindIs "map" $value) (not (include "mi.toml.isFree" (last $names))) }}{{ include "mi.toml.nest" (list $faults (printf "%s.%s" $path $key) $value) }}{{ end -}}
{{- if kindIs "slice" $value }}{{ range $index, $item := $value }}{{ if kindIs "map" $item }}{{ include "mi.toml.nest" (list $faults (printf "%s.%s[%d]" $path $key $index) $item) }}{{ end }}{{ end }}{{ end -}}
{{- end -}}
{{- if and (gt (len $names) 1) (not (has "" $names)) -}}
{{- $nested := $value -}}
{{- range reverse (rest $names) }}{{ $nested = dict . $nested }}{{ end -}}
{{- $_ := unset $data $key -}}
{{- $there := get $data (first $names) -}}
{{- if hasKey $data (first $names) }}{{ include "mi.toml.twice" (list $faults $path $key (list (first $names)) $there $nested) }}{{ end -}}
{{- if and (kindIs "map" $there) (kindIs "map" $nested) }}{{ $nested = mustMergeOverwrite (deepCopy $there) $nested }}{{ end -}}
{{- $_ := set $data (first $names) $nested -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.twice: notes a fault where one spelling of a key has a value and another one a table. Two values are none: the
key with dots counts, as it may be an override of a default. Takes (faults, path, key with dots, names down to here,
what is there, what the key adds).
*/}}
{{- define "mi.toml.twice" -}}
{{- $there := index . 4 -}}
{{- $added := index . 5 -}}
{{- if and (kindIs "map" $there) (kindIs "map" $added) -}}
{{- $dot := . -}}
{{- range $name, $value := $added -}}
{{- if hasKey $there $name }}{{ include "mi.toml.twice" (concat (slice $dot 0 3) (list (append (index $dot 3) $name) (get $there $name) $value)) }}{{ end -}}
{{- end -}}
{{- else if and (or (kindIs "map" $there) (kindIs "map" $added)) (not (has nil (list $there $added))) -}}
{{- include "mi.fault" (list (index . 0) "MI-VALUES-CONDITION" (printf "%s[%q]" (index . 1) (index . 2)) (printf "This key and another one make %s a value and a table at once, so one of them would be lost. Keep one of them." (join "." (index . 3)))) -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.isFree: "true" for a table whose keys are names of somebody else's, which MI copies as they are: the loops over
items() in its templates (config-tool of wso2/product-integrator-mi). Takes the name of the table without those around
it.
*/}}
{{- define "mi.toml.isFree" -}}
{{- if has . (list "parameter" "parameters" "properties" "pool_options" "secrets" "synapse_properties" "passthru_properties" "connection_factories" "queue" "topic" "message_builders" "message_formatters") }}true{{ end -}}
{{- end -}}

{{/*
mi.toml.element: an element of an array of tables. Maps in it become dotted keys, as MI's documentation writes them
(pool_options.maxActive = 50); arrays of tables in it follow at the end. Takes a dict: path, prefix, data.
*/}}
{{- define "mi.toml.element" -}}
{{- $prefix := .prefix -}}
{{- $path := .path -}}
{{- $nested := dict -}}
{{- range $key, $value := .data -}}
{{- $name := printf "%s%s" $prefix (include "mi.toml.key" $key) -}}
{{- if and (kindIs "map" $value) (not (include "mi.toml.hasTables" $value)) -}}
{{- $keys := include "mi.toml.element" (dict "path" $path "prefix" (printf "%s." $name) "data" $value) -}}
{{- if $keys }}{{ $keys }}{{ else }}
{{ $name }} = {}
{{- end -}}
{{- else if kindIs "map" $value -}}
{{- $_ := set $nested $key $value -}}
{{- else if include "mi.toml.isTables" $value -}}
{{- $_ := set $nested $key $value -}}
{{- else if not (kindIs "invalid" $value) }}
{{ $name }} = {{ include "mi.toml.value" $value }}
{{- end -}}
{{- end -}}
{{- if $nested -}}
{{- include "mi.toml.table" (dict "path" $path "data" $nested) -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.isTables: "true" for a list of maps that is not empty, apart from null.
*/}}
{{- define "mi.toml.isTables" -}}
{{- if kindIs "slice" . -}}
{{- $items := without . nil -}}
{{- $all := gt (len $items) 0 -}}
{{- range $items }}{{ if not (kindIs "map" .) }}{{ $all = false }}{{ end }}{{ end -}}
{{- if $all }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.hasTables: "true" when a map holds an array of tables, at any depth.
*/}}
{{- define "mi.toml.hasTables" -}}
{{- range . -}}
{{- if kindIs "map" . }}{{ include "mi.toml.hasTables" . }}{{ else }}{{ include "mi.toml.isTables" . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.key: a key, quoted unless it is a bare one, of which nothing is left without letters, digits, `_` and `-`. A dot
in a YAML key is part of the key, as in 'synapse.debugger'.
*/}}
{{- define "mi.toml.key" -}}
{{- if and . (not (trimAll "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-" .)) }}{{ . }}{{ else }}{{ toRawJson . }}{{ end -}}
{{- end -}}

{{/*
mi.toml.value: a value in one line.
*/}}
{{- define "mi.toml.value" -}}
{{- if kindIs "string" . -}}
{{- toRawJson . -}}
{{- else if kindIs "bool" . -}}
{{- . -}}
{{- else if kindIs "float64" . -}}
{{- if and (eq (floor .) .) (lt . 9.2e18) (gt . -9.2e18) }}{{ printf "%.0f" . }}{{ else }}{{ regexReplaceAll "e([-+])0" (toString .) "e${1}" }}{{ end -}}
{{- else if kindIs "slice" . -}}
[{{ range $index, $item := without . nil }}{{ if $index }}, {{ end }}{{ include "mi.toml.value" $item }}{{ end }}]
{{- else if kindIs "map" . -}}
{{- $pairs := list -}}
{{- range $key, $value := . }}{{ if not (kindIs "invalid" $value) }}{{ $pairs = append $pairs (printf "%s = %s" (include "mi.toml.key" $key) (include "mi.toml.value" $value)) }}{{ end }}{{ end -}}
{{- if $pairs }}{ {{- join ", " $pairs -}} }{{ else }}{}{{ end -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.lists: notes a fault for each list that MI's parser cannot read, after which the server would not start: one
with values of several types, one with several empty lists in it, and an empty one in a table that is written in one
line, as tables in a list of lists are. So is a reference to a Secret, which is a table to MI where it reads a text.
Takes a dict: faults, path (of the values), data, inline (in a table in one line).
*/}}
{{- define "mi.toml.lists" -}}
{{- $dot := . -}}
{{- range $key, $value := .data -}}
{{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- $path := printf "%s.%s" $dot.path $key -}}
{{- if kindIs "int" $key }}{{ $path = printf "%s[%d]" $dot.path $key }}{{ end -}}
{{- $inline := $dot.inline -}}
{{- if and (kindIs "map" $value) (hasKey $value "secretKeyRef") -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-CONDITION" $path "MI reads no Secret in deployment.toml. Write secretKeyRef under env, and $env{NAME} with that name here.") -}}
{{- end -}}
{{- if kindIs "slice" $value -}}
{{- $types := dict -}}
{{- range without $value nil }}{{ $_ := set $types (include "mi.toml.type" .) true }}{{ end -}}
{{- if gt (len $types) 1 -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-CONDITION" $path (printf "The list has values of several types (%s), which MI's TOML parser refuses: the server would not start. Use one type." (keys $types | sortAlpha | join ", "))) -}}
{{- else if and (kindIs "string" $key) (hasKey $types "array") (regexMatch "\\[\\].*\\[\\]" (regexReplaceAllLiteral "\"(?:[^\"\\\\]|\\\\.)*\"" (include "mi.toml.value" $value) "text")) -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-CONDITION" $path "The list has several empty lists in it, where MI's TOML parser refuses what follows: the server would not start. Remove them.") -}}
{{- else if and (not $types) $inline -}}
{{- include "mi.fault" (list $dot.faults "MI-VALUES-CONDITION" $path "The list is empty and in a table of a list of lists, where MI's TOML parser refuses it: the server would not start. Remove it.") -}}
{{- end -}}
{{- $inline = or $inline (and (hasKey $types "table") (kindIs "int" $key)) -}}
{{- end -}}
{{- include "mi.toml.lists" (dict "faults" $dot.faults "path" $path "data" $value "inline" $inline) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.toml.type: type of a value as TOML has it. A whole number is an integer, as mi.toml.value writes it.
*/}}
{{- define "mi.toml.type" -}}
{{- if kindIs "map" . }}table
{{- else if kindIs "slice" . }}array
{{- else if kindIs "float64" . }}{{ if and (eq (floor .) .) (lt . 9.2e18) (gt . -9.2e18) }}integer{{ else }}float{{ end }}
{{- else }}{{ kindOf . }}{{ end -}}
{{- end -}}
