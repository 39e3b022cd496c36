{{/*
Server roles as MI reads them: as regular expressions.
*/}}

{{/*
mi.isPattern: "true" when a role is more than a plain name. Takes the role.
*/}}
{{- define "mi.isPattern" -}}
{{- if regexMatch "[^A-Za-z0-9_-]" . }}true{{ end -}}
{{- end -}}

{{/*
mi.isComparable: "true" when a role means the same in Java, which MI asks, and in Go, which the chart asks. Takes the
role.
*/}}
{{- define "mi.isComparable" -}}
{{- if and (regexMatch "^[]A-Za-z0-9_.*?+|()[-]+$" .) (not (regexMatch "\\(\\?|[*+?][*+?]|\\[[^]]*\\[" .)) }}true{{ end -}}
{{- end -}}

{{/*
mi.roleMatches: "true" when a server with one role deploys what carries another. Takes (role of the server, role of the
artifact).
*/}}
{{- define "mi.roleMatches" -}}
{{- if or (eq (index . 0) (index . 1)) (regexMatch (printf "^(?:%s)$" (index . 0)) (index . 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.ownRoles: server roles of a workload that no other workload has, as `role/NAME` in a JSON list. MI deploys by them,
so they say what runs where the stateful artifacts are not named. Takes (root, workload).
*/}}
{{- define "mi.ownRoles" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $memo := $root.Values.resolved.memo -}}
{{- if not (hasKey $memo "carriers") -}}
{{- $carriers := dict "EnterpriseIntegrator" 2 "EnterpriseServiceBus" 2 "DataServicesServer" 2 -}}
{{- range $root.Values.resolved.workloads }}{{ range .roles }}{{ $_ := set $carriers . (add1 (get $carriers . | default 0)) }}{{ end }}{{ end -}}
{{- $_ := set $memo "carriers" $carriers -}}
{{- end -}}
{{- $own := list -}}
{{- range $workload.roles }}{{ if eq 1 (int (get $memo.carriers .)) }}{{ $own = append $own (printf "role/%s" .) }}{{ end }}{{ end -}}
{{- $own | toJson -}}
{{- end -}}

{{/*
mi.argumentsOf: what a command makes of the arguments after it, of which -DserverRoles is the first: `all` passes them
on, `none` is a script for a shell that does not name them, `rest` one of which the shell takes the first argument as
its own name (POSIX, sh -c command_string [command_name [argument…]]). Takes the command.
*/}}
{{- define "mi.argumentsOf" -}}
{{- $command := . | default list -}}
{{- $isShell := false -}}
{{- $script := -1 -}}
{{- range $index, $word := $command -}}
{{- if regexMatch "(^|/)(ba|da|a|k|z)?sh$" $word }}{{ $isShell = true }}{{ end -}}
{{- if and $isShell (eq -1 $script) (regexMatch "^-[a-zA-Z]*c$" $word) }}{{ $script = add1 $index }}{{ end -}}
{{- end -}}
{{- if or (eq -1 $script) (ge (int $script) (len $command)) -}}
all
{{- else -}}
{{- $text := index $command (int $script) -}}
{{- if not (regexMatch "\\$[@*]|\\$\\{[@*]" $text) -}}
none
{{- else if or (lt (int (add1 $script)) (len $command)) (regexMatch "\\$\\{?0" $text) -}}
all
{{- else -}}
rest
{{- end -}}
{{- end -}}
{{- end -}}
