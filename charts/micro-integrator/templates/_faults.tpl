{{/*
The one way in which the chart refuses values: every fault is collected as `CODE path: sentence`, and one failure names
them all. A sentence says what is wrong, why, and the way out. Codes are those of `mi-patterns explain CODE`.

mi.fault: notes a fault. Takes (faults, code, path, sentence), where faults is .Values.resolved.faults or that of a
workload.
*/}}
{{- define "mi.fault" -}}
{{- $_ := set (index . 0) (printf "%s %s: %s" (index . 1) (index . 2) (index . 3)) true -}}
{{- end -}}

{{/*
mi.faults.report: fails when there is a fault. While checks/objects/faults.yaml collects, it does not. It says so once:
`helm lint` goes on after a failure. Takes the root.
*/}}
{{- define "mi.faults.report" -}}
{{- $faults := .Values.resolved.faults -}}
{{- if and $faults (not .Values.resolvedCollecting) (not .Values.resolved.refused) -}}
{{- $sentences := list -}}
{{- range keys $faults | sortAlpha -}}
{{- $sentences = append $sentences (include "mi.oneLine" .) -}}
{{- end -}}
{{- $_ := set .Values.resolved "refused" true -}}
{{- fail (printf "\n\n%s" (join "\n" $sentences)) -}}
{{- end -}}
{{- end -}}

{{/*
mi.oneLine: a sentence that may quote a value. Characters that begin a line, control a terminal or turn text around
become `?`.
*/}}
{{- define "mi.oneLine" -}}
{{- /* Nearly every sentence is plain ASCII, which is seen much faster. */ -}}
{{- if regexMatch "[^ -~]" . }}{{ regexReplaceAllLiteral "[\\x00-\\x1f\\x7f-\\x{9f}\\x{61c}\\x{200e}\\x{200f}\\x{2028}-\\x{202e}\\x{2066}-\\x{2069}\\x{feff}]" . "?" }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/*
mi.path: path of a value as people write it, with keys that are no plain words in brackets. Takes the keys, and numbers
of elements.
*/}}
{{- define "mi.path" -}}
{{- range $index, $key := . -}}
{{- if not (kindIs "string" $key) }}{{ printf "[%d]" (int64 $key) }}{{ else if not (regexMatch "^[A-Za-z_][A-Za-z0-9_-]*$" $key) }}{{ printf "[%q]" $key }}{{ else if $index }}.{{ $key }}{{ else }}{{ $key }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.oneSource: an entry has one of the sources that it may have; null is none. Takes (faults, path, entry).
*/}}
{{- define "mi.validate.oneSource" -}}
{{- $kinds := list -}}
{{- range $kind, $source := index . 2 }}{{ if not (kindIs "invalid" $source) }}{{ $kinds = append $kinds $kind }}{{ end }}{{ end -}}
{{- if ne 1 (len $kinds) -}}
{{- include "mi.fault" (list (index . 0) "MI-VALUES-CONDITION" (index . 1) (printf "The entry has %s. Keep one source." (ternary (printf "several sources: %s" (join ", " $kinds)) "no source" (gt (len $kinds) 0)))) -}}
{{- end -}}
{{- end -}}
