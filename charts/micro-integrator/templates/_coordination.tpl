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
{{- if not (and $database.url $database.driver) -}}
{{- include "mi.fault" (list .faults "MI-VALUES-COORDINATION-URL" "coordination.mode" (printf "The mode is database, but coordination.database.url or .driver is empty (workload %q). Set both, or give deploymentToml.datasource an entry with id WSO2_COORDINATION_DB." .key)) -}}
{{- end -}}
{{- $source := dict "id" "WSO2_COORDINATION_DB" "url" ($database.url | default "") "driver" ($database.driver | default "") -}}
{{- if $database.usernameSecret }}{{ $_ := set $source "username" "$env{COORDINATION_DB_USERNAME}" }}{{ else if $database.username }}{{ $_ := set $source "username" $database.username }}{{ end -}}
{{- if $database.passwordSecret }}{{ $_ := set $source "password" "$env{COORDINATION_DB_PASSWORD}" }}{{ end -}}
{{- if $database.poolOptions }}{{ $_ := set $source "pool_options" $database.poolOptions }}{{ end -}}
{{- $_ := set .toml "datasource" (append $sources $source) -}}
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
mi.validate.coordination: the resolver is given what it takes, and nothing that keeps it from giving out tasks. Settings
for ActivePassiveResolver end in an UnsupportedOperationException; with more servers asked for than there are,
RoundRobinResolver gives out no task, and TaskNodeResolver none when it finds no server of the names. Takes a workload.
*/}}
{{- define "mi.validate.coordination" -}}
{{- $workload := . -}}
{{- $database := .database | default dict -}}
{{- $resolver := $database.resolver | default "active-passive" -}}
{{- $where := printf "%s.coordination.database" (include "mi.path" (list "workloads" .key)) -}}
{{- if and $database.taskServerCount (ne $resolver "round-robin") -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.taskServerCount" $where) (printf "Resolver %s does not take taskServerCount%s. Remove it, or use resolver: round-robin." $resolver (ternary ", and the server would not start its tasks" "" (eq $resolver "active-passive")))) -}}
{{- end -}}
{{- if and $database.taskNodes (ne $resolver "task-nodes") -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.taskNodes" $where) (printf "Resolver %s does not take taskNodes%s. Remove them, or use resolver: task-nodes." $resolver (ternary ", and the server would not start its tasks" "" (eq $resolver "active-passive")))) -}}
{{- end -}}
{{- if and (eq $resolver "round-robin") (gt (int64 $database.taskServerCount) (int64 .fewest)) -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.taskServerCount" $where) (printf "taskServerCount is %d, but the workload may run only %d pods: no task would be given out. Lower it, or raise replicas." (int64 $database.taskServerCount) (int64 .fewest))) -}}
{{- end -}}
{{- if eq $resolver "task-nodes" -}}
{{- if not $database.taskNodes -}}
{{- include "mi.fault" (list .faults "MI-VALUES-NEEDS" (printf "%s.resolver" $where) "Resolver task-nodes needs taskNodes, the names of the pods that run tasks: without one no task is ever scheduled. Set taskNodes, or use another resolver.") -}}
{{- else if ne .kind "StatefulSet" -}}
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.taskNodes" $where) (printf "The names of a Deployment's pods are not known before, so no task would ever be scheduled. Set type: stateful and recovery: at-most-one for workload %q, which makes a StatefulSet; or use another resolver." .key)) -}}
{{- else -}}
{{- $pods := list -}}
{{- range until (int .fewest) }}{{ $pods = append $pods (printf "%s-%d" $workload.name .) }}{{ end -}}
{{- range $node := $database.taskNodes -}}
{{- if not (has $node $pods) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.taskNodes" $where) (printf "The workload has no pod %s. Its pods are: %s." $node (join ", " $pods))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
