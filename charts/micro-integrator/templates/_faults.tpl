{{/*
The one way in which the chart refuses values: every fault is collected as `CODE path: sentence`, and one failure names
them all. A sentence says what is wrong, why, and the way out. Codes are those of `mi-patterns explain CODE`.

mi.fault: notes a fault. Takes (faults, code, path, sentence), where faults is .Values.resolved.faults or that of a
workload; for a path outside of `workloads`, also the key of the workload that the sentence names.
*/}}
{{- define "mi.fault" -}}
{{- $_ := set (index . 0) (printf "%s %s: %s" (index . 1) (index . 2) (index . 3)) (slice . 1) -}}
{{- end -}}

{{/*
mi.faults.report: fails when there is a fault. While checks/objects/faults.yaml collects, it does not. It says so once:
`helm lint` goes on after a failure. Takes the root.
*/}}
{{- define "mi.faults.report" -}}
{{- $faults := .Values.resolved.faults -}}
{{- if and $faults (not .Values.resolvedCollecting) (not .Values.resolved.refused) -}}
{{- $entries := list -}}
{{- range keys $faults | sortAlpha }}{{ $entries = append $entries (get $faults .) }}{{ end -}}
{{- $_ := set .Values.resolved "refused" true -}}
{{- fail (printf "\n\n%s" (include "mi.told" (list . $entries) | fromJsonArray | sortAlpha | join "\n")) -}}
{{- end -}}
{{- end -}}

{{/*
mi.told: faults or warnings as a JSON list of `CODE path: sentence`. What is so in several workloads because they
inherit a value is told once, where that value stands. Takes (root, list of (code, path, sentence, workload key), the
last where mi.fault has it).
*/}}
{{- define "mi.told" -}}
{{- $root := index . 0 -}}
{{- $all := len $root.Values.resolved.workloads -}}
{{- $ids := list -}}
{{- $groups := dict -}}
{{- range $entry := index . 1 -}}
{{- $path := index . 1 -}}
{{- $sentence := index . 2 -}}
{{- $place := "" -}}
{{- $key := "" -}}
{{- if eq $all 1 -}}
{{- else if regexMatch "^workloads[.\\[]" $path -}}
{{- $keys := regexFindAll "\\[\"(?:[^\"\\\\]|\\\\.)*\"\\]|[^.\\[\\]]+" $path -1 -}}
{{- $key = index $keys 1 | trimPrefix "[\"" | trimSuffix "\"]" -}}
{{- with include "mi.inheritedFrom" (list $root $key (slice $keys 2)) -}}
{{- $rest := trimPrefix "workloads" $path | trimPrefix "." | trimPrefix (index $keys 1) | trimPrefix "." -}}
{{- $place = ternary $rest (printf "workloadDefaults.%s" $rest) (eq . "release") -}}
{{- end -}}
{{- else if gt (len $entry) 3 -}}
{{- $key = index $entry 3 -}}
{{- $place = $path -}}
{{- end -}}
{{- /* The same but for the name of the workload. */ -}}
{{- $same := $sentence -}}
{{- if $place }}{{ $same = regexReplaceAll (printf "(?i)(workloads?[ .]\"?)%s\\b" $key) $sentence "${1}*" }}{{ end -}}
{{- $id := printf "%s %s: %s" (index . 0) ($place | default $path) $same -}}
{{- if not (hasKey $groups $id) -}}
{{- $ids = append $ids $id -}}
{{- $_ := set $groups $id (dict "entry" $entry "place" $place "named" (ne $same $sentence) "first" $key "workloads" dict) -}}
{{- end -}}
{{- $group := get $groups $id -}}
{{- if $place }}{{ $_ := set $group.workloads $key true }}{{ end -}}
{{- end -}}
{{- $told := list -}}
{{- range $ids -}}
{{- $group := get $groups . -}}
{{- $workloads := keys $group.workloads | sortAlpha -}}
{{- $place := index $group.entry 1 -}}
{{- $sentence := index $group.entry 2 -}}
{{- if gt (len $workloads) 1 -}}
{{- $place = $group.place -}}
{{- if $group.named -}}
{{- $sentence = printf "%s The same holds for %s." $sentence (include "mi.someWorkloads" (without $workloads $group.first)) -}}
{{- else if lt (len $workloads) $all -}}
{{- $sentence = printf "%s This concerns %s." $sentence (include "mi.someWorkloads" $workloads) -}}
{{- end -}}
{{- end -}}
{{- $told = append $told (include "mi.oneLine" (printf "%s %s: %s" (index $group.entry 0) $place $sentence)) -}}
{{- end -}}
{{- toJson $told -}}
{{- end -}}

{{/*
mi.someWorkloads: workloads in a sentence: all of a few, else the first three and how many more there are. Takes the
keys.
*/}}
{{- define "mi.someWorkloads" -}}
{{- if eq 1 (len .) -}}
workload {{ first . }}
{{- else if gt (len .) 4 -}}
workloads {{ slice . 0 3 | join ", " }} and {{ sub (len .) 3 }} more
{{- else -}}
workloads {{ initial . | join ", " }} and {{ last . }}
{{- end -}}
{{- end -}}

{{/*
mi.inheritedFrom: where a value of a workload stands that the workload does not say itself: `workloadDefaults` or
`release` (at the top); empty where it stands nowhere, or in the workload. Of a path whose end is nowhere, the place
that has most of it counts. Takes (root, workload key, keys of the path below the workload).
*/}}
{{- define "mi.inheritedFrom" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 2 -}}
{{- $most := 0 -}}
{{- $from := "" -}}
{{- $layers := list
  (list "" (get ($root.Values.workloads | default dict) (index . 1)))
  (list "workloadDefaults" $root.Values.workloadDefaults)
  (list "release" (omit $root.Values "workloads" "workloadDefaults" "resolved")) -}}
{{- range $layer := $layers -}}
{{- $at := index . 1 -}}
{{- $depth := 0 -}}
{{- range $keys -}}
{{- $name := trimPrefix "[\"" . | trimSuffix "\"]" -}}
{{- $at = ternary $at dict (kindIs "map" $at) -}}
{{- if hasKey $at $name }}{{ $depth = add1 $depth }}{{ end -}}
{{- $at = get $at $name -}}
{{- end -}}
{{- if gt (int64 $depth) (int64 $most) }}{{ $most = $depth }}{{ $from = index $layer 0 }}{{ end -}}
{{- end -}}
{{- $from -}}
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
