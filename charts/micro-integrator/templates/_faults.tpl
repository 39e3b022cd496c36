{{/*
The one way in which the chart refuses values: every fault is collected as `CODE path: sentence`, and one failure names
them all. A sentence says what is wrong, why, and the way out. Codes are those of `mi-patterns explain CODE`.

mi.fault: notes a fault. Takes (faults, code, path, sentence), where faults is .Values.resolved.faults or that of a workload.
*/}}
{{- define "mi.fault" -}}
{{- $_ := set (index . 0) (printf "%s %s: %s" (index . 1) (index . 2) (index . 3)) true -}}
{{- end -}}

{{/*
mi.faults.report: fails when there is a fault. While checks/values.yaml collects, that template reports. Takes the root.
*/}}
{{- define "mi.faults.report" -}}
{{- $faults := .Values.resolved.faults -}}
{{- if and $faults (not .Values.resolvedCollecting) }}{{ fail (printf "\n\n%s" (keys $faults | sortAlpha | join "\n")) }}{{ end -}}
{{- end -}}

{{/*
mi.path: path of a value as people write it, with keys that are no plain words in brackets. Takes the keys.
*/}}
{{- define "mi.path" -}}
{{- range $index, $key := . -}}
{{- if not (regexMatch "^[A-Za-z_][A-Za-z0-9_-]*$" $key) }}{{ printf "[%q]" $key }}{{ else if $index }}.{{ $key }}{{ else }}{{ $key }}{{ end -}}
{{- end -}}
{{- end -}}
