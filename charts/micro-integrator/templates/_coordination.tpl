{{/*
Coordination through a database (docs-mi, setup/deployment/deploying-wso2-mi.md).

mi.coordination.toml: adds what MI reads to coordinate to a deployment.toml. A data source, task_handling or
task_resolver that the user wrote stays as it is. MI hands the settings of a resolver over as text:
RoundRobinResolver.init casts task_server_count to String, and a number ends the tasks component of the server. Takes a
dict: key, faults, toml (changed in place), database.
*/}}
{{- define "mi.coordination.toml" -}}
{{- $database := .database -}}
{{- $sources := .toml.datasource | default list -}}
{{- $own := false -}}
{{- range $sources }}{{ if eq "WSO2_COORDINATION_DB" (toString .id) }}{{ $own = true }}{{ end }}{{ end -}}
{{- if not $own -}}
{{- if and $database.url $database.driver -}}
{{- $source := dict "id" "WSO2_COORDINATION_DB" "url" $database.url "driver" $database.driver -}}
{{- if $database.usernameSecret }}{{ $_ := set $source "username" "$env{COORDINATION_DB_USERNAME}" }}{{ else if $database.username }}{{ $_ := set $source "username" $database.username }}{{ end -}}
{{- if $database.passwordSecret }}{{ $_ := set $source "password" "$env{COORDINATION_DB_PASSWORD}" }}{{ end -}}
{{- if $database.poolOptions }}{{ $_ := set $source "pool_options" $database.poolOptions }}{{ end -}}
{{- $_ := set .toml "datasource" (append $sources $source) -}}
{{- else -}}
{{- include "mi.fault" (list .faults "MI-VALUES-COORDINATION-URL" "coordination.mode" (printf "The mode is database, but coordination.database.url or .driver is empty (workload %q). Set both, or give deploymentToml.datasource an entry with id WSO2_COORDINATION_DB." .key) .key) -}}
{{- end -}}
{{- end -}}
{{- $resolvers := dict "active-passive" "ActivePassiveResolver" "round-robin" "RoundRobinResolver" "task-nodes" "TaskNodeResolver" -}}
{{- $handling := dict
  "resolver_class" (printf "org.wso2.micro.integrator.ntask.coordination.task.resolver.%s" (get $resolvers ($database.resolver | default "active-passive")))
  "resolving_period" ($database.resolvingPeriodSeconds | default 2)
  "resolving_frequency" ($database.resolvingFrequency | default 5) -}}
{{- if kindIs "bool" $database.taskDeleteBarrier }}{{ $_ := set $handling "enable_task_delete_barrier" $database.taskDeleteBarrier }}{{ end -}}
{{- $hardening := $database.hardening | default dict -}}
{{- $required := dict -}}
{{- if $hardening.enabled -}}
{{- $required = dict "coordination_hardening" true "enable_task_delete_barrier" true "synchronous_injection" true -}}
{{- $handling = mustMergeOverwrite $handling $required (dict "enable_task_monitoring" (dig "taskMonitoring" true $hardening)) -}}
{{- end -}}
{{- $handling = mustMergeOverwrite $handling (.toml.task_handling | default dict) -}}
{{- $_ := set .toml "task_handling" $handling -}}
{{- $where := include "mi.path" (list "workloads" .key) -}}
{{- $faults := .faults -}}
{{- range $name, $value := $required -}}
{{- if ne (get $handling $name) $value -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.deploymentToml.task_handling.%s" $where $name) (printf "coordination.database.hardening is enabled, but task_handling.%s is not true. MI would refuse the whole profile, and no task would run anywhere. Remove it, or set hardening.enabled: false." $name)) -}}
{{- end -}}
{{- end -}}
{{- range $setting, $value := dict "hardening.synchronousInjection" $hardening.synchronousInjection "taskDeleteBarrier" $database.taskDeleteBarrier -}}
{{- if and $hardening.enabled (kindIs "bool" $value) (not $value) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.coordination.database.%s" $where $setting) "hardening is enabled, but this is false. MI would refuse the whole profile, and no task would run anywhere. Remove it, or set hardening.enabled: false.") -}}
{{- end -}}
{{- end -}}
{{- $resolver := dict -}}
{{- with $database.taskServerCount }}{{ $_ := set $resolver "task_server_count" (toString (int64 .)) }}{{ end -}}
{{- with $database.taskNodes }}{{ $_ := set $resolver "task_nodes" (join "," .) }}{{ end -}}
{{- $tables := .toml.task_resolver | default (ternary (list $resolver) list (gt (len $resolver) 0)) -}}
{{- $texts := list -}}
{{- range $table := $tables -}}
{{- $text := dict -}}
{{- range $name, $value := $table }}{{ $_ := set $text $name (include "mi.plain" $value) }}{{ end -}}
{{- $texts = append $texts $text -}}
{{- end -}}
{{- if $texts }}{{ $_ := set .toml "task_resolver" $texts }}{{ end -}}
{{- end -}}

{{/*
mi.coordination.at: the database to which a URL leads, as JSON: `at`, in words, and `port`. Options, and a port that the
driver would take anyway, make no other database. Of a URL that says neither host nor name, `at` is the URL. Takes the
URL.
*/}}
{{- define "mi.coordination.at" -}}
{{- $url := trim . -}}
{{- $pattern := "(?i)^jdbc:(\\w+):(?:thin:@)?//([\\w.-]+)(?::(\\d+))?(?:/([\\w.-]*))?([?;&].*)?$" -}}
{{- $at := dict "at" $url "port" 0 -}}
{{- if regexMatch $pattern $url -}}
{{- $name := regexReplaceAll $pattern $url "${4}" | default (regexFind "(?i)[?;&]databaseName=[\\w.-]+" $url | regexFind "[\\w.-]+$") -}}
{{- $ports := dict "db2" 50000 "mariadb" 3306 "mysql" 3306 "oracle" 1521 "postgresql" 5432 "sqlserver" 1433 -}}
{{- $port := regexReplaceAll $pattern $url "${3}" | default (get $ports (regexReplaceAll $pattern $url "${1}" | lower)) -}}
{{- with $name }}{{ $at = dict "at" (printf "%s on %s" . (regexReplaceAll $pattern $url "${2}" | lower)) "port" (int $port) }}{{ end -}}
{{- end -}}
{{- toJson $at -}}
{{- end -}}
