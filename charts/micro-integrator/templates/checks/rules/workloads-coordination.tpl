{{- /* The rules of workloads that coordinate through a database; workloads.tpl asks them. */ -}}

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
{{- include "mi.fault" (list .faults "MI-VALUES-CONDITION" (printf "%s.taskNodes" $where) (printf "The pod names of a Deployment are not known in advance, so no task would ever be scheduled. Set type: stateful and recovery: at-most-one for workload %q, which makes a StatefulSet; or use another resolver." .key)) -}}
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

{{/*
mi.validate.coordination.shared: the database is one that all pods reach. H2 with AUTO_SERVER is shared by all who have
its file (H2, features.html, "Automatic Mixed Mode"), so the file must be in a volume of several pods. MI's start script
starts the server in its home. Takes (root, workload).
*/}}
{{- define "mi.validate.coordination.shared" -}}
{{- $workload := index . 1 -}}
{{- $url := lower (trim $workload.coordinates) -}}
{{- if and (regexMatch "^jdbc:(h2|derby|hsqldb|sqlite):" $url) (not (regexMatch "^jdbc:(h2:(tcp|ssl):|derby://|hsqldb:(hsqls?|https?):)" $url)) -}}
{{- $shared := dict -}}
{{- $way := "Use a database server that all pods reach" -}}
{{- if regexMatch "^jdbc:h2:.*;auto_server=true(;|$)" $url -}}
{{- $way = "Put its file into a volume that all pods share (persistence), or use a database server" -}}
{{- $home := (index . 0).Values.resolved.home -}}
{{- $file := regexReplaceAll "(?i)^jdbc:h2:(file:|nio:|async:)?|;.*" (trim $workload.coordinates) "" | replace "${carbon.home}" $home -}}
{{- if not (hasPrefix "/" $file) }}{{ $file = printf "%s/%s" $home $file }}{{ end -}}
{{- include "mi.mounts" . -}}
{{- range $path, $mount := $workload.mounts -}}
{{- $volume := get ($workload.values.extraVolumes | default dict) $mount.name | default dict -}}
{{- if and (hasPrefix (printf "%s/" (clean $path)) (clean $file)) (or (hasPrefix "data-" $mount.name) (gt (len (omit $volume "emptyDir" "ephemeral" "hostPath")) 0)) }}{{ $_ := set $shared "by" $path }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if not $shared -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" "coordination.database.url" (printf "The coordination database runs inside each pod (workload %q), so each pod would see only itself and run every stateful artifact. %s." $workload.key $way) $workload.key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
