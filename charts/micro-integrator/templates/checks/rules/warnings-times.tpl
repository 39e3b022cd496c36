{{- /* Warnings of times that are too short for what they are for. */ -}}

{{/*
mi.warnings.times: times of a workload. A node that restarts its kubelet or its container runtime is not ready for some
seconds, and one that is cut off lets its pods work on. MI's start takes 6 to 10 s where nothing slows it down. Takes
(root, workload).
*/}}
{{- define "mi.warnings.times" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- $at := list "workloads" $workload.key -}}
{{- if and $workload.isolated (not $workload.fenced) (eq $workload.kind "Deployment") (eq "0" (include "mi.stays" $workload)) -}}
{{- $key := ternary "tolerations" "recoverySeconds" (not (empty (include "mi.ownToleration" (list $workload "node.kubernetes.io/unreachable")))) -}}
{{- include "mi.warning" (list $root "MI-VALUES-INTERRUPTED" (append $at $key) (printf "Workload %s gets another pod as soon as its node is not ready, be it for a moment, and on a node that is only cut off the old pod works on beside it. Set recoverySeconds: 30, or recovery: fenced, with which no two work and 0 s are safe." $workload.key)) -}}
{{- end -}}
{{- $graceful := $values.gracefulShutdown | default dict -}}
{{- if eq 0 (int64 $workload.timeout) -}}
{{- include "mi.warning" (list $root "MI-VALUES-INTERRUPTED" (concat $at (list "gracefulShutdown" "timeoutSeconds")) (printf "MI gets no time to finish its work: each update of workload %s cuts off what is in progress. Set it to the seconds that the longest request or task takes." $workload.key)) -}}
{{- end -}}
{{- if and $workload.overlap $workload.serves (eq 0 (int64 $workload.drain)) -}}
{{- include "mi.warning" (list $root "MI-VALUES-INTERRUPTED" (concat $at (list "gracefulShutdown" "drainSeconds")) (printf "A pod of workload %s stops while endpoints and proxies still send it requests, which fail. Set drainSeconds: 5 or more." $workload.key)) -}}
{{- end -}}
{{- $startup := ($values.probes).startup | default dict -}}
{{- $isPort := eq "port" ($startup.check | default "port") -}}
{{- $period := include "mi.int" (list $startup.periodSeconds (ternary 1 3 $isPort)) | int64 -}}
{{- $failures := include "mi.int" (list $startup.failureThreshold (ternary 600 200 $isPort)) | int64 -}}
{{- $budget := add (include "mi.int" (list $startup.initialDelaySeconds (ternary 0 5 $isPort)) | int64) (mul $period $failures) -}}
{{- if lt (int64 $budget) 20 -}}
{{- include "mi.warning" (list $root "MI-VALUES-INTERRUPTED" (concat $at (list "probes" "startup")) (printf "MI gets %d s to start, and the container is restarted when they are over: on a busy node, workload %s never gets ready. Raise failureThreshold, of which each one gives it %d s more." (int64 $budget) $workload.key (int64 $period))) -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.scrapes: the Prometheus Operator leaves out a monitor whose timeout is longer than its interval
(prometheus-operator, validateScrapeIntervalAndTimeout). Takes (root, name of the monitor under metrics).
*/}}
{{- define "mi.warnings.scrapes" -}}
{{- $monitor := get ((index . 0).Values.metrics | default dict) (index . 1) | default dict -}}
{{- if and $monitor.enabled $monitor.scrapeTimeout (gt (include "mi.milliseconds" $monitor.scrapeTimeout | int64) (include "mi.milliseconds" ($monitor.interval | default "30s") | int64)) -}}
{{- include "mi.warning" (list (index . 0) "MI-VALUES-NO-EFFECT" (list "metrics" (index . 1) "scrapeTimeout") (printf "The timeout is longer than the interval (%s), and the Prometheus Operator leaves out such a monitor. Lower it, or raise interval." ($monitor.interval | default "30s"))) -}}
{{- end -}}
{{- end -}}

{{/*
mi.milliseconds: a duration as Prometheus writes it, such as 1m30s. Takes the text.
*/}}
{{- define "mi.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|[smhdwy])" . -1 }}{{ $sum = add $sum (mul (regexFind "^[0-9]+" . | int64) (get $units (regexFind "[a-z]+$" .) | int64)) }}{{ end -}}
{{- $sum -}}
{{- end -}}
