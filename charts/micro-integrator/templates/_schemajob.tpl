{{/*
mi.schemaJob.environment: environment of the schema job by name, as JSON. Secrets that an ExternalSecret of this release
makes are replaced by the copies that the job has for itself. Takes the root.
*/}}
{{- define "mi.schemaJob.environment" -}}
{{- $job := (.Values.coordination).schemaJob | default dict -}}
{{- $database := (.Values.coordination).database | default dict -}}
{{- $env := dict "DB_URL" $database.url -}}
{{- with $database.username }}{{ $_ := set $env "DB_USERNAME" . }}{{ end -}}
{{- with $database.usernameSecret }}{{ $_ := set $env "DB_USERNAME" (dict "secretKeyRef" .) }}{{ end -}}
{{- with $database.passwordSecret }}{{ $_ := set $env "DB_PASSWORD" (dict "secretKeyRef" .) }}{{ end -}}
{{- range $name, $value := $job.env }}{{ $_ := set $env $name $value }}{{ end -}}
{{- $copies := include "mi.schemaJob.externalSecrets" . | fromJson -}}
{{- range $name, $value := $env -}}
{{- if and (kindIs "map" $value) (hasKey $copies (($value.secretKeyRef).name | default "")) -}}
{{- $_ := set $env $name (dict "secretKeyRef" (merge (dict "name" (get $copies $value.secretKeyRef.name)) $value.secretKeyRef)) -}}
{{- end -}}
{{- end -}}
{{- toJson $env -}}
{{- end -}}

{{/*
mi.schemaJob.externalSecrets: the ExternalSecrets of the release whose Secret the schema job reads, by name, with the
name of the job's own copy, as JSON. The job is a hook that runs before every other object is made, the ExternalSecret
among them, so on the first install its pod would wait for a Secret that nobody makes. A copy is a hook of its own,
before the job. Takes the root.
*/}}
{{- define "mi.schemaJob.externalSecrets" -}}
{{- $job := (.Values.coordination).schemaJob | default dict -}}
{{- $database := (.Values.coordination).database | default dict -}}
{{- $copies := dict -}}
{{- $names := list ($database.usernameSecret).name ($database.passwordSecret).name -}}
{{- range $job.env }}{{ if kindIs "map" . }}{{ $names = append $names (.secretKeyRef).name }}{{ end }}{{ end -}}
{{- range $name := $names -}}
{{- with $name }}{{ if get ($.Values.externalSecrets | default dict) $name }}{{ $_ := set $copies $name (printf "%s-schema-%s" (include "mi.fullname" $) $name) }}{{ end }}{{ end -}}
{{- end -}}
{{- toJson $copies -}}
{{- end -}}
